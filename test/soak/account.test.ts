import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ConnectionInfo } from '../../src/emulator/emulator.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../host/temporaryFolder.ts';
import { emulatorAccount } from '../journeys/support/emulatorAccount.ts';
import type { JourneyWindow } from '../journeys/support/journeyWindow.ts';
import { openWindow } from '../journeys/support/openWindow.ts';
import { EmulatorProcess } from '../support/emulatorProcess.ts';
import { sendForm } from '../support/emulatorRequests.ts';

/** A person with accounts in settings, on an emulator that runs outside of VS Code. */
describe('a person with an account of their own', () => {
  let folder: TemporaryFolder;
  let emulator: EmulatorProcess;
  let connection: ConnectionInfo;
  let window: JourneyWindow;

  before(async () => {
    folder = await makeTemporaryFolder();
    emulator = startEmulator();
    connection = await emulator.connection();
    window = await openWindow(emulatorAccount(connection));
    await window.activityBar.open('Media Services');
  });

  after(async () => {
    await window?.dispose();
    await emulator?.dispose();
    await folder?.dispose();
  });

  /** With a state file, so that one that is started again has the same addresses, secrets and jobs. */
  const startEmulator = () =>
    new EmulatorProcess(['--arrivals', '0', '--state', join(folder.path, 'emulator', 'state.json')]);

  const servicePrincipal = () => ({
    name: 'principal',
    kind: 'ams',
    endpoint: connection.root,
    authentication: {
      method: 'servicePrincipal',
      tenantId: connection.tenantId,
      clientId: connection.clientId,
      authorityHost: connection.authorityHost,
    },
  });

  it('is signed in by the environment, over the redirect of the global root', async () => {
    await window.jobs.waitForRow(/\d+%/, 30_000);
  });

  it('sees which entry of the settings is wrong, while the other works on', async () => {
    const { settings } = emulatorAccount(connection);
    const [good] = settings['mediaServices.accounts'] as object[];
    await window.changeSettings({ 'mediaServices.accounts': [good, { ...good, name: 'wrong', kind: 'amz' }] });
    const problem = await window.jobs.waitForRow('"wrong"');
    assert.match(problem.description, /"kind" must be one of "ams", "mkio", "ravnur", not "amz"/);
    await window.jobs.waitForRow(/\d+%/);
  });

  it('is asked for a secret on a click only, hears that it is wrong, and gets in with the right one', async () => {
    await window.changeSettings({ 'mediaServices.accounts': [servicePrincipal()] });
    assert.match(await window.jobs.welcomeText(), /You are not signed in/);
    await window.jobs.pressWelcome('Sign In');
    await window.quickInput.waitForOpen(/used at https:\/\/localhost/);
    await window.quickInput.accept();
    await window.quickInput.waitForMessage(/cannot be empty/);
    await window.quickInput.enter('not-the-secret');
    const refusal = await window.notifications.waitFor(/AADSTS7000215/);
    assert.doesNotMatch(refusal, /not-the-secret/);
    await window.notifications.press(/AADSTS7000215/, 'Sign In');
    await window.quickInput.enter(connection.clientSecret);
    await window.jobs.waitForRow(/\d+%/, 30_000);
  });

  it('keeps the rows when the service goes, is told so, and sees it come back by itself', async () => {
    await window.changeSettings({ 'mediaServices.accounts': [servicePrincipal()] });
    await window.jobs.waitForRow(/\d+%/, 30_000);
    await emulator.dispose();
    await window.runCommand('Media Services: Refresh Jobs');
    await window.notifications.waitFor(/refused|answer|connect/i);
    await window.jobs.root.getByText(/Jobs as of/).waitFor();
    assert.ok((await window.jobs.rows()).length > 5);
    emulator = startEmulator();
    await emulator.connection();
    await window.jobs.root.getByText(/Jobs as of/).waitFor({ state: 'hidden', timeout: 30_000 });
  });

  it('sees an account that cannot be reached at all', async () => {
    await window.changeSettings({
      'mediaServices.accounts': [
        { name: 'gone', kind: 'ams', endpoint: 'https://127.0.0.1:9/', authentication: { method: 'environment' } },
      ],
    });
    await window.jobs.root.getByText('The service does not answer.').waitFor({ timeout: 30_000 });
    await window.jobs.pressWelcome('Why?');
    await window.notifications.waitFor(/./);
  });

  it('signs in by a code on another machine, and sees as whom', async () => {
    const { tenantId, clientId, authorityHost, root, caFile } = connection;
    const authentication = { method: 'deviceCode', tenantId, clientId, authorityHost };
    const account = { name: 'by code', kind: 'ams', endpoint: root, authentication };
    await window.changeSettings({
      'mediaServices.accounts': [account, { ...account, name: 'other', authentication: { method: 'token' } }],
    });
    await window.jobs.waitForRow('by code');
    await window.runCommand('Media Services: Sign In');
    await window.quickInput.pick('by code');
    const { message, detail } = await window.dialogs.waitFor(/Your code/);
    const code = message.match(/: (\S+)$/)?.[1] ?? '';
    const address = detail.match(/https:\S+?(?=,? in any| |$)/)?.[0].replace(/,$/, '') ?? '';
    await window.dialogs.press('Copy Code');
    const answer = await sendForm(address, await readFile(caFile, 'utf8'), { user_code: code, decision: 'approved' });
    assert.equal(answer.status, 200);
    await window.jobs.waitForRow(/\d+%/, 30_000);
    assert.equal((await window.jobs.waitForRow('operator@emulator.example')).label, 'by code');
    assert.equal((await window.jobs.waitForRow('other')).description, 'not signed in');
  });

  it('connects Ravnur by the credentials of its console, and cancels a job there', async () => {
    const { endpoint, ...credentials } = connection.ravnur;
    await window.runCommand('Media Services: Add Account');
    await window.quickInput.waitForOpen('Which service');
    await window.quickInput.pick('Ravnur Media Services');
    await window.quickInput.waitForOpen('How to enter');
    await window.quickInput.accept();
    await window.quickInput.waitForOpen(/API Credentials/);
    await window.quickInput.enter('{ "subscriptionId": "1" }');
    await window.quickInput.waitForMessage(/API/);
    await window.quickInput.enter(JSON.stringify({ ...credentials, apiEndpoint: endpoint }));
    await window.quickInput.waitForOpen(/name of your own/);
    await window.quickInput.enter('vod');
    await window.notifications.waitFor(/vod works/);
    assert.equal((await window.jobs.waitForRow('vod')).description, 'Ravnur Media Services');
    const running = await window.jobs.waitForRow(/^Encoding-.*\d+%/);
    await window.jobs.pickFromMenu(running.label, 'Cancel Job');
    const question = await window.dialogs.waitFor(/Cancel the job/);
    assert.match(question.message, /\(vod\)/);
    await window.dialogs.press('Cancel Job');
    await window.jobs.waitForRow(new RegExp(`${running.label}.*Canceled`));
  });
});
