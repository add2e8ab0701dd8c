import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { soundSharedAccount } from '../../../src/accounts/soundSharedAccount.ts';
import { readExpiry } from '../../../src/client/accessToken.ts';
import { amsCapabilities } from '../../../src/client/ams/amsCapabilities.ts';
import { Collections } from '../../../src/client/ams/collections.ts';
import { readJob, readTask } from '../../../src/client/ams/jobEntities.ts';
import { JobPages } from '../../../src/client/ams/jobPages.ts';
import { Endpoint } from '../../../src/client/endpoint.ts';
import { soundLogin } from '../../../src/client/keptLogin.ts';
import { LearnedCapabilities } from '../../../src/client/learnedCapabilities.ts';
import { redacted, redactText } from '../../../src/client/redact.ts';
import type { Transport } from '../../../src/client/transport.ts';
import { readPlace } from '../../../src/client/v3/strand.ts';
import { accountFromArguments, isJobKey, jobFromArguments } from '../../../src/commands/jobArguments.ts';
import { jobUri, readJobUri } from '../../../src/commands/jobUri.ts';
import { parseTaskBody } from '../../../src/emulator/api/taskBodyParser.ts';
import { DialectError, readDialect } from '../../../src/emulator/dialects.ts';
import { parseState } from '../../../src/emulator/stateFile.ts';
import { jobIdForms } from '../../../src/jobs/jobIdForms.ts';
import { JobStore } from '../../../src/jobs/jobStore.ts';
import { ServiceError } from '../../../src/jobs/serviceError.ts';
import { TrackedJob } from '../../../src/jobs/trackedJob.ts';
import { recordText } from '../../../src/views/recordText.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { jobRecord, jobTask } from '../../support/jobs.ts';
import { english } from '../../support/localizer.ts';
import { MemoryTrackedStorage } from '../../support/memoryTrackedStorage.ts';

const id = 'nb:jid:UUID:f3c43f94-327f-2347-90bb-3bf79f8559f1';
const account = {
  name: 'Contoso',
  kind: 'ams' as const,
  endpoint: 'https://contoso.example.com/api/',
  authentication: { method: 'token' as const },
  trustedHosts: [],
};
const endpoint = (kept?: string) => new Endpoint(account, { load: () => kept, save: () => undefined });
const accounts = {
  accounts: {
    accounts: [
      { name: 'Contoso', capabilities: amsCapabilities },
      { name: 'Other', capabilities: amsCapabilities },
    ],
  },
} as never;

function refuses(kind: string): (error: unknown) => boolean {
  return (error) => ServiceError.is(error) && error.kind === kind;
}

