import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { makeTemporaryFolder, type TemporaryFolder } from '../host/temporaryFolder.ts';
import { makeCertificates } from '../support/certificates.ts';
import { ScriptedServer } from '../support/httpsServer.ts';
import type { JourneyWindow } from './support/journeyWindow.ts';
import { openWindow } from './support/openWindow.ts';

describe('a redirect to a host that the account does not trust', () => {
  let folder: TemporaryFolder;
  let root: ScriptedServer;
  let window: JourneyWindow;

  before(async () => {
    folder = await makeTemporaryFolder();
    const certificates = await makeCertificates();
    const caFile = join(folder.path, 'ca.pem');
    await writeFile(caFile, certificates.ca);
    const Location = 'https://rest.contoso.example/api/';
    root = await ScriptedServer.start(() => ({ status: 301, headers: { Location } }), certificates);
    const account = {
      name: 'contoso',
      kind: 'ams',
      endpoint: `${root.origin()}/`,
      authentication: { method: 'token' },
    };
    window = await openWindow({
      settings: { 'mediaServices.accounts': [account] },
      env: { NODE_EXTRA_CA_CERTS: caFile },
      secrets: { token: 'a-token-of-mine' },
    });
    await window.activityBar.open('Media Services');
  });

  after(async () => {
    await window?.dispose();
    await root?.stop();
    await folder?.dispose();
  });

  it('is not followed, is asked about on a click only, and refusal is what Enter says', async () => {
    await window.jobs.pressWelcome('Sign In');
    await window.quickInput.enter('a-token-of-mine');
    await window.notifications.waitFor(/does not trust|not trusted/i);
    assert.match(await window.jobs.welcomeText(), /redirects to a host that this account does not trust/);
    await window.jobs.pressWelcome('Review Redirect');
    const question = await window.dialogs.waitFor('Send the token of contoso to rest.contoso.example?');
    assert.ok(question.buttons.includes('Do Not Trust') && question.buttons.includes('Trust Host'));
    await window.page.keyboard.press('Enter');
    await window.jobs.root.getByText('Review Redirect').waitFor();
  });
});
