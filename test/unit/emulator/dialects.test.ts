import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { ODataError } from '../../../src/emulator/api/errors.ts';
import { Throttle } from '../../../src/emulator/api/throttle.ts';
import {
  allOff,
  allOn,
  chooseDialects,
  type DialectChoice,
  DialectError,
  type Dialects,
  readDialect,
  readDialects,
  writeDialects,
} from '../../../src/emulator/dialects.ts';
import type { EmulatorOptions, RunningEmulator } from '../../../src/emulator/emulator.ts';
import { acsToken, documentedHeaders, getJson, send } from '../../support/emulatorRequests.ts';
import { startQuickEmulator } from '../../support/quickEmulator.ts';

const start = Date.parse('2026-03-01T12:00:00Z');

describe('a dialect', () => {
  it('is written as it is read', () => {
    for (const dialects of [allOff, allOn]) {
      assert.deepEqual({ ...readDialects(writeDialects(dialects)) }, dialects);
    }
    assert.deepEqual(readDialect('nextLink', '5'), { nextLink: 5 });
    assert.deepEqual(readDialect('throttle', '503/5'), { throttle: { status: 503, perSecond: 5 } });
    assert.deepEqual(readDialect('retry-after', '7'), { 'retry-after': 7 });
    assert.deepEqual(readDialect('list-order', 'shuffled'), { 'list-order': 'shuffled' });
    assert.deepEqual(readDialect('list-order', 'off'), { 'list-order': 'newest' });
    assert.deepEqual(readDialect('all', 'on'), allOn);
  });

  it('differs in every switch between all off, the default, and all on', () => {
    assert.deepEqual(chooseDialects(), allOff);
    assert.deepEqual(chooseDialects('allOff'), allOff);
    assert.deepEqual(chooseDialects({ or: true }), { ...allOff, or: true });
    for (const key of Object.keys(allOff) as (keyof typeof allOff)[]) {
      assert.notDeepEqual(allOn[key], allOff[key], key);
    }
    assert.deepEqual(Object.keys(allOff), [
      'or',
      'ne',
      'orderby',
      'tolower',
      'list-order',
      'inlinecount',
      'nextLink',
      'select-on-tasks',
      'retry-after',
      'throttle',
      'refused-delete',
      'progress-on-failure',
      'cancel-can-finish',
      'no-reserved-units',
      'v3-page',
      'v3-links',
      'v3-unknown-state',
      'v3-no-start-time',
      'v3-null-progress',
      'v3-continue-job',
      'mkio-filter',
      'mkio-empty-404',
      'mkio-error-text',
      'ravnur-filter',
    ]);
  });

  it('that does not exist, or with a value it does not have, is refused in one sentence', () => {
    for (const [key, value] of [
      ['colour', 'on'],
      ['toString', 'on'],
      ['or', 'yes'],
      ['nextLink', '1001'],
      ['throttle', '500'],
      ['throttle', '429/0'],
      ['refused-delete', '200'],
      ['progress-on-failure', '50'],
      ['list-order', 'on'],
      ['v3-page', '0'],
      ['v3-page', '1001'],
      ['v3-links', 'on'],
      ['mkio-filter', 'odata'],
      ['ravnur-filter', 'on'],
      ['all', 'maybe'],
    ] as const) {
      assert.throws(() => readDialect(key, value), DialectError, `${key}=${value}`);
    }
  });
});

describe('throttling', () => {
  it('refuses beyond a rate, until a second has passed', () => {
    let now = 0;
    const throttle = new Throttle(() => now);
    const dialects = chooseDialects({ throttle: { status: 503, perSecond: 2 } });
    throttle.check(dialects);
    now = 600;
    throttle.check(dialects);
    const isBusy = (error: unknown) =>
      error instanceof ODataError && error.status === 503 && /More than 2 requests per second/.test(error.message);
    assert.throws(() => throttle.check(dialects), isBusy);
    now = 999;
    assert.throws(() => throttle.check(dialects), isBusy);
    now = 1000;
    throttle.check(dialects);
    assert.throws(() => throttle.check(dialects), isBusy);
    throttle.check(allOff);
  });
});