/** Payloads that a decoder once let through, or died of. Each was found by the test of all decoders. */
describe('a payload that was taken wrongly once', () => {
  test('half a surrogate pair in the id of a job leaves its link one that can be copied', () => {
    const uri = jobUri({ account: 'Contoso', id: `${id}\ud800` }, 'vscode');
    const contoso = { name: 'Contoso', form: jobIdForms.guid };
    assert.ok(URL.canParse(uri));
    assert.equal(readJobUri({ path: '/job', query: new URL(uri).search.slice(1), fragment: '' }, [contoso]), null);
  });

  test('half a surrogate pair in a secret does not keep it from being taken out', () => {
    assert.equal(redactText('key \ud800half and %EF%BF%BDhalf', ['\ud800half']), `key ${redacted} and ${redacted}`);
  });

  test('a token for a page with an address that is none is refused', async () => {
    const here = endpoint();
    const pages = new JobPages(new Collections({} as Transport, here), new LearnedCapabilities(here));
    const link = { resource: 'https://h:99999/', left: 1 };
    const token = JSON.stringify({ query: 'Jobs()?', skip: 0, newestFirst: true, oldest: null, link });
    await assert.rejects(pages.list({}, { token, pageSize: 1 }, undefined), refuses('badRequest'));
  });

  test('a token that expires after all time does not say when it expires', () => {
    assert.equal(readExpiry(`e30.${Buffer.from('{"exp":1e306}').toString('base64url')}.c2ln`), null);
  });

  test('a priority and a duration that nothing can have count as not told, so that windows can share the job', () => {
    const job = readJob({ Id: id, State: 2, Priority: 1e300, RunningDuration: 1e300 });
    assert.deepEqual([job.priority, job.runningDurationMs], [null, null]);
    assert.equal(readJob({ Id: id, State: 2, Priority: '2.5' }).priority, null);
    assert.equal(readTask({ Id: 't', State: 2, RunningDuration: 1e300 }).runningDurationMs, null);
    const shared = { fingerprint: 'f', activeAt: 0, headAt: 0, watchedAt: {}, goneAt: {}, head: null, failure: null };
    assert.ok(soundSharedAccount({ ...shared, jobs: [{ record: job, tasks: null, progress: null }] }, 0));
  });

  test('a redirect to a host of more characters than a name can have is none', () => {
    const here = endpoint();
    assert.throws(() => here.redirectTarget(`https://${'a.'.repeat(5_000)}com/`, here.root), refuses('badReply'));
    assert.throws(() => here.redirectTarget(`${'a'.repeat(5_000)}:x`, here.root), refuses('badReply'));
  });

  test('an object in place of a text is refused by name, whatever it says that its text is', () => {
    const hostile = { toString: 1, valueOf: null };
    assert.throws(() => jobFromArguments({ jobId: hostile as never }, accounts), refuses('badRequest'));
    assert.throws(() => jobFromArguments({ jobId: Object.create(null) as never }, accounts), refuses('badRequest'));
    assert.throws(() => accountFromArguments({ account: hostile }, accounts), refuses('configuration'));
    assert.throws(() => accountFromArguments({ account: 7 }, accounts), /of this name: 7/);
  });

  test('a row whose account or id is no text is no row of a job', () => {
    assert.equal(isJobKey({ type: 'job', account: 'a', id: {} }), false);
    assert.equal(isJobKey({ type: 'job', account: 1, id }), false);
    assert.equal(isJobKey({ type: 'job', account: 'a', id }), true);
  });

  test('a record deeper than the stack becomes a document that ends where nobody looks', () => {
    const deep: unknown = JSON.parse('['.repeat(20_000) + ']'.repeat(20_000));
    const text = recordText({ raw: { job: { Id: id, Name: deep }, tasks: [] } }, english);
    assert.match(text, /^ {4,}"…"$/m);
    assert.equal((JSON.parse(text) as { Id: string }).Id, id);
  });

  test('an entity of XML by the name of what every object has is no character', () => {
    const body = (text: string) =>
      `<taskBody><inputAsset>JobInputAsset(0)</inputAsset><outputAsset assetName="${text}">JobOutputAsset(0)</outputAsset></taskBody>`;
    assert.equal(parseTaskBody(body('&amp;')).outputs[0]?.name, '&');
    for (const name of ['constructor', '__proto__', 'toString']) {
      assert.throws(() => parseTaskBody(body(`&${name};`)), /no character/);
    }
  });

  test('a dialect of all that is neither on nor off is refused', () => {
    assert.throws(() => readDialect('all', 'constructor'), DialectError);
    assert.throws(() => readDialect('all', '__proto__'), DialectError);
  });

  test('a state of the emulator without what it is resumed from is none', () => {
    const shallow = { format: 1, instance: 'i', startedAt: 1, aliveAt: 1e300, dataDirectory: '/d', mutations: [] };
    assert.equal(
      parseState(JSON.stringify({ ...shallow, connection: {}, ports: {}, simulation: {}, secrets: {} })),
      null,
    );
  });

  for (const [what, changes] of [
    ['a state that there is not', { state: 'Done' }],
    ['a percent beyond all', { progress: 1e300 }],
    ['a duration below nothing', { runningDurationMs: -1 }],
    ['no id', { id: '' }],
  ] as const) {
    test(`a tracked job of ${what} is not taken up`, async () => {
      const storage = new MemoryTrackedStorage();
      const tracked = new TrackedJob(new JobStore(), storage, new FakeClock());
      const job = { ...jobRecord(1), account: 'a', tasks: null, progress: 1, pace: null };
      storage.stored = { chosenAt: 1, job: { ...job, ...changes } };
      await tracked.restore();
      assert.equal(tracked.isWatched, false);
      storage.stored = { chosenAt: 1, job };
      await tracked.restore();
      assert.equal(tracked.job?.name, 'Job 1');
      tracked.dispose();
    });
  }

  test('a job chosen after all time does not keep a person from choosing another one', async () => {
    const storage = new MemoryTrackedStorage();
    const store = new JobStore();
    const clock = new FakeClock();
    const job = { ...jobRecord(1), account: 'a', tasks: null, progress: 1, pace: null };
    storage.stored = { chosenAt: Number.MAX_SAFE_INTEGER, job };
    const tracked = new TrackedJob(store, storage, clock);
    await tracked.restore();
    store.apply('a', [jobRecord(2)]);
    tracked.track({ account: 'a', id: jobRecord(2).id });
    tracked.dispose();

    const next = new TrackedJob(new JobStore(), storage, clock);
    await next.restore();
    assert.equal(next.job?.name, 'Job 2');
    next.dispose();
  });

  test('a shared task that ran for less than nothing is not believed', () => {
    const shared = { fingerprint: 'f', activeAt: 0, headAt: 0, watchedAt: {}, goneAt: {}, head: null, failure: null };
    const jobs = (runningDurationMs: number) => [
      { record: jobRecord(1), tasks: [jobTask(1, { runningDurationMs })], progress: null },
    ];
    assert.ok(soundSharedAccount({ ...shared, jobs: jobs(1) }, 0));
    assert.equal(soundSharedAccount({ ...shared, jobs: jobs(-1) }, 0), null);
  });

  test('a long text, or very many, in place of the accounts of a login hold nobody up', () => {
    const login = { Account: { key: { home_account_id: 'a.b' } }, RefreshToken: { key: { secret: 'r' } } };
    assert.deepEqual(JSON.parse(soundLogin(JSON.stringify(login)) ?? ''), {
      ...{ Account: login.Account, IdToken: {}, AccessToken: {} },
      ...{ RefreshToken: login.RefreshToken, AppMetadata: {} },
    });
    const others = (changes: object): string => JSON.stringify({ ...login, ...changes });
    assert.equal(soundLogin(others({ Account: '['.repeat(20_000) })), null);
    assert.equal(soundLogin(others({ Account: { key: '[' } })), null);
    assert.equal(soundLogin(others({ IdToken: [] })), null);
    assert.equal(
      soundLogin(others({ AppMetadata: Object.fromEntries(Array.from({ length: 30 }, (_, n) => [n, {}])) })),
      null,
    );
    assert.equal(soundLogin(others({ Account: { key: { username: 'x'.repeat(300_000) } } })), null);
    assert.equal(soundLogin('{"Account":'), null);
  });

  test('a number of a page token that is an object is no number', () => {
    const place = { key: '', resource: 'jobs?', mark: 'jobs?', skip: 0, latest: null, pages: 1 };
    assert.deepEqual(readPlace(place), place);
    for (const changes of [{ pages: { toString: 4 } }, { skip: { toString: 4 } }, { skip: '3' }, { pages: null }]) {
      assert.throws(() => readPlace({ ...place, ...changes }), refuses('badRequest'));
    }
  });
});
