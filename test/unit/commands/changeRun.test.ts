import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { amsCapabilities } from '../../../src/client/ams/amsCapabilities.ts';
import { ChangeRun, type JobRequest } from '../../../src/commands/changeRun.ts';
import type { ChangeContext, JobChange } from '../../../src/commands/jobChanges.ts';
import { ServiceError } from '../../../src/jobs/serviceError.ts';
import { FakeClock, settle } from '../../support/fakeClock.ts';
import { jobId, jobRecord } from '../../support/jobs.ts';
import { english, korean } from '../../support/localizer.ts';
import { ScriptedClient } from '../../support/scriptedClient.ts';
import { Watching } from '../../support/watching.ts';

const context: ChangeContext = {
  l10n: english,
  locale: 'en',
  now: 0,
  capabilitiesOf: () => amsCapabilities,
  namesAccounts: false,
};
const busy = new ServiceError('throttled', 'The service is busy.', { status: 429, retryAfterMs: 60_000 });

const requests: Readonly<Record<JobChange, JobRequest>> = {
  cancel: (asked, id, signal) => asked.cancel(id, signal),
  delete: (asked, id, signal) => asked.delete(id, signal),
  changePriority: (asked, id, signal) => asked.changePriority(id, 7, signal),
};

let clock: FakeClock;
let client: ScriptedClient;
let window: Watching;
let log: string[];

beforeEach(async () => {
  clock = new FakeClock();
  client = new ScriptedClient();
  client.jobs = Array.from({ length: 20 }, (_, n) => jobRecord(20 - n));
  window = new Watching({ clock, clients: new Map([['a', client]]) });
  window.watcher.setListVisible(true);
  await clock.advance(1_000);
  client.takeRequests();
  log = [];
});

afterEach(() => window.dispose());

function runOf(change: JobChange, count = 20): ChangeRun {
  const jobs = window.store.newest('a', count);
  assert.equal(jobs.length, count);
  const { watcher, store } = window;
  return new ChangeRun({ watcher, store, log: { warn: (line) => log.push(line) } }, change, jobs, requests[change]);
}

const sent = (word: string): string[] => client.requests.filter((request) => request.startsWith(`${word} `));

describe('a run of changes', () => {
  it('changes all jobs, a few at a time, and says so of several', async () => {
    const run = runOf('cancel');
    let steps = 0;
    run.onStep = () => steps++;
    await run.run();
    assert.deepEqual([sent('cancel').length, run.over, steps], [20, 20, 20]);
    assert.deepEqual(run.news(context), { text: '20 jobs are being canceled.', refusal: null, each: [] });
    const single = runOf('changePriority', 1);
    client.update(jobId(20), { state: 'Queued' });
    await single.run();
    assert.equal(single.news(context), null, 'its row shows it');
  });

  it('goes on after what the service says of one job', async () => {
    const { cancelJob } = client;
    client.cancelJob = (id, signal) =>
      id === jobId(17) ? Promise.reject(new ServiceError('conflict', 'Too late.')) : cancelJob(id, signal);
    const run = runOf('cancel');
    await run.run();
    const news = run.news(context);
    assert.equal(news?.text, 'Not canceled: 1 of 20 jobs. Too late.');
    assert.deepEqual([news?.refusal?.job.id, log.length], [jobId(17), 1]);
  });

  it('stops where a person stops it', async () => {
    const run = runOf('cancel');
    run.onStep = () => run.over >= 6 && run.stop();
    await run.run();
    const { length } = sent('cancel');
    assert.ok(length >= 6 && length < 10, `${length}`);
    assert.deepEqual(run.news(context), { text: `Not canceled: ${20 - length} of 20 jobs.`, refusal: null, each: [] });
  });

  it('stops once the service takes a change but is too busy for the look after it', async () => {
    client.getJob = () => Promise.reject(busy);
    client.listTasks = () => Promise.reject(busy);
    const run = runOf('cancel');
    await run.run();
    const { length } = sent('cancel');
    assert.ok(length <= 4, `${length} were sent`);
    const news = run.news(context);
    assert.equal(news?.text, `Not canceled: ${20 - length} of 20 jobs. The service is busy.`);
    assert.equal(news?.refusal?.error, busy);
    assert.equal(window.store.cancelingIds('a').length, length, 'those were taken');
    assert.equal(window.store.status('a').state, 'failed');
    client.takeRequests();
    await clock.advance(58_000);
    assert.deepEqual(client.takeRequests(), []);
  });

  it('says that all is done where the service was too busy only for the look after the last', async () => {
    client.getJob = () => Promise.reject(busy);
    const run = runOf('cancel', 3);
    await run.run();
    assert.deepEqual(run.news(context), { text: '3 jobs are being canceled.', refusal: null, each: [] });
  });

  it('says why in the language of the person', async () => {
    client.cancelJob = () => Promise.reject(new ServiceError('unreachable', 'The server did not answer in time.'));
    const run = runOf('cancel');
    await run.run();
    const text = run.news({ ...context, l10n: korean, locale: 'ko' })?.text ?? '';
    assert.match(text, /^취소하지 못한 작업: 20개 중 20개\. /);
    assert.doesNotMatch(text, /[A-Za-z]{3}/);
  });

  for (const [how, end] of Object.entries({
    'signed out': () => window.watcher.forget('a'),
    removed: () => window.watcher.setClients(new Map()),
    replaced: () => window.watcher.setClients(new Map([['a', new ScriptedClient()]])),
  })) {
    for (const change of ['cancel', 'delete'] as const) {
      it(`says what was done and what was not when the account is ${how}: ${change}`, async () => {
        if (change === 'delete') {
          client.jobs = client.jobs.map((job) => ({ ...job, state: 'Finished' }));
          await window.watcher.refresh();
        }
        const run = runOf(change);
        run.onStep = () => {
          if (run.over === 4) {
            client.gate = new Promise(() => undefined);
          }
        };
        const running = run.run();
        await settle();
        end();
        await running;
        const done = run.over - log.length;
        assert.ok(done >= 4 && log.length >= 1 && log.length <= 4, `${done} done, ${log.length} on their way`);
        const left = 20 - done - log.length;
        const news = run.news(context);
        const head = change === 'cancel' ? 'Not canceled' : 'Not deleted';
        assert.equal(
          news?.text,
          `${head}: ${left} of 20 jobs. The account was signed out, edited or removed meanwhile. ` +
            `Done: ${done}. Without an answer: ${log.length}.`,
        );
        assert.equal(news?.refusal?.error.kind, 'aborted');
        assert.equal(sent(change).length, 20 - left, 'nothing is sent any more');
      });
    }
  }
});
