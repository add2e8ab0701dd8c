import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { withAccounts } from '../../src/accounts/emulatorAccounts.ts';
import type { ExportResult } from '../../src/commands/exportJobs.ts';
import type { TestApi } from '../../src/core.ts';
import type { JobJson } from '../../src/jobs/jobJson.ts';
import { ServiceError } from '../../src/jobs/serviceError.ts';
import { documentAddress } from '../../src/views/jobDocument.ts';
import { type EmulatedAccount, emulateAccount } from './support/emulatedAccount.ts';
import { extensionUnderTest, until, withSetting } from './support/extension.ts';

const documentedJob = 'nb:jid:UUID:f3c43f94-327f-2347-90bb-3bf79f8559f1';

type Failure = { readonly error: { readonly kind: string } } | undefined;

describe('documents about jobs', () => {
  let api: TestApi;
  let service: EmulatedAccount;
  const undo: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    api = await extensionUnderTest();
  });

  afterEach(async () => {
    for (const step of undo.splice(0)) {
      await step();
    }
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await service.close();
  });

  const run = (name: string, args?: unknown): Thenable<unknown> =>
    vscode.commands.executeCommand(`mediaServices.${name}`, args);

  function shown(): vscode.TextDocument {
    const document = vscode.window.activeTextEditor?.document;
    assert.ok(document, 'a document is in front');
    return document;
  }

  function openTabs(): string[] {
    return vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
  }

  describe('the exchange', () => {
    it('is the documented one, to the letter, without the token', async () => {
      service = await emulateAccount(api);
      assert.equal(await run('showExchange', { jobId: documentedJob }), undefined);
      const document = shown();
      assert.equal(document.uri.scheme, 'media-services');
      assert.match(document.uri.path, /^\/Encoding BigBuckBunny.*\.exchange\.http$|^\/nb jid.*\.exchange\.http$/);
      const lines = document.getText().split('\n');
      const { endpoint } = service.emulator.connection;
      const line = `GET ${endpoint}Jobs()?$filter=Id%20eq%20'${encodeURIComponent(documentedJob)}'&$top=1 HTTP/1.1`;
      const start = lines.indexOf(line);
      assert.ok(start >= 0, `${line}\n\n${document.getText()}`);
      const end = lines.indexOf('', start);
      assert.deepEqual(
        lines.slice(start + 1, end).filter((header) => !/^(?:x-ms-|User-Agent)/.test(header)),
        [
          ...['DataServiceVersion: 1.0;NetFx', 'MaxDataServiceVersion: 3.0;NetFx', 'Accept: application/json'],
          ...['Accept-Charset: UTF-8', 'Authorization: Bearer <redacted>', `Host: ${new URL(endpoint).host}`],
        ],
      );
      const answer = lines.indexOf('HTTP/1.1 200 OK');
      assert.ok(answer > end);
      assert.deepEqual(
        lines
          .slice(answer + 1, lines.indexOf('', answer))
          .map((header) => header.split(':')[0])
          .filter((name) => !['Date', 'Connection', 'Keep-Alive'].includes(name ?? '')),
        [
          ...['Cache-Control', 'Content-Length', 'Content-Type', 'Server', 'x-ms-client-request-id', 'request-id'],
          ...['x-ms-request-id', 'X-Content-Type-Options', 'DataServiceVersion', 'Strict-Transport-Security'],
        ],
      );
      const body = lines[lines.indexOf('', answer) + 1] ?? '';
      assert.match(body, /^\{"odata\.metadata":.*"RunningDuration":0\.0,.*"State":2,/);
      assert.doesNotMatch(document.getText(), /Bearer (?!<redacted>)/);
      assert.doesNotMatch(document.getText(), /eyJ|SharedAccess|http%3a%2f%2fschemas/i);
    });

    it('is read-only, and one tab per job', async () => {
      service = await emulateAccount(api);
      const id = service.addJob('First name', [600]);
      await service.advance(0);
      await run('showExchange', { jobId: id });
      const first = shown();
      assert.equal(vscode.workspace.fs.isWritableFileSystem('media-services'), false);
      await assert.rejects(async () => vscode.workspace.fs.writeFile(first.uri, Buffer.from('x')));
      await assert.rejects(
        async () => vscode.workspace.fs.stat(first.uri.with({ query: '' })),
        /FileNotFound|EntryNotFound/,
      );
      api.store.apply(service.account, [{ ...jobOf(id), name: 'Second name' }]);
      await run('showExchange', { jobId: id });
      assert.equal(shown().uri.toString(), first.uri.toString());
      assert.deepEqual(openTabs(), ['First name.exchange.http']);
    });

    it('changes when there is a newer one', async () => {
      service = await emulateAccount(api);
      const id = service.addJob('Is asked again', [600]);
      await service.advance(0);
      await run('showExchange', { jobId: id });
      const before = shown().getText();
      service.emulator.simulation.fail(id, { code: 'X', message: 'y' });
      await service.advance(1);
      await run('refreshDocument', shown().uri);
      await until(() => shown().getText() !== before, 'the document changes');
      assert.match(shown().getText(), /"State":4/);
    });

    it('tells why there is none', async () => {
      service = await emulateAccount(api);
      const malformed = (await run('showExchange', { jobId: 'x' })) as Failure;
      assert.equal(malformed?.error.kind, 'badRequest');
      const unknown = 'nb:jid:UUID:00000000-0000-4000-8000-000000000000';
      assert.equal(
        await run('showExchange', { jobId: unknown }),
        undefined,
        'that there is no such job is an exchange',
      );
      assert.match(shown().getText(), /"value":\[\]/);
      const nobody = (await run('openJobJson', { jobId: unknown })) as Failure;
      assert.equal(nobody?.error.kind, 'notFound');
    });

    it('is copied as curl, its token a variable', async () => {
      service = await emulateAccount(api);
      await vscode.env.clipboard.writeText('');
      await run('copyExchange', { jobId: documentedJob, shell: 'posix' });
      const posix = await vscode.env.clipboard.readText();
      assert.match(posix, /^curl --url 'https:\/\/[^']*\/Jobs\(\)\?\$filter=Id%20eq%20%27nb%3Ajid/);
      assert.match(posix, /-H "Authorization: Bearer \$MEDIA_SERVICES_TOKEN"/);
      await run('copyExchange', { jobId: documentedJob, shell: 'powershell' });
      assert.match(await vscode.env.clipboard.readText(), /^curl\.exe .*`\n[\s\S]*\$env:MEDIA_SERVICES_TOKEN"/);
    });
  });

  describe('the record', () => {
    it('holds the raw job with its tasks, and follows it', async () => {
      service = await emulateAccount(api);
      undo.push(await withSetting('mediaServices.refresh.trackedInterval', 2));
      const id = service.addJob('Is followed', [600, 300]);
      await service.advance(0);
      await service.advance(60);
      assert.equal(await run('openJobJson', { jobId: id }), undefined);
      const document = shown();
      assert.equal(document.languageId, 'json');
      assert.deepEqual(openTabs(), ['Is followed.job.json']);
      const record = (): { Id: string; State: number; Tasks: { Progress: number; State: number }[] } =>
        JSON.parse(document.getText());
      assert.equal(record().Id, id);
      assert.equal(record().Tasks.length, 2);
      const before = record().Tasks[0]?.Progress ?? 0;
      await service.advance(120);
      await api.watcher.check({ account: service.account, id });
      await until(() => (record().Tasks[0]?.Progress ?? 0) > before, 'progress moves in the document');
      service.emulator.simulation.fail(id, { code: 'X', message: 'y' });
      await service.advance(1);
      await until(() => record().State === 4, 'the end is in the document');
    });

    it('is found by its address, also before its account is there', async () => {
      service = await emulateAccount(api);
      const id = service.addJob('Comes back', [600]);
      await service.advance(0);
      // Under this address nothing was opened yet.
      const key = { account: service.account, id };
      const uri = vscode.Uri.from(documentAddress({ kind: 'json', key }, 'As it was called before'));
      const { connection, ca } = service.emulator;
      api.accounts.setEmulator(null);
      const document = await vscode.workspace.openTextDocument(uri);
      await vscode.window.showTextDocument(document);
      assert.match(document.getText(), /There is no account of this name/);
      api.accounts.setEmulator(withAccounts({ ...connection, ca }));
      await until(() => document.getText().includes(`"Id": "${id}"`), 'the record is there');
      await run('openJobJson', { jobId: id });
      assert.deepEqual(openTabs(), ['As it was called before.job.json'], 'which is this document');
    });
  });

  describe('a document that has nothing to show', () => {
    const unknown = 'nb:jid:UUID:00000000-0000-4000-8000-000000000000';
    let asked = 0;

    beforeEach(async () => {
      // Polls ask for jobs in tabs, too.
      undo.push(await withSetting('mediaServices.refresh.automatic', false));
      service = await emulateAccount(api);
      await service.advance(0);
      asked = 0;
    });

    async function show(id: string): Promise<vscode.TextDocument> {
      const counting = api.store.onDidRecordExchange(({ jobId }) => {
        asked += jobId === id ? 1 : 0;
      });
      undo.push(async () => counting.dispose());
      const uri = vscode.Uri.from(documentAddress({ kind: 'json', key: { account: service.account, id } }, 'Nothing'));
      const document = await vscode.workspace.openTextDocument(uri);
      await vscode.window.showTextDocument(document, { preview: false });
      return document;
    }

    function listingChanges(): void {
      for (let total = 0; total < 50; total++) {
        api.store.setListing(service.account, { ...api.store.listing(service.account), total });
      }
    }

    const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 500));

    it('does not ask again for a job that there is not, whatever happens to its account', async () => {
      const document = await show(unknown);
      assert.match(document.getText(), /has no job with this id/);
      assert.ok(asked > 0, 'requests are counted');
      const before = asked;
      listingChanges();
      const error = new ServiceError('unreachable', 'No answer.');
      api.store.setStatus(service.account, { state: 'failed', error, asOf: null });
      await service.advance(0);
      await pause();
      assert.equal(asked, before);
    });

    it('asks again once its account answers again and somebody sees it', async () => {
      const id = service.addJob('Comes late', [600]);
      await service.advance(0);
      const { faults } = service.emulator.settings;
      faults.add({ path: id, status: 403 }, 100);
      const document = await show(id);
      assert.ok(!document.getText().includes('"Id"'), document.getText());
      const before = asked;
      listingChanges();
      await pause();
      assert.equal(asked, before, 'the account answers as it did');
      faults.clear();
      await run('showExchange', { jobId: documentedJob });
      const isSeen = (): boolean => vscode.window.visibleTextEditors.some((editor) => editor.document === document);
      await until(() => !isSeen(), 'another document is in front');
      const error = new ServiceError('unreachable', 'No answer.');
      api.store.setStatus(service.account, { state: 'failed', error, asOf: null });
      await service.advance(0);
      assert.equal(api.store.status(service.account).state, 'ready');
      await pause();
      assert.equal(asked, before, 'nobody sees it');
      await vscode.window.showTextDocument(document);
      await until(() => document.getText().includes(`"Id": "${id}"`), 'the record is there');
    });
  });

  describe('the report', () => {
    it('is on the clipboard, with tasks that nobody had asked for', async () => {
      service = await emulateAccount(api);
      const id = service.addJob('Is | reported @octocat', [600]);
      await service.advance(0);
      await run('copyJobReport', { jobId: id });
      const report = await vscode.env.clipboard.readText();
      assert.match(report, /^## Is \\\| reported \\@\u2060octocat\n/);
      assert.ok(report.includes(`| Job id | \`${id}\` |`));
      assert.match(report, /### Tasks\n\n\| Task \| State \| Progress \| Duration \|\n.*\n\| Task 1 \| /);
      assert.match(report, /\| Request id \| `[0-9a-f-]{36}` \|/);
    });
  });

  describe('the list', () => {
    const file = (name: string): vscode.Uri => vscode.Uri.file(path.join(tmpdir(), `${process.pid}-${name}`));

    async function exported(args: object): Promise<ExportResult> {
      const result = (await run('exportJobs', args)) as ExportResult;
      assert.ok('count' in result, JSON.stringify(result));
      undo.push(() => rm(vscode.Uri.parse(result.uri).fsPath, { force: true }));
      return result;
    }

    it('is exported as the filter means it, as CSV and as JSON', async () => {
      service = await emulateAccount(api, { jobs: 40 });
      await service.advance(0);
      const json = await exported({ uri: file('jobs.json') });
      const jobs = JSON.parse((await vscode.workspace.fs.readFile(file('jobs.json'))).toString()) as JobJson[];
      assert.equal(jobs.length, json.count);
      assert.ok(json.count >= 41 && !json.incomplete, JSON.stringify(json));
      assert.ok(jobs.every(({ account }) => account === service.account));

      api.filter.set({ states: ['Finished'] });
      undo.push(async () => api.filter.set({}));
      await service.advance(0);
      const csv = await exported({ account: service.account, uri: file('jobs.csv').toString() });
      const text = (await vscode.workspace.fs.readFile(file('jobs.csv'))).toString();
      const rows = text.trimEnd().split('\r\n');
      assert.equal(rows.length, csv.count + 1);
      assert.ok(csv.count > 0 && csv.count < json.count);
      assert.ok(rows.slice(1).every((row) => row.includes(',Finished,100,')));
    });

    it('says that the service may have more', async () => {
      service = await emulateAccount(api, { jobs: 120 });
      await service.advance(0);
      assert.equal((await exported({ uri: file('more.json') })).incomplete, true);
    });

    it('is written to files of its own kinds alone', async () => {
      service = await emulateAccount(api);
      for (const uri of ['file:///tmp/.bashrc', 7, '', null]) {
        assert.equal(((await run('exportJobs', { uri })) as Failure)?.error.kind, 'badRequest', String(uri));
      }
    });
  });

  function jobOf(id: string) {
    const job = api.store.get({ account: service.account, id });
    assert.ok(job);
    const { account: _account, tasks: _tasks, progress: _progress, pace: _pace, ...record } = job;
    return record;
  }
});
