import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { amsCapabilities } from '../../../src/client/ams/amsCapabilities.ts';
import { type Job, type JobState, knownJobStates } from '../../../src/jobs/job.ts';
import type { TaskEvent } from '../../../src/jobs/jobDetails.ts';
import { nextPace } from '../../../src/jobs/pace.ts';
import { type JobDetailsInput, jobDetailsModel } from '../../../src/views/jobDetailsModel.ts';
import { detailsHtml } from '../../../src/views/jobDetailsPage.ts';
import type { PresentationContext } from '../../../src/views/jobPresentation.ts';
import type { JobDetailsModel } from '../../../src/views/shownDetails.ts';
import { jobRecord, jobTask } from '../../support/jobs.ts';
import { english, korean } from '../../support/localizer.ts';

const minute = 60_000;
const now = Date.parse('2026-02-03T12:00:00Z');
const context: PresentationContext = { l10n: english, locale: 'en', now, capabilitiesOf: () => amsCapabilities };

function job(changes: Partial<Job> = {}): Job {
  const record = jobRecord(1, { created: now - 10 * minute, started: now - 8 * minute });
  return { ...record, account: 'contoso', tasks: null, progress: null, pace: null, ...changes };
}

function model(changes: Partial<JobDetailsInput> = {}, in_ = context): JobDetailsModel {
  const known = {
    ...{ job: job(), isTracked: false, isThere: true, events: null, assets: null, assetsText: '' },
    ...{ points: [], waitText: '', staleText: '' },
  };
  return jobDetailsModel({ ...known, ...changes }, in_);
}

const factsOf = ({ facts }: JobDetailsModel): Readonly<Record<string, string>> =>
  Object.fromEntries(facts.map(({ label, value }) => [label, value]));

