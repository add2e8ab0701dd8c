import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ConnectionInfo } from '../../src/emulator/emulator.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../host/temporaryFolder.ts';
import { makeCertificates } from '../support/certificates.ts';
import { EmulatorProcess } from '../support/emulatorProcess.ts';
import { ScriptedServer } from '../support/httpsServer.ts';
import { emulatorAccount } from './support/emulatorAccount.ts';
import type { JourneyWindow } from './support/journeyWindow.ts';
import { openWindow } from './support/openWindow.ts';

/** A person with one account that does not work adds others. Each step goes on from where the one before ended. */
describe('a person adds an account', () => {
  let folder: TemporaryFolder;
  let away: ScriptedServer;
  let emulator: EmulatorProcess;
  let connection: ConnectionInfo;
  let window: JourneyWindow;

  before(async () => {
    emulator = new EmulatorProcess(['--arrivals', '0']);
    connection = await emulator.connection();
    folder = await makeTemporaryFolder();
    const certificates = await makeCertificates();
    const caFile = join(folder.path, 'ca.pem');
    await writeFile(caFile, `${certificates.ca}\n${await readFile(connection.caFile, 'utf8')}`);
    const Location = 'https://rest.contoso.example/api/';
    away = await ScriptedServer.start(() => ({ status: 301, headers: { Location } }), certificates);
    const authentication = { method: 'token' };
    window = await openWindow({
      settings: {
        'mediaServices.accounts': [{ name: 'moved', kind: 'ams', endpoint: `${away.origin()}/`, authentication }],
      },
      env: { NODE_EXTRA_CA_CERTS: caFile },
      secrets: { ...emulatorAccount(connection).secrets, token: 'a-token-of-mine' },
    });
    await window.activityBar.open('Media Services');
  });

  after(async () => {
    await window?.dispose();
    await emulator?.dispose();
    await away?.stop();
    await folder?.dispose();
  });

  it('after one whose redirect to a host that it does not trust is not followed but asked about, on a click', async () => {
    await window.jobs.pressWelcome('Sign In');
    await window.quickInput.enter('a-token-of-mine');
    await window.notifications.waitFor(/does not trust/);
    assert.match(await window.jobs.welcomeText(), /redirects to a host that this account does not trust/);
    await window.jobs.pressWelcome('Review Redirect');
    const question = await window.dialogs.waitFor('Send the token of moved to rest.contoso.example?');
    assert.ok(question.buttons.includes('Do Not Trust') && question.buttons.includes('Trust Host'));
    await window.page.keyboard.press('Enter');
    await window.jobs.root.getByText('Review Redirect').waitFor();
    await window.runCommand('Media Services: Remove Account');
    await window.dialogs.waitFor(/Remove the account moved/);
    await window.dialogs.press('Remove');
    await window.jobs.root.getByText('Start Local Emulator').waitFor();
  });

  it('step by step, with a way back, and hears that the key is wrong', async () => {
    await window.jobs.pressWelcome('add it');
    await window.quickInput.waitForOpen('Which service');
    await window.quickInput.pick('Azure Media Services v2');
    await window.quickInput.waitForOpen(/name of your own/);
    await window.quickInput.enter('');
    await window.quickInput.waitForMessage(/Enter a name/);
    await window.quickInput.enter('contoso');
    await window.quickInput.waitForOpen(/global root/);
    await window.quickInput.enter('http://insecure.example/');
    await window.quickInput.waitForMessage(/begins with https/);
    await window.quickInput.enter(connection.root);
    await window.quickInput.waitForOpen('How to sign in');
    await window.page.locator('.quick-input-titlebar .codicon-quick-input-back').click();
    await window.quickInput.waitForOpen(/global root/);
    await window.quickInput.accept();
    await window.quickInput.waitForOpen('How to sign in');
    await window.quickInput.type('account name');
    await window.quickInput.pick('Account name and key');
    await window.quickInput.waitForOpen(/account name/);
    await window.quickInput.enter(connection.accountName);
    await window.quickInput.waitForOpen(/token URL/);
    await window.quickInput.enter(connection.acsTokenUrl);
    await window.quickInput.waitForOpen(/secret storage/);
    await window.quickInput.enter('bm90IHRoZSBrZXk=');
    const refusal = await window.notifications.waitFor(/sign-in failed|ACS50012/);
    assert.doesNotMatch(refusal, /bm90IHRoZSBrZXk/);
  });

  it('and gets in with the right one, shown step by step', async () => {
    await window.notifications.press(/ACS50012/, 'Sign In');
    await window.quickInput.waitForOpen(/secret storage/);
    await window.quickInput.enter(connection.accountKey);
    await window.jobs.waitForRow(/\d+%/, 30_000);
    await window.runCommand('Media Services: Test Connection');
    const works = await window.notifications.waitFor(/contoso works/);
    assert.match(works, /signed in, redirected to https:\/\/127\.0\.0\.1:\d+\/api\//);
  });

  it('and removes it again, with all that was kept of it', async () => {
    await window.runCommand('Media Services: Remove Account');
    const dialog = await window.dialogs.waitFor(/Remove the account contoso/);
    assert.match(dialog.detail, /secret/);
    await window.dialogs.press('Remove');
    await window.jobs.root.getByText('Start Local Emulator').waitFor();
  });
});
