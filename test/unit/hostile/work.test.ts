import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { readAccountSettings } from '../../../src/accounts/accountSettings.ts';
import { leaseIn } from '../../../src/accounts/leaseFile.ts';
import { soundSharedAccount } from '../../../src/accounts/soundSharedAccount.ts';
import { isSendable, readExpiry } from '../../../src/client/accessToken.ts';
import { readJob, readTask, readTaskEvents } from '../../../src/client/ams/jobEntities.ts';
import { Endpoint } from '../../../src/client/endpoint.ts';
import { identityOf } from '../../../src/client/identityOf.ts';
import { soundLogin } from '../../../src/client/keptLogin.ts';
import { parseJson, readCollection, readEntity } from '../../../src/client/odata.ts';
import { redactText } from '../../../src/client/redact.ts';
import { messageOf } from '../../../src/client/replyMessage.ts';
import { refusalSentence } from '../../../src/client/signInRefusal.ts';
import { parseBody } from '../../../src/emulator/adminBody.ts';
import { parseFilter } from '../../../src/emulator/api/filterParser.ts';
import { parseTaskBody } from '../../../src/emulator/api/taskBodyParser.ts';
import { allOn } from '../../../src/emulator/dialects.ts';
import { parseState } from '../../../src/emulator/stateFile.ts';
import { jobIdsInText } from '../../../src/jobs/jobIdsInText.ts';
import { readQuery } from '../../../src/jobs/jobQuery.ts';
import { isTrackedChoice } from '../../../src/jobs/trackedJob.ts';
import { readDetailsState } from '../../../src/views/detailsState.ts';
import { recordText } from '../../../src/views/recordText.ts';
import { WorkCounter } from '../../support/hostile/work.ts';
import { jobId, jobRecord, jobTask } from '../../support/jobs.ts';
import { english } from '../../support/localizer.ts';

const size = 1_000;
/** Twice the input may cost twice the work, and what sorting takes beyond. */
const mostGrowth = 2.5;

const now = 1_700_000_000_000;

function list<T>(n: number, item: (index: number) => T): T[] {
  return Array.from({ length: n }, (_, index) => item(index));
}

function deep(n: number): string {
  return `${'{"d":'.repeat(n)}1${'}'.repeat(n)}`;
}

const job = (n: number) => ({ Id: jobId(n), Name: `Job ${n}`, State: 2, Created: '2015-02-11T01:46:08.897Z' });
const event = (n: number) => ({ Code: 'c', Message: 'm', TimeStamp: `/Date(${(n * 7919) % 10_007})/` });
const shared = (n: number) => ({
  fingerprint: 'f',
  activeAt: now,
  headAt: now,
  watchedAt: Object.fromEntries(list(n, (index) => [jobId(index), now])),
  goneAt: {},
  jobs: list(n, (index) => ({ record: jobRecord(index), tasks: [jobTask(index)], progress: 1 })),
  head: { ids: list(n, jobId), hasMore: false },
  failure: null,
});
const entry = (n: number) => ({
  name: `A ${n}`,
  kind: 'ams',
  endpoint: 'https://h/',
  authentication: { method: 'vscode' },
});
const account = {
  name: 'a',
  kind: 'ams' as const,
  endpoint: 'https://h.example.com/api/',
  authentication: { method: 'token' as const },
  trustedHosts: [],
};

function quietly(run: () => unknown): void {
  try {
    run();
  } catch {
    // What it refuses, the test of the decoders looks at.
  }
}