describe('what the details of a job say', () => {
  test('at the top: state, percent, time left', () => {
    const moving = job({ progress: 42 });
    const shown = model({ job: { ...moving, pace: nextPace(null, moving, now) } });
    assert.deepEqual(
      [shown.state, shown.stateText, shown.percent, shown.percentText],
      ['running', 'Processing', 42, '42%'],
    );
    assert.match(shown.leftText, /^1[12] min left$/);
    // All tasks done is not yet the job's end.
    assert.equal(model({ job: job({ progress: 100 }) }).percentText, '99%');
    assert.equal(model({ job: job({ state: 'Finished', progress: 100, ended: now }) }).percentText, '100%');
  });

  test('of one that has finished although some of it failed, that not all is well', () => {
    const tasks = [jobTask(1, { state: 'Error' }), jobTask(2, { state: 'Finished' })];
    const shown = model({ job: job({ state: 'Finished', progress: 100, ended: now, tasks }) });
    assert.deepEqual([shown.state, shown.stateText], ['partlyFailed', 'Finished · 1 of 2 failed']);
    const [whole] = shown.timeline.rows;
    assert.equal(whole?.spans.at(-1)?.kind, 'partlyFailed');
    assert.match(whole?.spans.at(-1)?.text ?? '', /^Finished · 1 of 2 failed/);
  });

  test('no percent while it waits', () => {
    for (const state of ['Queued', 'Scheduled'] as const) {
      const {
        percent,
        state: kind,
        curve,
      } = model({
        job: job({ state, progress: 0, started: null }),
        points: [
          { at: now - minute, progress: 0 },
          { at: now - 1000, progress: 0 },
        ],
      });
      assert.deepEqual([percent, kind, curve.points], [null, 'waiting', []]);
      assert.match(curve.text, /no progress yet/);
    }
  });

  test('how long it waits, runs, or took', () => {
    assert.equal(factsOf(model({ job: job({ state: 'Queued', started: null }) }))['Waiting for'], '10 min');
    assert.equal(factsOf(model())['Elapsed'], '8 min');
    const ended = factsOf(model({ job: job({ state: 'Finished', ended: now - minute }) }));
    assert.equal(ended['Duration'], '7 min');
    assert.equal(ended['Elapsed'], undefined);
    const { facts } = model();
    assert.deepEqual(facts.find(({ label }) => label === 'Created')?.hint, '2026-02-03 11:50:00 UTC');
  });

  const actionsBy: Readonly<Record<string, readonly string[]>> = {
    Queued: ['cancelJob', 'changeJobPriority'],
    Scheduled: ['cancelJob'],
    Processing: ['cancelJob'],
    Finished: ['deleteJob'],
    Error: ['deleteJob'],
    Canceled: ['deleteJob'],
    Canceling: [],
    'Unknown(9)': ['cancelJob'],
  };
  for (const state of [...knownJobStates, 'Unknown(9)' as const]) {
    test(`only what can be done to a job that is ${state}`, () => {
      const names = model({ job: job({ state }) }).actions.map(({ name }) => name);
      const changing = names.filter((name) => /^(cancelJob|changeJobPriority|deleteJob)$/.test(name));
      assert.deepEqual(changing, actionsBy[state]);
      assert.equal(names[0], 'trackJob');
      assert.equal(model({ job: job({ state }), isTracked: true }).actions[0]?.name, 'stopTracking');
    });
  }

  test('nothing that changes a job which is not there any more', () => {
    const { actions } = model({ job: job({ state: 'Finished' }), isThere: false });
    assert.deepEqual(
      actions.map(({ name }) => name),
      ['copyJobId'],
    );
    const tracked = model({ isThere: false, isTracked: true }).actions.map(({ name }) => name);
    assert.deepEqual(tracked, ['stopTracking', 'copyJobId']);
  });

  test('every error in full, with its task, its lines kept and nothing that turns the text', () => {
    const message = 'First line\r\n  second\u202eline\n';
    const tasks = [
      jobTask(1, { name: '', state: 'Error', errors: [{ code: 'A\u0000B', message }] }),
      jobTask(2, {
        state: 'Canceled',
        errors: [
          { code: 'C', message: 'x'.repeat(5_000) },
          { code: '', message: '' },
        ],
      }),
    ];
    const { errors } = model({ job: job({ state: 'Error', tasks }) });
    assert.deepEqual(errors[0], { task: 'Task 1', code: 'A B', message: 'First line\nsecond line', advice: '' });
    assert.equal(errors[1]?.message.length, 5_000);
    assert.equal(errors.length, 3);
  });

  test('what an error is about and whether to try again, where the service says so', () => {
    const advice = (category?: string, retry?: string): string | undefined => {
      const error = {
        code: 'C',
        message: 'M',
        ...(category === undefined ? {} : { category }),
        ...(retry === undefined ? {} : { retry }),
      };
      const tasks = [jobTask(1, { state: 'Error', errors: [error] })];
      return model({ job: job({ state: 'Error', tasks }) }).errors[0]?.advice;
    };
    assert.equal(advice('Download', 'MayRetry'), 'Category: Download. It may be worth trying again.');
    assert.equal(advice(undefined, 'DoNotRetry'), 'Trying again will not help before this is put right.');
    assert.equal(advice('Content', 'Whatever'), 'Category: Content.');
    assert.equal(advice(), '');
  });

  test('why there is no curve, where the service never says how far jobs are', () => {
    const without = { ...context, capabilitiesOf: () => ({ ...amsCapabilities, progress: false }) };
    const { curve } = model({}, without);
    assert.equal(curve.text, 'The service of this account does not say how far jobs are.');
  });

  test('no button for what the service cannot do', () => {
    const names = (state: JobState, changes: object): readonly string[] => {
      const capabilitiesOf = () => ({ ...amsCapabilities, ...changes });
      const { actions } = model({ job: job({ state }) }, { ...context, capabilitiesOf });
      return actions.map(({ name }) => name);
    };
    assert.ok(names('Queued', {}).includes('changeJobPriority') && names('Queued', {}).includes('cancelJob'));
    assert.ok(!names('Queued', { priority: null }).includes('changeJobPriority'));
    assert.ok(!names('Queued', { cancel: false }).includes('cancelJob'));
    assert.ok(
      names('Finished', {}).includes('deleteJob') && !names('Finished', { delete: false }).includes('deleteJob'),
    );
  });

  test('names of what it reads and writes, or why there are none', () => {
    const asset = (name: string) => ({ id: `nb:cid:UUID:${name}`, name });
    assert.equal(model().inputs.emptyText, 'Asking…');
    assert.equal(model({ assetsText: 'It does not allow this.' }).outputs.emptyText, 'It does not allow this.');
    const { inputs, outputs } = model({ assets: { inputs: [asset('In'), { id: 'x', name: '' }], outputs: null } });
    assert.deepEqual(inputs, { names: ['In', 'x'], emptyText: '' });
    assert.match(outputs.emptyText, /may have been deleted/);
    assert.equal(model({ assets: { inputs: [], outputs: [] } }).outputs.emptyText, 'None');
    const many = Array.from({ length: 60 }, (_, index) => asset(`A${index}`));
    const listed = model({ assets: { inputs: many, outputs: null } }).inputs.names;
    assert.deepEqual([listed.length, listed.at(-1)], [51, 'and 10 more']);
  });

  test('a curve that goes on to now, and in words', () => {
    const points = [
      { at: now - 3 * minute, progress: 2 },
      { at: now - minute, progress: 41.5 },
    ];
    const moving = job({ progress: 41.5 });
    const { curve } = model({ job: { ...moving, pace: nextPace(null, moving, now) }, points });
    assert.deepEqual(curve.points, [...points, { at: now, progress: 41.5 }]);
    assert.ok(curve.expectedEnd !== null && curve.expectedEnd > now);
    assert.match(curve.text, /^Progress as it was watched: from 2% at .* to 41% at /);
    const over = model({ job: job({ state: 'Finished', ended: now - minute, progress: 100 }), points }).curve;
    assert.deepEqual(over.points, points);
    assert.equal(over.expectedEnd, null);
    assert.match(model({ job: job({ state: 'Finished' }) }).curve.text, /Nobody watched/);
  });

  test('everything in the language of the person', () => {
    const tasks = [jobTask(1, { started: now - minute, progress: 5 })];
    const points = [
      { at: now - minute, progress: 1 },
      { at: now - 1, progress: 5 },
    ];
    const shown = model(
      { job: job({ tasks, progress: 5 }), points },
      { l10n: korean, locale: 'ko', now, capabilitiesOf: () => amsCapabilities },
    );
    const own = [shown.title, shown.account, shown.id, ...shown.timeline.rows.slice(1).map(({ title }) => title)];
    const texts = [
      ...[shown.stateText, shown.percentText, shown.leftText, shown.curve.text, shown.inputs.emptyText],
      ...shown.actions.map(({ text }) => text),
      ...shown.facts.map(({ label }) => label),
      ...shown.timeline.rows.flatMap(({ title, text, spans }) => [title, text, ...spans.map((span) => span.text)]),
    ].filter((text) => !own.includes(text));
    for (const text of texts) {
      assert.doesNotMatch(text.replace(/JSON|REST|ID|UUID/g, ''), /[A-Za-z]{2}/, text);
    }
  });
});

