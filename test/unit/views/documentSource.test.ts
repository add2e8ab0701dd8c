import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Exchange } from '../../../src/jobs/exchange.ts';
import { ServiceError } from '../../../src/jobs/serviceError.ts';
import { ExchangeSource, RecordSource, type SourceParts } from '../../../src/views/documentSource.ts';
import { FakeClock, settle } from '../../support/fakeClock.ts';
import { jobId, jobRecord, jobTask } from '../../support/jobs.ts';
import { english } from '../../support/localizer.ts';
import { ScriptedClient } from '../../support/scriptedClient.ts';
import { Watching } from '../../support/watching.ts';

const key = { account: 'a', id: jobId(1) };

let clock: FakeClock;
let client: ScriptedClient;
let watching: Watching;
let focused: boolean;
let changes: number;
let parts: SourceParts;

beforeEach(() => {
  clock = new FakeClock();
  client = new ScriptedClient();
  client.jobs = [jobRecord(1)];
  client.tasks.set(key.id, [jobTask(1, { progress: 10 })]);
  watching = new Watching({ clock, clients: new Map([['a', client]]) });
  focused = true;
  changes = 0;
  const { store, watcher } = watching;
  parts = {
    ...{ store, watcher, clock },
    settings: () => watching.settings,
    isFocused: () => focused,
    l10n: () => english,
    onChange: () => changes++,
  };
});

afterEach(() => watching.dispose());

function asked(): number {
  return client.takeRequests().filter((request) => request.startsWith('details')).length;
}

function move(progress: number): void {
  client.tasks.set(key.id, [jobTask(1, { progress })]);
}

function progressIn({ text }: { readonly text: string | null }): unknown {
  return (JSON.parse(text ?? '') as { Tasks: { progress: number }[] }).Tasks[0]?.progress;
}

describe('the record of a job in a document', () => {
  let source: RecordSource;

  beforeEach(() => {
    source = new RecordSource(parts, key);
  });

  afterEach(() => source.dispose());

  async function open(): Promise<void> {
    await source.refresh();
    source.setVisible(true);
    await settle();
    client.takeRequests();
  }

  it('is asked for once, however many ask for it at a time', async () => {
    await Promise.all([source.refresh(), source.refresh()]);
    assert.equal(asked(), 1);
    assert.equal(progressIn(source), 10);
    assert.equal(changes, 1);
  });

  it('follows the job while it is seen, and asks again only when the job moved', async () => {
    await open();
    await clock.advance(60_000);
    assert.equal(asked(), 0, 'nothing moved');
    move(20);
    await clock.advance(120_000);
    assert.equal(asked(), 1);
    assert.equal(progressIn(source), 20);
    assert.equal(changes, 2);
  });

  it('asks no more often than for the tracked job, one request at a time', async () => {
    await open();
    let progress = 10;
    for (let second = 0; second < 60; second++) {
      move(++progress % 90);
      watching.store.apply('a', [jobRecord(1)], new Map([[key.id, [jobTask(1, { progress: progress + 0.5 })]]]));
      await clock.advance(1_000);
    }
    const count = asked();
    assert.ok(count >= 8 && count <= 12, `${count} times in a minute`);
  });

  it('sees the end of the job', async () => {
    await open();
    client.update(key.id, { state: 'Finished' });
    client.tasks.set(key.id, [jobTask(1, { state: 'Finished', progress: 100 })]);
    await clock.advance(30_000);
    assert.match(source.text ?? '', /"state": "Finished"/);
    assert.equal(progressIn(source), 100);
    client.takeRequests();
    await clock.advance(600_000);
    assert.deepEqual(client.takeRequests(), [], 'nothing is asked of a job that has ended');
  });

  it('is left alone while nobody sees it, and catches up when somebody does', async () => {
    await open();
    for (const hide of [() => source.setVisible(false), () => (focused = false), () => (watching.settings = off())]) {
      hide();
      source.lookAgain();
      move(Math.random() * 90);
      await watching.watcher.check(key);
      await clock.advance(60_000);
      assert.equal(asked(), 0);
      focused = true;
      watching.settings = { ...watching.settings, automatic: true };
      source.setVisible(true);
      source.lookAgain();
      await clock.advance(5_000);
      assert.equal(asked(), 1);
    }
  });

  function off(): Watching['settings'] {
    return { ...watching.settings, automatic: false };
  }

  it('keeps what it has when asking fails, and tries again, later each time', async () => {
    await open();
    move(20);
    await watching.watcher.check(key);
    client.takeRequests();
    client.failure = new ServiceError('unreachable', 'Nobody there.');
    await clock.advance(60_000);
    const tries = asked();
    assert.ok(tries >= 2 && tries <= 5, `${tries} tries in a minute`);
    assert.equal(progressIn(source), 10);
    client.failure = null;
    await clock.advance(400_000);
    assert.equal(progressIn(source), 20);
  });

  it('tells whoever asks by hand what failed', async () => {
    client.failure = new ServiceError('unreachable', 'Nobody there.');
    await assert.rejects(source.refresh(), { kind: 'unreachable' });
    assert.equal(source.text, null);
  });

  it('leaves no timer and no watching behind', async () => {
    await open();
    move(20);
    await watching.watcher.check(key);
    source.dispose();
    source.setVisible(true);
    watching.watcher.settingsChanged();
    client.takeRequests();
    await clock.advance(600_000);
    assert.deepEqual(client.takeRequests(), []);
  });
});

describe('the exchange of a job in a document', () => {
  let source: ExchangeSource;

  beforeEach(() => {
    source = new ExchangeSource(parts, key);
  });

  afterEach(() => source.dispose());

  function exchange(n: number, jobId = key.id): Exchange {
    return {
      ...{ account: 'a', jobId, sentAt: clock.now(), durationMs: n, response: null, error: `Failure ${n}` },
      request: { method: 'GET', url: 'https://localhost/', headers: [], body: '' },
    };
  }

  it('is there as soon as there is one about this job', () => {
    assert.equal(source.text, null);
    watching.store.recordExchange(exchange(1, jobId(2)));
    watching.store.recordExchange({ ...exchange(1), account: 'b' });
    assert.equal(source.text, null);
    watching.store.recordExchange(exchange(2));
    assert.match(source.text ?? '', /Failure 2/);
    assert.equal(changes, 1);
    assert.match(new ExchangeSource(parts, key).text ?? '', /Failure 2/);
  });

  it('changes at most once a second, and ends with the last', async () => {
    for (let n = 0; n < 100; n++) {
      watching.store.recordExchange(exchange(n));
      await clock.advance(100);
    }
    await clock.advance(2_000);
    assert.ok(changes >= 9 && changes <= 12, `${changes} changes in ten seconds`);
    assert.match(source.text ?? '', /Failure 99/);
    assert.equal(clock.pendingTimers, 0);
  });

  it('shows a request that failed, and stays when the store forgets the job', async () => {
    client.failure = new ServiceError('notFound', 'Gone.');
    await assert.rejects(source.refresh(), { kind: 'notFound' }, 'nothing was sent that could be shown');
    const send = client.getJob;
    client.getJob = (id, signal) => {
      watching.store.recordExchange(exchange(3));
      return send(id, signal);
    };
    await source.refresh();
    watching.store.apply('a', [jobRecord(1)]);
    watching.store.remove('a', [key.id]);
    assert.equal(watching.store.lastExchange(key), undefined);
    assert.match(source.text ?? '', /Failure 3/);
  });
});