/** What grows, how an input of so many is made, and what reads it. */
const cases: readonly (readonly [what: string, make: (n: number) => unknown, run: (input: never) => unknown])[] = [
  ['jobs of a page', (n) => ({ value: list(n, job) }), (page: unknown) => readCollection(page).rows.map(readJob)],
  ['properties of a job', (n) => ({ ...job(1), ...Object.fromEntries(list(n, (i) => [`p${i}`, i])) }), readJobAndKeys],
  [
    'errors of a task',
    (n) => ({ Id: 't', State: 4, ErrorDetails: list(n, () => ({ Code: 'c', Message: 'm' })) }),
    readTask,
  ],
  ['events of a task', (n) => ({ HistoricalEvents: list(n, event) }), readTaskEvents],
  ['the depth of an answer', deep, (text: string) => quietly(() => readJob(readEntity(parseJson(text))))],
  [
    'the length of a name',
    (n) => JSON.stringify({ ...job(1), Name: 'x'.repeat(n) }),
    (text: string) => readJob(parseJson(text)),
  ],
  ['jobs that windows share', shared, (value: unknown) => assert.ok(soundSharedAccount(value, now))],
  [
    'points of a tab',
    (n) => ({ account: 'a', id: 'b', points: list(n, (at) => ({ at, progress: 1 })) }),
    readDetailsState,
  ],
  ['states of a filter', (n) => ({ states: list(n, () => 'x') }), readQuery],
  [
    'accounts of the settings',
    (n) => list(n, entry),
    (value: unknown) => assert.equal(readAccountSettings(value).problems.length, 0),
  ],
  [
    'hosts that an account trusts',
    (n) => [{ ...entry(1), trustedHosts: list(n, (i) => `h${i}`) }],
    readAccountSettings,
  ],
  [
    'the depth of a tracked job',
    (n) => `{"chosenAt":1,"job":${deep(n)}}`,
    (text: string) => isTrackedChoice(JSON.parse(text)),
  ],
  [
    'the length of a login in place of its parts',
    (n) => JSON.stringify({ Account: '['.repeat(n), RefreshToken: {} }),
    (text: string) => assert.equal(soundLogin(text), null),
  ],
  ['the length of a lease', (n) => JSON.stringify({ token: 'x'.repeat(n), pid: 1, host: 'h', expiresAt: 1 }), leaseIn],
  [
    'the length of a token',
    (n) => `e30.${Buffer.from(JSON.stringify({ upn: 'x'.repeat(n) })).toString('base64url')}.x`,
    readToken,
  ],
  ['parts of a token', (n) => `${'a&'.repeat(n)}&HMACSHA256=x`, readToken],
  ['parameters of a token', (n) => `${'a=b&'.repeat(n)}ExpiresOn=1&HMACSHA256=x`, readToken],
  ['slashes of an address', (n) => `https://h.example.com${'/'.repeat(n)}x${'/'.repeat(n)}`, followTo],
  [
    'the length of an error in HTML',
    (n) => `<html><title>${'<b'.repeat(n)}`,
    (text: string) => messageOf(text, 'text/html', ['secret']),
  ],
  [
    'the length of an error in XML',
    (n) => `<m:error>${'<m:message '.repeat(n)}`,
    (text: string) => messageOf(text, 'application/xml', []),
  ],
  ['the depth of an error', (n) => `{"error":${deep(n)}}`, (text: string) => messageOf(text, 'application/json', [])],
  ['the length of what Entra ID says', (n) => 'AADSTS'.repeat(n), refusalSentence],
  ['a secret that an answer repeats', (n) => 'secret '.repeat(n), (text: string) => redactText(text, ['secret'])],
  ['ids in a text', (n) => `${jobId(1)} `.repeat(n), (text: string) => assert.ok([...jobIdsInText(text)].length > 0)],
  ['beginnings of ids in a text', (n) => 'nb:jid:UUID:'.repeat(n), (text: string) => [...jobIdsInText(text)]],
  ['tasks of a record', (n) => list(n, job), (tasks: unknown[]) => recordText({ raw: { job: {}, tasks } }, english)],
  [
    'beginnings of ids that are names',
    (n) => 'transforms/a/jobs/transforms/'.repeat(n),
    (text: string) => [...jobIdsInText(text, ['names'])],
  ],
  [
    'changes of the emulator',
    (n) => JSON.stringify({ format: 1, mutations: list(n, (at) => ({ kind: 'x', at })) }),
    parseState,
  ],
  [
    'fields that the emulator is told',
    (n) => JSON.stringify(Object.fromEntries(list(n, (i) => [`p${i}`, i]))),
    parseBody,
  ],
  ['terms of a filter', (n) => list(n, () => 'State eq 1').join(' and '), (text: string) => parseFilter(text, allOn)],
  [
    'assets of a task',
    (n) => `<taskBody>${'<inputAsset>JobInputAsset(0)</inputAsset>'.repeat(n)}</taskBody>`,
    (text: string) => quietly(() => parseTaskBody(text)),
  ],
];

function readJobAndKeys(value: unknown): unknown {
  return [readJob(value), Object.keys(value as object)];
}

function readToken(token: string): unknown {
  return [isSendable(token), readExpiry(token), identityOf(token)];
}

function followTo(location: string): unknown {
  const endpoint = new Endpoint(account, { load: () => undefined, save: () => undefined });
  return endpoint.redirectTarget(location, endpoint.root);
}

function workOf([, make, run]: (typeof cases)[number], n: number): number {
  const input = make(n);
  const counter = new WorkCounter();
  const counted = counter.counted(input);
  counter.begin();
  try {
    run(counted as never);
  } finally {
    counter.end();
  }
  return counter.work;
}

describe('the work that an input makes', () => {
  const figures: string[] = [];

  for (const one of cases) {
    test(`grows with ${one[0]} and not with its square`, () => {
      const [once, twice] = [workOf(one, size), workOf(one, 2 * size)];
      figures.push(`${one[0]}: ${once} → ${twice} (×${(twice / once).toFixed(2)})`);
      assert.ok(once >= size, `the counter sees what is looked at: ${once}`);
      assert.ok(twice <= mostGrowth * once, `${once} at ${size}, ${twice} at ${2 * size}`);
    });
  }

  test('is seen by the counter where it does grow with the square', () => {
    const inLists = [
      '',
      (n: number) => list(n, (i) => i),
      (all: number[]) => all.filter((x, i) => all.indexOf(x) === i),
    ] as const;
    const inTexts = [
      '',
      (n: number) => 'x'.repeat(n),
      (text: string) => list(text.length, () => text.includes('y')),
    ] as const;
    for (const square of [inLists, inTexts]) {
      assert.ok(workOf(square, 2 * size) > 3.5 * workOf(square, size));
    }
  });

  after(() => console.log(`looks at an input at ${size} and ${2 * size}:\n${figures.join('\n')}`));
});