describe('the timeline', () => {
  const at = (minutes: number): number => now - minutes * minute;
  const event = (code: string, minutes: number | null): TaskEvent => ({
    code,
    message: '',
    at: minutes === null ? null : at(minutes),
  });

  test('shows what happened to each task, as its history tells', () => {
    const task = jobTask(1, { state: 'Finished', started: at(6), ended: at(2) });
    const history = [
      event('WaitingForFreeResources', 10),
      event('Scheduled', 7),
      event('Processing', 6),
      event('Finished', 2),
      event('TaskBillingInformationAdded', 1),
    ];
    const { timeline } = model({
      job: job({ state: 'Finished', ended: at(2), tasks: [task] }),
      events: new Map([[task.id, history]]),
    });
    const [whole, first] = timeline.rows;
    assert.deepEqual(
      first?.spans.map(({ kind, from, to }) => [kind, from, to]),
      [
        ['waiting', at(10), at(7)],
        ['waiting', at(7), at(6)],
        ['finished', at(6), at(2)],
      ],
    );
    assert.match(first?.spans[0]?.text ?? '', /^Waiting for free resources: 3 min, from /);
    assert.match(first?.text ?? '', /^Finished, took 4 min, started /);
    assert.deepEqual(
      whole?.spans.map(({ kind, from, to }) => [kind, from, to]),
      [
        ['waiting', at(10), at(8)],
        ['finished', at(8), at(2)],
      ],
    );
    assert.equal(timeline.from, at(10));
    assert.ok(timeline.to > at(2) && timeline.to < now);
  });

  test('goes by start and end where there is no history, and grows while a task runs', () => {
    const tasks = [
      jobTask(1, { state: 'Error', started: at(6), ended: at(5) }),
      jobTask(2, { progress: 30.7, started: at(5) }),
      jobTask(3, { state: 'Queued' }),
    ];
    const { rows, to } = model({ job: job({ tasks }), events: new Map() }).timeline;
    assert.deepEqual(
      rows.slice(1).map(({ spans }) => spans.map(({ kind, from, to: end }) => [kind, from, end])),
      [[['failed', at(6), at(5)]], [['running', at(5), now]], []],
    );
    assert.equal(to, now);
    assert.match(rows[2]?.text ?? '', /^Processing 30%, for 5 min, since /);
    assert.equal(rows[3]?.text, 'Queued');
  });

  test('takes whatever history a service gives', () => {
    const task = jobTask(1, { state: 'Finished', started: at(6), ended: at(2) });
    const history = [
      event('__proto__', 9),
      event('constructor', 8),
      event('Processing', null),
      event('Scheduled', 1),
      event('Processing', 0),
    ];
    const { timeline } = model({
      job: job({ state: 'Finished', ended: at(2), tasks: [task] }),
      events: new Map([[task.id, history]]),
    });
    for (const span of timeline.rows.flatMap(({ spans }) => spans)) {
      assert.ok(span.to >= span.from && span.from >= timeline.from && span.to <= timeline.to);
    }
  });

  test('has bounds, however much a service says', () => {
    const tasks = Array.from({ length: 5_000 }, (_, index) => jobTask(index, { started: at(5), ended: at(4) }));
    const [first] = tasks;
    const events = Array.from({ length: 200_000 }, () => event('Scheduled', 5));
    const errors = Array.from({ length: 30 }, () => ({ code: 'C', message: 'é\n'.repeat(200_000) }));
    const shown = model({
      job: job({ tasks: [jobTask(6_000, { state: 'Error', errors }), ...tasks] }),
      events: new Map([[first?.id ?? '', events]]),
    });
    assert.equal(shown.timeline.rows.length, 101);
    assert.equal(shown.timeline.noteText, 'and 4,901 more');
    assert.ok(shown.timeline.rows.every(({ spans }) => spans.length <= 50));
    assert.ok(shown.errors.every(({ message }) => message.length <= 20_001 && message.endsWith('…')));
  });

  test('says so where nothing has a time', () => {
    const { timeline } = model({ job: job({ state: 'Canceled', created: null, started: null, ended: null }) });
    assert.match(timeline.noteText, /Nothing has happened/);
    assert.ok(timeline.to > timeline.from);
  });
});