describe('the API', () => {
  let now = start;
  const running: RunningEmulator[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.close()));
  });

  async function begin(dialects: DialectChoice, options: EmulatorOptions = {}) {
    now = start;
    const emulator = await startQuickEmulator({ now: () => now, arrivalsPerMinute: 0, jobs: 12, dialects, ...options });
    running.push(emulator);
    const token = await acsToken(emulator);
    const get = (path: string, headers: Record<string, string> = {}) => getJson(emulator, token, path, headers);
    const rows = async (path: string) => {
      const reply = await get(path);
      assert.equal(reply.status, 200, `${path}: ${reply.text}`);
      return (reply.json as { value: Record<string, unknown>[] }).value;
    };
    return { emulator, token, get, rows };
  }
  const verbose = { Accept: 'application/json;odata=verbose' };

  it('refuses by 400 what no one has seen it do, with all off', async () => {
    const { get, rows } = await begin('allOff');
    for (const path of [
      'Jobs?$filter=State eq 2 or State eq 3',
      'Jobs?$filter=State ne 3',
      'Jobs?$orderby=Created desc',
      "Jobs?$filter=substringof('x',tolower(Name))",
      'Jobs?$inlinecount=allpages',
      'Tasks()?$filter=State eq 2&$select=Id,State,Progress',
      'Jobs?$expand=Tasks',
    ]) {
      assert.equal((await get(path)).status, 400, path);
    }
    assert.equal((await rows('Tasks?$filter=State eq 2')).length, 5);
    assert.ok(!('odata.nextLink' in ((await get('Jobs')).json as object)));
  });

  it('answers active jobs and the progress of their tasks in two requests, with all on', async () => {
    const { get, rows } = await begin('allOn');
    const active = await rows('Jobs?$filter=State ne 3 and State ne 4 and State ne 5');
    assert.ok(active.length > 3);
    assert.deepEqual(await rows('Jobs?$filter=State eq 0 or State eq 1 or State eq 2 or State eq 6'), active);
    const tasks = await rows('Tasks()?$filter=State eq 2&$select=Id,State,Progress');
    assert.deepEqual(
      tasks.map((task) => Object.keys(task)),
      tasks.map(() => ['Id', 'Progress', 'State']),
    );
    assert.equal((await get('Jobs?$expand=Tasks')).status, 400, 'documented as not supported');
  });

  it('orders', async () => {
    const { rows, get } = await begin({ orderby: true });
    const all = await rows('Jobs');
    const oldest = await rows('Jobs?$orderby=Created');
    assert.deepEqual(
      oldest.map((job) => job['Id']),
      all.map((job) => job['Id']).reverse(),
    );
    const byState = await rows('Jobs?$orderby=State desc, Name asc&$skip=1&$top=5');
    const expected = [...all]
      .sort((a, b) => Number(b['State']) - Number(a['State']) || (String(a['Name']) < String(b['Name']) ? -1 : 1))
      .slice(1, 6);
    assert.deepEqual(
      byState.map((job) => job['Name']),
      expected.map((job) => job['Name']),
    );
    const ends = (await rows('Jobs?$orderby=EndTime')).map((job) => job['EndTime']);
    assert.equal(ends[0], null, 'null comes first');
    for (const order of ['Colour', 'Tasks', 'Created up', 'Created desc desc', '']) {
      assert.equal((await get(`Jobs?$orderby=${order}`)).status, 400, order);
    }
  });

  it('lists jobs newest first, oldest first, or in an order that has nothing to do with their age', async () => {
    const ids = async (order: Dialects['list-order'], path = 'Jobs'): Promise<unknown[]> =>
      (await (await begin({ 'list-order': order, orderby: true })).rows(path)).map((job) => job['Id']);
    const newest = await ids('newest');
    assert.deepEqual(await ids('oldest'), [...newest].reverse());
    const shuffled = await ids('shuffled');
    assert.deepEqual([...shuffled].sort(), [...newest].sort());
    assert.notDeepEqual(shuffled, newest);
    assert.notDeepEqual(shuffled, [...newest].reverse());
    assert.deepEqual(await ids('shuffled'), shuffled, 'each time the same');
    assert.deepEqual(
      [...(await ids('shuffled', 'Jobs?$top=5')), ...(await ids('shuffled', 'Jobs?$skip=5'))],
      shuffled,
      'so that pages fit together',
    );
    assert.deepEqual(await ids('shuffled', 'Jobs?$orderby=Created desc'), newest);
    assert.deepEqual(await ids('oldest', "Jobs?$filter=Created gt datetime'2000-01-01T00:00'"), [...newest].reverse());
  });

  it('looks for a name whatever its case', async () => {
    const { rows } = await begin({ tolower: true });
    const [found] = await rows("Jobs?$filter=substringof('bigbuckbunny',tolower(Name))&$top=1");
    assert.match(String(found?.['Name']), /BigBuckBunny/);
    assert.deepEqual(await rows("Jobs?$filter=substringof('bigbuckbunny',Name)"), []);
  });

  it('counts along', async () => {
    const { get } = await begin({ inlinecount: true });
    const light = (await get('Jobs?$inlinecount=allpages&$top=2&$skip=1')).json as Record<string, unknown>;
    assert.equal(light['odata.count'], '13');
    assert.deepEqual(Object.keys(light), ['odata.metadata', 'odata.count', 'value']);
    const full = (await get('Jobs?$inlinecount=allpages&$top=2&$filter=State eq 2', verbose)).json as {
      d: { __count: string; results: unknown[] };
    };
    assert.deepEqual([full.d.__count, full.d.results.length], ['4', 2]);
    assert.ok(!('odata.count' in ((await get('Jobs?$inlinecount=none')).json as object)));
    assert.equal((await get('Jobs?$inlinecount=some')).status, 400);
  });

  it('links to the next page', async () => {
    const { emulator, get, rows } = await begin({ nextLink: 5 });
    const all: unknown[] = [];
    for (let path = 'Jobs()?$filter=not (State eq 6)'; path !== ''; ) {
      const page = (await get(path)).json as { value: { Id: string }[]; 'odata.nextLink'?: string };
      all.push(...page.value.map((job) => job.Id));
      path = page['odata.nextLink']?.replace(emulator.endpoint, '') ?? '';
    }
    assert.deepEqual(
      all,
      [...emulator.simulation.jobs()].map((job) => job.id),
    );
    const limited = (await get('Jobs?$top=7', verbose)).json as { d: { __next?: string } };
    assert.equal(limited.d.__next, `${emulator.endpoint}Jobs?$skip=5&$top=2`);
    assert.equal((await rows('Jobs?$skip=5&$top=2')).length, 2);
    assert.ok(!('odata.nextLink' in ((await get('Jobs?$top=5')).json as object)), 'nothing is left that was wanted');
    assert.ok(!('odata.nextLink' in ((await get('Jobs?$skip=8')).json as object)));
  });

  it('throttles, and says when to come back', async () => {
    const { get } = await begin({ throttle: { status: 429, perSecond: 3 }, 'retry-after': 2 });
    const replies = await Promise.all(Array.from({ length: 8 }, () => get('Jobs?$top=1')));
    const refused = replies.filter((reply) => reply.status === 429);
    assert.ok(refused.length >= 4 && refused.length < 8, `${refused.length}`);
    assert.equal(refused[0]?.headers['retry-after'], '2');
    const silent = await begin({ throttle: { status: 503, perSecond: 1 } });
    const [, second] = [await silent.get('Jobs?$top=1'), await silent.get('Jobs?$top=1')];
    assert.equal(second.status, 503);
    assert.equal(second.headers['retry-after'], undefined);
  });

  it('refuses to delete with the status wished for', async () => {
    const { emulator, token } = await begin({ 'refused-delete': 409 });
    const [active] = [...emulator.simulation.activeJobs()];
    const reply = await send(`${emulator.endpoint}Jobs('${active?.id}')`, {
      ca: emulator.ca,
      method: 'DELETE',
      headers: documentedHeaders(token),
    });
    assert.equal(reply.status, 409);
  });

  it('shows the progress of what failed as wished for', async () => {
    for (const [kind, expected] of [
      ['zero', 0],
      ['hundred', 100],
    ] as const) {
      const { rows } = await begin({ 'progress-on-failure': kind });
      const lost = [...(await rows('Tasks?$filter=State eq 4')), ...(await rows('Tasks?$filter=State eq 5'))];
      assert.ok(lost.length > 0);
      assert.deepEqual(
        lost.map((task) => task['Progress']),
        lost.map(() => expected),
      );
    }
    const { emulator, rows } = await begin('allOff');
    const failed = [...emulator.simulation.jobs()].find((job) => job.state === 4);
    const [first] = await rows(`Jobs('${failed?.id}')/Tasks`);
    assert.ok(Number(first?.['Progress']) > 0 && Number(first?.['Progress']) < 100);
  });

  it('finishes what was nearly done when it was canceled', async () => {
    for (const [dialects, atSecond, end] of [
      ['allOn', 59, 3],
      ['allOn', 30, 5],
      ['allOff', 59, 5],
    ] as const) {
      const { emulator, get } = await begin(dialects, { jobs: 0 });
      const id = emulator.simulation.add({ name: 'late', tasks: [{ name: 'only', durationMs: 60_000 }] });
      now += (2 + atSecond) * 1000;
      assert.equal((await get(`CancelJob?jobid='${id}'`)).status, 204);
      assert.equal(emulator.simulation.find(id)?.state, 6);
      now += 5000;
      assert.equal(
        ((await get(`Jobs('${id}')/State`)).json as { value: number }).value,
        end,
        `${dialects} ${atSecond}`,
      );
      assert.equal((await get(`CancelJob?jobid='${id}'`)).status, 400);
    }
  });
});
