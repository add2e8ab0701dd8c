import assert from 'node:assert/strict';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import * as vscode from 'vscode';
import { emulatorAccountNames } from '../../src/accounts/emulatorAccounts.ts';
import type { TestApi } from '../../src/core.ts';
import { type RunningEmulator, startEmulator } from '../../src/emulator/emulator.ts';
import { extensionUnderTest, until, withSetting } from './support/extension.ts';
import { type Answer, WizardPerson } from './support/wizardPerson.ts';

const signature = 'c2lnbmF0dXJl';
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const tokenUntil = (seconds: number): string => `${part({ alg: 'RS256' })}.${part({ exp: seconds })}.${signature}`;

describe('accounts of MK.IO and Ravnur Media Services', () => {
  let api: TestApi;
  let emulator: RunningEmulator;
  let rootsBefore: string[];
  let undo: (() => unknown)[] = [];

  before(async () => {
    api = await extensionUnderTest();
    emulator = await startEmulator({ jobs: 6, arrivalsPerMinute: 0 });
    rootsBefore = getCACertificates('default');
    setDefaultCACertificates([...rootsBefore, emulator.ca]);
  });

  after(async () => {
    setDefaultCACertificates(rootsBefore);
    await emulator.close();
  });

  afterEach(async () => {
    for (const step of undo.reverse()) {
      await step();
    }
    undo = [];
  });

  const entries = (): Record<string, unknown>[] =>
    vscode.workspace.getConfiguration('mediaServices').inspect<Record<string, unknown>[]>('accounts')?.globalValue ??
    [];
  const mkioEntry = (changes: object = {}): Record<string, unknown> => {
    const { endpoint, project } = emulator.connection.mkio;
    return { name: 'contoso', kind: 'mkio', project, endpoint, authentication: { method: 'token' }, ...changes };
  };

  /** Runs a command while a person answers, as far as their answers go. */
  async function answering(command: string, argument: unknown, answers: readonly Answer[]): Promise<WizardPerson> {
    const person = new WizardPerson(answers);
    try {
      await vscode.commands.executeCommand(`mediaServices.${command}`, argument);
    } finally {
      person.dispose();
    }
    assert.ok(person.isDone, 'every answer was asked for');
    return person;
  }

  /** The account is there, with a secret of its own and jobs; it goes when the test is over. */
  async function assertWorks(name: string): Promise<void> {
    undo.push(() => api.accounts.forget(name));
    assert.equal((await api.accounts.secretState(name)).state, 'ready');
    await api.watcher.refresh(name);
    const status = api.store.status(name);
    assert.equal(status.state, 'ready', status.state === 'failed' ? status.error.message : '');
    assert.ok(api.store.jobs(name).length > 0);
  }

  it('the wizard asks which service first, and offers the emulator as one only where an account is added', async () => {
    const added = await answering('addAccount', undefined, ['cancel']);
    const [first] = added.steps;
    assert.deepEqual(
      first?.items.map(({ label }) => label),
      [
        ...['Azure Media Services v2', 'MediaKind MK.IO', 'Ravnur Media Services'],
        ...['', 'Local emulator as MK.IO', 'Local emulator as Ravnur Media Services'],
      ],
    );
    assert.deepEqual([first?.step, first?.totalSteps, first?.hasBack], [undefined, undefined, false]);
    undo.push(await withSetting('mediaServices.accounts', [mkioEntry()]));
    await until(() => api.accounts.get('contoso') !== undefined, 'the account is there');
    const edited = await answering('editAccount', 'contoso', ['cancel']);
    assert.equal(edited.steps[0]?.items.length, 3);
  });

  it('a project of MK.IO is picked from those that the token may see, with a way back at each step', async () => {
    const { token, project } = emulator.connection.mkio;
    undo.push(await withSetting('mediaServices.accounts', [mkioEntry({ project: 'before' })]));
    await until(() => api.accounts.get('contoso') !== undefined, 'the account is there');
    const person = await answering('editAccount', 'contoso', [
      { pick: 'MK.IO' },
      'back',
      { pick: 'MK.IO' },
      { enter: 'no token' },
      { enter: tokenUntil(1_000) },
      { enter: ` Bearer ${token} ` },
      'back',
      { enter: token },
      { pick: project },
      'back',
      { pick: project },
      { enter: 'contoso' },
    ]);
    assert.deepEqual(
      person.refusals.map((text) => /no MK\.IO token|expired on/.exec(text)?.[0]),
      ['no MK.IO token', 'expired on'],
    );
    const boxes = person.steps.filter(({ isPassword }) => isPassword);
    assert.ok(boxes.length >= 4);
    assert.match(boxes[0]?.prompt ?? '', /Your personal API tokens/);
    assert.ok(person.steps.slice(1).every(({ hasBack, step }) => hasBack === (step ?? 1) > 1));
    assert.equal(JSON.stringify(entries()), JSON.stringify([mkioEntry()]));
    await assertWorks('contoso');
    const { expiresAt } = api.accounts.model.accounts.find(({ name }) => name === 'contoso') ?? {};
    assert.ok(expiresAt !== undefined && expiresAt > Date.now(), 'when the token expires is known');

    // Edited again: the token stays where nothing is entered, and is enough to list projects.
    const again = await answering('editAccount', 'contoso', [
      { pick: 'MK.IO' },
      { enter: '' },
      { pick: project },
      { enter: 'contoso' },
    ]);
    assert.deepEqual(again.refusals, []);
    await assertWorks('contoso');
  });

  it('a name is typed where projects cannot be listed, and it is said why', async () => {
    const endpoint = 'https://127.0.0.1:1/';
    undo.push(await withSetting('mediaServices.accounts', [mkioEntry({ endpoint })]));
    await until(() => api.accounts.get('contoso') !== undefined, 'the account is there');
    const person = await answering('editAccount', 'contoso', [
      { pick: 'MK.IO' },
      { enter: emulator.connection.mkio.token },
      { pick: 'Type the name' },
      { enter: 'a/b' },
      'back',
      { pick: 'Type the name' },
      { enter: 'typed' },
      'cancel',
    ]);
    const list = person.steps.find(({ items }) => items.some(({ label }) => label.includes('Type the name')));
    const [reason] = list?.items ?? [];
    assert.match(reason?.label ?? '', /could not be listed/);
    assert.match(reason?.detail ?? '', /127\.0\.0\.1:1/);
    assert.match(person.refusals[0] ?? '', /260 characters/);
    assert.equal(person.steps.at(-1)?.value, 'contoso', 'the name that it has');
  });

  it('an older subscription of MK.IO', async () => {
    const { endpoint, subscription, token } = emulator.connection.mkio;
    const entry = { name: 'older', kind: 'mkio', subscription, endpoint, authentication: { method: 'token' } };
    undo.push(await withSetting('mediaServices.accounts', [entry]));
    await until(() => api.accounts.get('older') !== undefined, 'the account is there');
    await answering('editAccount', 'older', [
      { pick: 'MK.IO' },
      { enter: token },
      { pick: 'older subscription' },
      { enter: subscription },
      { enter: 'older' },
    ]);
    assert.deepEqual(entries(), [entry]);
    await assertWorks('older');
  });

  it('an account of Ravnur from the credentials that the console copies', async () => {
    const { endpoint, subscriptionId, resourceGroup, accountName, apiKey } = emulator.connection.ravnur;
    undo.push(await withSetting('mediaServices.accounts', undefined));
    const credentials = {
      ...{ 'Subscription ID': subscriptionId, 'Resource Group Name': resourceGroup, 'Account Name': accountName },
      ...{ 'API Key': apiKey, 'API Endpoint': endpoint },
    };
    const { 'API Key': _key, ...keyless } = credentials;
    const person = await answering('addAccount', undefined, [
      { pick: 'Ravnur Media Services' },
      { pick: 'Paste' },
      { enter: JSON.stringify(keyless) },
      { enter: JSON.stringify(credentials) },
      { enter: 'rms' },
    ]);
    assert.deepEqual(person.refusals, ['Missing or not right in it: API Key']);
    assert.ok(person.steps.filter(({ kind }) => kind === 'box').some(({ isPassword }) => isPassword));
    assert.equal(person.steps.at(-1)?.value, accountName, 'its own name is offered');
    const where = { endpoint, subscriptionId, resourceGroup, accountName };
    assert.deepEqual(entries(), [{ name: 'rms', kind: 'ravnur', ...where, authentication: { method: 'apiKey' } }]);
    assert.ok(!JSON.stringify(entries()).includes(apiKey));
    await assertWorks('rms');
  });

  it('an account of Ravnur step by step', async () => {
    const { endpoint, subscriptionId, resourceGroup, accountName, apiKey } = emulator.connection.ravnur;
    undo.push(await withSetting('mediaServices.accounts', undefined));
    const person = await answering('addAccount', undefined, [
      { pick: 'Ravnur Media Services' },
      { pick: 'one by one' },
      { enter: 'http://x/' },
      { enter: endpoint },
      { enter: subscriptionId },
      'back',
      { enter: subscriptionId },
      { enter: resourceGroup },
      { enter: accountName },
      { enter: apiKey },
      { enter: 'rms' },
    ]);
    assert.match(person.refusals[0] ?? '', /https/);
    const counts = person.steps.slice(2).map(({ totalSteps }) => totalSteps);
    assert.deepEqual([...new Set(counts)], [8]);
    await assertWorks('rms');
  });

  it('the secret of an account goes nowhere else once its project is another one', async () => {
    undo.push(await withSetting('mediaServices.accounts', [mkioEntry()]));
    await until(() => api.accounts.get('contoso') !== undefined, 'the account is there');
    const account = api.accounts.get('contoso');
    assert.ok(account);
    await api.accounts.signIn(account, emulator.connection.mkio.token);
    await assertWorks('contoso');
    await withSetting('mediaServices.accounts', [mkioEntry({ project: 'other' })]);
    await until(() => api.accounts.get('contoso') !== account, 'the project changed');
    assert.equal((await api.accounts.secretState('contoso')).state, 'otherDestination');
    await api.watcher.refresh('contoso');
    const status = api.store.status('contoso');
    assert.equal(status.state === 'failed' && status.error.kind, 'secretMissing');
  });

  it('the local emulator is each service that somebody wants, until it is stopped', async function () {
    this.timeout(60_000);
    undo.push(await withSetting('mediaServices.accounts', undefined));
    undo.push(() => vscode.commands.executeCommand('mediaServices.stopEmulator'));
    await answering('addAccount', undefined, [{ pick: 'Local emulator as MK.IO' }]);
    const names = (): string[] => api.accounts.accounts.map(({ name }) => name);
    assert.deepEqual(names(), [emulatorAccountNames.mkio]);
    const started = await vscode.commands.executeCommand<{ endpoint: string; accountName: string }>(
      'mediaServices.startEmulator',
      { services: ['ravnur', 'ams'] },
    );
    assert.equal(started.accountName, emulatorAccountNames.ravnur);
    assert.match(started.endpoint, /^https:\/\/127\.0\.0\.1:\d+/);
    assert.deepEqual(names(), Object.values(emulatorAccountNames));
    for (const name of names()) {
      assert.ok(api.accounts.get(name)?.isEmulator);
      await api.watcher.refresh(name);
      const status = api.store.status(name);
      assert.equal(status.state, 'ready', status.state === 'failed' ? status.error.message : '');
      assert.ok(api.store.jobs(name).length > 0, name);
    }
    await vscode.commands.executeCommand('mediaServices.stopEmulator');
    assert.deepEqual(names(), []);
  });
});