describe('the page of the details', () => {
  const texts = { details: '<b>', timeline: 'T', curve: 'C', errors: 'E', inputs: 'I', outputs: 'O', actions: 'A' };
  const html = detailsHtml({
    script: 'https://file+.vscode-resource/dist/detailsPage.js',
    style: 'https://file+.vscode-resource/dist/detailsPage.css',
    cspSource: "'self' https://*.vscode-cdn.net",
    language: 'ko"><script>',
    texts: { ...texts, loading: 'L', retry: 'R' },
  });

  test('lets nothing run but the one script, and fetches nothing', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
    assert.match(policy, /^default-src 'none';/);
    assert.doesNotMatch(policy, /unsafe|\*;|data:|connect-src/);
    assert.equal(html.match(/<script/g)?.length, 1);
    assert.doesNotMatch(html, /\son\w+=|style="|javascript:|<style/);
  });

  test('has its texts escaped', () => {
    assert.match(html, /&lt;b&gt;/);
    assert.match(html, /lang="ko&quot;&gt;&lt;script&gt;"/);
  });

  test('has every element that its script looks for', async () => {
    const { readFileSync } = await import('node:fs');
    const script = readFileSync(new URL('../../../src/views/detailsPage/page.ts', import.meta.url), 'utf8');
    const ids = [...script.matchAll(/\belement\('([\w-]+)'\)/g)].map(([, id]) => id ?? '');
    assert.ok(ids.length > 15);
    for (const id of [...ids, 'input-list', 'input-empty', 'output-list', 'output-empty']) {
      assert.equal(html.split(`id="${id}"`).length, 2, id);
    }
  });
});
