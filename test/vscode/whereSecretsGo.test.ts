import assert from 'node:assert/strict';
import { createPrivateKey, randomBytes } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { ClientRequest } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { generate } from 'selfsigned';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/core.ts';
import { type RunningEmulator, startEmulator } from '../../src/emulator/emulator.ts';
import { documentAddress } from '../../src/views/jobDocument.ts';
import { makeCertificates } from '../support/certificates.ts';
import { ScriptedServer } from '../support/httpsServer.ts';
import { type Find, type Planted, SecretSearch } from '../support/secretSearch.ts';
import { browse, load } from '../support/signInBrowser.ts';
import { extensionUnderTest, until, withSetting } from './support/extension.ts';
import { WindowRecorder } from './support/windowRecorder.ts';

/** Names and texts of the commands that VS Code makes for a view have another dot. */
const ownCommand = /^mediaServices\.\w+$/;

/** After a journey through every command and every way to sign in, no secret is anywhere but in the secret storage. */
describe('secrets', () => {
  let api: TestApi;
  let emulator: RunningEmulator;
  let echo: ScriptedServer;
  let folder: string;
  let recorder: WindowRecorder;
  const rootsBefore = getCACertificates('default');
  const planted: Planted[] = [];
  /** What tokens hold that is no secret: an id that settings name, and how every token of the emulator begins. */
  const common: string[] = [];
  const sent = new Map<string, string>();
  const ran = new Set<string>();
  const undo: (() => unknown)[] = [];

  const plant = (name: string, value: string): string => {
    planted.push({ name, value });
    return value;
  };
  const random = (): string => randomBytes(24).toString('base64url');
  const passphrase = plant('passphrase', `pass phrase/${random()}`);
  const pasted = plant('pasted token', `pasted.${random()}.${random()}`);
  const inLocation = plant('token in a Location', random());
  const proxyPassword = plant('password of the proxy', random());
  const control = { name: 'control', value: `control/${random()}` };

  /** Every token that leaves, from whatever sign-in it came. */
  const onRequest = (message: unknown): void => {
    const authorization = String((message as { request: ClientRequest }).request.getHeader('authorization') ?? '');
    const token = authorization.replace(/^Bearer /, '');
    if (token.length > 16 && !sent.has(token)) {
      sent.set(token, `token ${sent.size + 1} that was sent`);
    }
  };

  before(async function () {
    this.timeout(60_000);
    api = await extensionUnderTest();
    recorder = new WindowRecorder();
    recorder.record(api.log);
    folder = await mkdtemp(path.join(tmpdir(), 'secrets-'));
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'client' }], { keySize: 2048 });
    const encrypted = createPrivateKey(key)
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
      .toString();
    await writeFile(path.join(folder, 'client.pem'), `${cert}\n${encrypted}`, { mode: 0o600 });
    for (const [name, pem] of Object.entries({ 'private key': key, 'encrypted key': encrypted })) {
      plant(
        name,
        pem
          .split(/\r?\n/)
          .filter((line) => !line.startsWith('-----'))
          .join(''),
      );
    }
    emulator = await startEmulator({ jobs: 6, arrivalsPerMinute: 0, clientCertificates: [cert] });
    plant('client secret', emulator.clientSecret);
    plant('account key', emulator.accountKey);
    plant('personal API token of MK.IO', emulator.connection.mkio.token);
    plant('API key of Ravnur', emulator.connection.ravnur.apiKey);
    plant('admin token', emulator.adminToken);
    common.push(emulator.connection.ravnur.subscriptionId);
    plant('key of SWTs', emulator.secrets.swtKey);
    plant('key of JWTs', String(emulator.secrets.jwtKey.d));
    const certificates = await makeCertificates();
    echo = await ScriptedServer.start(({ url, headers }) => {
      const said = `I do not like ${headers.authorization}`;
      if (url.startsWith('/away/')) {
        return { status: 301, headers: { Location: `https://elsewhere.example/api/?access_token=${inLocation}` } };
      }
      // As some serializers write: nothing of it is the token until it is decoded.
      const escaped = said.replace(/[^\w ]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`);
      return {
        status: 400,
        headers: { 'x-echo': said, 'x-ms-request-id': said, 'Content-Type': 'application/json' },
        body: `{"odata.error":{"message":{"value":"${escaped}"}}}`,
      };
    }, certificates);
    setDefaultCACertificates([...rootsBefore, emulator.ca, certificates.ca]);
    subscribe('http.client.request.start', onRequest);
  });

  after(async () => {
    unsubscribe('http.client.request.start', onRequest);
    setDefaultCACertificates([...rootsBefore]);
    recorder.dispose();
    for (const step of undo.reverse()) {
      await step();
    }
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await emulator.close();
    await echo.stop();
    await rm(folder, { recursive: true });
  });

  /** Runs a command and keeps all that it gives. */
  async function run(name: string, ...args: unknown[]): Promise<void> {
    ran.add(`mediaServices.${name}`);
    const result = await vscode.commands.executeCommand(`mediaServices.${name}`, ...args);
    recorder.note(`result of ${name}`, JSON.stringify(result) ?? '');
    recorder.note(`clipboard after ${name}`, await vscode.env.clipboard.readText());
  }

  const accounts = (): Record<string, unknown>[] => {
    const entra = { tenantId: emulator.tenantId, clientId: emulator.clientId, authorityHost: emulator.authorityHost };
    const of = (name: string, authentication: object, endpoint = emulator.root): Record<string, unknown> => ({
      name,
      kind: 'ams',
      endpoint,
      authentication,
    });
    const { mkio, ravnur } = emulator.connection;
    const { apiKey: _key, ...rms } = ravnur;
    return [
      of('secret', { method: 'servicePrincipal', ...entra }),
      of('certificate', { method: 'certificate', ...entra, certificatePath: path.join(folder, 'client.pem') }),
      of('acs', { method: 'acs', accountName: emulator.accountName, acsTokenUrl: emulator.acsTokenUrl }),
      of('browser', { method: 'browser', ...entra }),
      of('deviceCode', { method: 'deviceCode', ...entra }),
      of('pasted', { method: 'token' }),
      of('vscode', { method: 'vscode' }),
      of('echo', { method: 'token' }, `${echo.origin()}/`),
      of('away', { method: 'token' }, `${echo.origin()}/away/`),
      { ...of('mkio', { method: 'token' }, mkio.endpoint), kind: 'mkio', project: mkio.project },
      { name: 'ravnur', kind: 'ravnur', ...rms, authentication: { method: 'apiKey' } },
    ];
  };

  it('are nowhere but in the secret storage after every command, sign-in and failure', async function () {
    this.timeout(120_000);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    api.log.info('The log is written.');
    const secrets: Readonly<Record<string, string>> = {
      ...{ secret: emulator.clientSecret, certificate: passphrase, acs: emulator.accountKey },
      ...{ pasted, echo: pasted, away: pasted },
      ...{ mkio: emulator.connection.mkio.token, ravnur: emulator.connection.ravnur.apiKey },
    };
    recorder.answer = ({ title }) =>
      Object.entries(secrets).find(([name]) => title.endsWith(` of ${name}`) || title.includes(`of ${name}'s`))?.[1];
    recorder.onOpenExternal = async (address) => (await browse(address, emulator.ca)).status === 200;
    recorder.onDeviceCode = async (text) => {
      const code = /: (.+)$/.exec(text)?.[1] ?? '';
      const form = new URLSearchParams({ user_code: code, decision: 'approved' });
      await load(`${emulator.authorityHost}devicelogin`, emulator.ca, form);
    };
    recorder.session = pasted;
    // So many accounts that are polled beside it all would only take time.
    undo.push(await withSetting('mediaServices.refresh.automatic', false));
    undo.push(await withSetting('mediaServices.accounts', accounts()));
    await until(() => api.accounts.accounts.length === accounts().length, 'the accounts are there');

    for (const { name } of api.accounts.accounts) {
      await run('signIn', name);
      await run('testConnection', name);
    }
    // What was sent, and what is stored of persons' logins, is from now on planted as well.
    for (const name of ['browser', 'deviceCode']) {
      const login = await api.accounts.secretState(name);
      assert.ok(login.state === 'ready', `${name} is signed in`);
      const kept = JSON.parse(login.secret) as Record<string, Record<string, { secret?: string }>>;
      for (const [kind, entries] of Object.entries(kept)) {
        for (const { secret } of Object.values(entries)) {
          if (secret !== undefined) {
            plant(`${kind} of ${name}`, secret);
          }
        }
      }
    }
    const working = ['secret', 'certificate', 'acs', 'browser', 'deviceCode'];
    for (const name of working) {
      await api.watcher.refresh(name);
      assert.equal(api.store.status(name).state, 'ready', `${name}: ${JSON.stringify(api.store.status(name))}`);
    }
    for (const name of ['pasted', 'echo', 'away', 'vscode']) {
      assert.equal(api.store.status(name).state, 'failed', name);
    }

    const job = api.store.newest('secret', 1, {})[0];
    assert.ok(job);
    const { account, id } = job;
    const named = { account, jobId: id };
    const row = api.view.tree.nodeOf({ account, id }) ?? { type: 'job', account, id };
    const { faults } = emulator.settings;
    for (const status of [401, 403, 429, 500, 503]) {
      faults.add({ path: '/api/', status, message: 'Refused.' }, 2);
      await run('checkJobProgress', named);
      faults.clear();
    }
    faults.add({ path: '/token', status: 401 }, 5);
    await run('signIn', 'secret');
    faults.clear();
    recorder.answers['secret'] = plant('wrong client secret', random());
    await run('signIn', 'secret');
    delete recorder.answers['secret'];
    await run('signIn', 'secret');
    const proxy = await withSetting('http.proxy', `http://operator:${proxyPassword}@127.0.0.1:1`);
    await run('testConnection', 'pasted');
    await proxy();

    await run('refreshJobs');
    await run('listJobs', { account });
    for (const name of ['echo', 'away', 'pasted', 'vscode']) {
      await run('listJobs', { account: name });
      await run('checkJobProgress', { account: name, jobId: id });
      await run('showExchange', { account: name, jobId: id });
      await run('openJobJson', { account: name, jobId: id });
      await run('copyJobReport', { account: name, jobId: id });
      await run('cancelJob', { account: name, jobId: id });
    }
    await run('trustHost', 'away');
    await run('explainFailure');
    await run('openJob', named);
    await run('openRow', row);
    await run('openJobJson', named);
    await run('showExchange', named);
    const address = documentAddress({ kind: 'exchange', key: { account, id } }, job.name);
    await run('refreshDocument', vscode.Uri.from(address));
    for (const shell of ['posix', 'powershell']) {
      await run('copyExchange', { ...named, shell });
    }
    await run('copyJobReport', named);
    await run('copyJobId', row);
    await run('copyJobLink', row);
    for (const type of ['csv', 'json']) {
      await run('exportJobs', { uri: path.join(folder, `jobs.${type}`) });
      await run('exportJobs', { uri: vscode.Uri.file(path.join(folder, `jobs.${type}`)) });
    }
    await run('trackJob', row);
    for (const name of ['revealTrackedJob', 'openTrackedJob', 'openTrackedJobJson', 'checkTrackedJob']) {
      await run(name);
    }
    await run('trackedJobActions');
    await run('continueInStatusBar', { account, id });
    await run('stopTracking');
    await run('followLink', 'no job id');
    for (const name of ['filterJobs', 'changeFilter', 'clearFilter', 'stopSearch', 'groupJobs', 'loadMoreJobs']) {
      await run(name);
    }
    await run('changeJobPriority', { ...named, priority: 3 });
    await run('cancelJob', named);
    await run('deleteJob', named);
    await run('showLog');
    await run('addAccount');
    await run('editAccount', 'secret');
    await run('openAccountSettings');
    await run('startEmulator');
    const storage = api.context.globalStorageUri.fsPath;
    const stateFile = path.join(storage, 'emulator', 'state.json');
    const state = JSON.parse(await readFile(stateFile, 'utf8')) as {
      readonly secrets: { clientSecret: string; accountKey: string; swtKey: string; adminToken: string };
      readonly connection: { mkio: { token: string }; ravnur: { apiKey: string } };
    };
    const { mkio, ravnur } = state.connection;
    common.push(plant('personal API token of the local emulator', mkio.token));
    plant('API key of the local emulator', ravnur.apiKey);
    await run('listJobs', { account: 'Local Emulator' });

    // The local emulator keeps what it needs to go on in a file of its own, for its owner alone.
    if (process.platform !== 'win32') {
      assert.equal((await stat(stateFile)).mode & 0o777, 0o600);
      assert.equal((await stat(path.dirname(stateFile))).mode & 0o077, 0);
    }
    const { clientSecret, accountKey, swtKey, adminToken } = state.secrets;
    for (const [name, value] of Object.entries({ clientSecret, accountKey, swtKey, adminToken })) {
      plant(`${name} of the local emulator`, value);
    }

    const registered = (await vscode.commands.getCommands(true)).filter((name) => ownCommand.test(name));
    await look();
    await run('signOut', 'acs');
    await run('removeAccount', 'pasted');
    await run('stopEmulator');
    assert.deepEqual([...ran].sort(), registered.sort(), 'every command was run');
    assert.ok(registered.length > 40);
    const logged = recorder.texts.filter(([place]) => place === 'the log').map(([, text]) => text);
    assert.ok(
      logged.some((text) => text.includes('> Authorization: Bearer <redacted>')),
      'heads and bodies are logged',
    );
    await look();
  });

  /** Looks everywhere, also for what was put there on purpose. */
  async function look(): Promise<void> {
    const { context, log } = api;
    const storage = context.globalStorageUri.fsPath;
    const known = new Set(planted.map(({ value }) => value));
    const others = [...sent].filter(([value]) => !known.has(value)).map(([value, name]) => ({ name, value }));
    const all = [...planted, ...others];
    assert.ok(all.length > 15, `${all.length} secrets`);

    log.info(`A control: ${Buffer.from(control.value).toString('base64')}`);
    await context.globalState.update('control', control.value);
    await context.workspaceState.update('control', encodeURIComponent(control.value));
    await writeFile(path.join(storage, 'control.json'), JSON.stringify({ control: control.value }));
    await vscode.workspace.openTextDocument({ content: `x${control.value}x` });
    recorder.note('control', control.value.slice(0, 30));
    const dataFolder = path.resolve(storage, '..', '..', '..');
    const search = new SecretSearch([...all, control], common);
    const { finds, files, bytes } = await search.inFolder(dataFolder);
    const memento = (state: vscode.Memento): string => JSON.stringify(state.keys().map((key) => [key, state.get(key)]));
    const shown: readonly (readonly [place: string, text: string])[] = [
      ...recorder.texts,
      ...vscode.workspace.textDocuments.map((document) => [`document ${document.uri}`, document.getText()] as const),
      ...vscode.workspace.textDocuments.map((document) => ['address of a document', String(document.uri)] as const),
      ...vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => ['label of a tab', label] as const)),
      ['globalState', memento(context.globalState)],
      ['workspaceState', memento(context.workspaceState)],
      ['requests at the emulator', JSON.stringify(emulator.requests.latest)],
      ['settings', JSON.stringify(vscode.workspace.getConfiguration('mediaServices'))],
      ['details', JSON.stringify(api.accounts.model)],
      ...api.accounts.accounts.map(({ name }) => {
        const status = api.store.status(name);
        const error = status.state === 'failed' ? status.error : null;
        return [`status of ${name}`, `${JSON.stringify(status)} ${error?.message} ${error?.stack}`] as const;
      }),
    ];
    finds.push(...shown.flatMap(([place, text]) => search.in(place, text)));
    const exported = await search.inFolder(folder);
    finds.push(...exported.finds.filter(({ place }) => !place.endsWith('client.pem')));

    const controls = new Set(finds.filter(({ secret }) => secret === control.name).map(({ place }) => kindOf(place)));
    for (const place of ['a document', 'control', 'control.json', 'globalState', 'the log', 'workspaceState']) {
      assert.ok(controls.has(place), `what was put into ${place} on purpose is found`);
    }
    const isOwn = ({ place, secret }: Find): boolean =>
      secret.endsWith(' of the local emulator') && place.startsWith(path.join(storage, 'emulator') + path.sep);
    const leaks = finds.filter((find) => find.secret !== control.name && !isOwn(find));
    assert.deepEqual([...new Set(leaks.map(({ secret, place }) => `${secret}: ${place}`))], []);
    console.log(
      `Secrets: ${all.length} in ${search.forms} forms, in ${files} files (${Math.round(bytes / 1024)} kB) and ` +
        `${shown.length} texts, after ${ran.size} commands: none found; the control in ${controls.size} places.`,
    );
  }

  function kindOf(place: string): string {
    const known = ['control.json', 'globalState', 'workspaceState', 'control'].find((name) => place.endsWith(name));
    return known ?? (place.startsWith('document ') ? 'a document' : place.endsWith('.log') ? 'the log' : place);
  }
});
