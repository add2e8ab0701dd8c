import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PollDemand, PollKind, PollSettings } from '../../../src/jobs/pollDemand.ts';
import { type PollHistory, pollDelays } from '../../../src/jobs/pollSchedule.ts';

const settings: PollSettings = {
  automatic: true,
  listIntervalMs: 15_000,
  trackedIntervalMs: 5_000,
  notifiesOfAll: false,
};
const nobody: PollDemand = {
  windowFocused: true,
  listVisible: false,
  listActive: false,
  tracked: false,
  waitedFor: false,
  viewed: false,
  canceling: false,
};
const nothing = { watched: null, list: null, background: null };
const calm: PollHistory = { unchanged: 0, failed: 0, retryAfterMs: null, jitter: 0.5 };

function delays(
  demand: Partial<PollDemand>,
  history: Partial<Record<PollKind, Partial<PollHistory>>> = {},
  changes: Partial<PollSettings> = {},
) {
  return pollDelays(
    { ...settings, ...changes },
    { ...nobody, ...demand },
    {
      watched: { ...calm, ...history.watched },
      list: { ...calm, ...history.list },
      background: { ...calm, ...history.background },
    },
  );
}

describe('when to ask next', () => {
  it('is never where nobody looks', () => {
    assert.deepEqual(delays({}), nothing);
    assert.deepEqual(delays({ listActive: true }), nothing);
  });

  it('is the list interval while a listed job is active, and a minute otherwise', () => {
    assert.equal(delays({ listVisible: true, listActive: true }).list, 15_000);
    assert.equal(delays({ listVisible: true }).list, 60_000);
    assert.equal(delays({ listVisible: true }, {}, { listIntervalMs: 120_000 }).list, 120_000);
  });

  it('is the tracked interval for a tracked or waited-for job', () => {
    assert.equal(delays({ tracked: true }).watched, 5_000);
    assert.equal(delays({ waitedFor: true }).watched, 5_000);
  });

  it('is four times slower while the window is not focused', () => {
    const away = delays({ windowFocused: false, listVisible: true, listActive: true, tracked: true });
    assert.deepEqual(away, { watched: 20_000, list: 60_000, background: null });
  });

  it('without automatic refresh, is only for what somebody waits for', () => {
    const off = { automatic: false };
    const all = { listVisible: true, listActive: true, tracked: true, canceling: true };
    assert.deepEqual(delays(all, {}, { ...off, notifiesOfAll: true }), nothing);
    assert.equal(delays({ waitedFor: true }, {}, off).watched, 5_000);
  });

  it('doubles while answers stay the same, up to its bound', () => {
    const waits = [0, 1, 2, 3, 4, 40].map((unchanged) => delays({ tracked: true }, { watched: { unchanged } }).watched);
    assert.deepEqual(waits, [5_000, 5_000, 10_000, 20_000, 30_000, 30_000]);
    assert.equal(delays({ listVisible: true, listActive: true }, { list: { unchanged: 40 } }).list, 60_000);
  });

  it('asks for the active jobs once a minute for those who want to be told, whether or not anybody looks', () => {
    const told = { notifiesOfAll: true };
    assert.deepEqual(delays({}, {}, told), { ...nothing, background: 60_000 });
    assert.equal(delays({ windowFocused: false }, {}, told).background, 60_000);
    assert.equal(delays({}, { background: { unchanged: 40 } }, told).background, 300_000);
  });

  it('looks at a job that is being canceled as at a followed one, and gives up sooner', () => {
    assert.equal(delays({ canceling: true }).watched, 5_000);
    assert.equal(delays({ canceling: true }, { watched: { unchanged: 40 } }).watched, 300_000);
    assert.equal(delays({ canceling: true, tracked: true }, { watched: { unchanged: 40 } }).watched, 30_000);
  });

  it('backs off after failures with jitter, never below the interval, at most five minutes and a quarter', () => {
    const wait = (failed: number, jitter: number) => delays({ tracked: true }, { watched: { failed, jitter } }).watched;
    assert.equal(wait(1, 0.5), 5_000);
    assert.equal(wait(3, 0), 15_000);
    assert.equal(wait(3, 1), 25_000);
    assert.equal(wait(60, 1), 375_000);
    assert.equal(wait(60, 0), 225_000);
  });

  it('obeys what the service asks to wait', () => {
    assert.equal(delays({ tracked: true }, { watched: { failed: 1, retryAfterMs: 90_000 } }).watched, 90_000);
    assert.equal(
      delays({ tracked: true }, { watched: { failed: 0, retryAfterMs: 90_000 } }).watched,
      90_000,
      'also when somebody looked meanwhile',
    );
  });
});
