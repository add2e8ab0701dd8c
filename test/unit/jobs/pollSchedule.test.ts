import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type PollDemand, type PollHistory, type PollSettings, pollDelays } from '../../../src/jobs/pollSchedule.ts';

const settings: PollSettings = { automatic: true, listIntervalMs: 15_000, trackedIntervalMs: 5_000 };
const nobody: PollDemand = {
  windowFocused: true,
  listVisible: false,
  listActive: false,
  listMoving: false,
  watchedMoving: false,
  tracked: false,
  waitedFor: false,
};
const calm: PollHistory = { unchanged: 0, failed: 0, retryAfterMs: null, jitter: 0.5 };

function delays(
  demand: Partial<PollDemand>,
  history: { list?: Partial<PollHistory>; watched?: Partial<PollHistory> } = {},
  changes: Partial<PollSettings> = {},
) {
  return pollDelays(
    { ...settings, ...changes },
    { ...nobody, ...demand },
    { list: { ...calm, ...history.list }, watched: { ...calm, ...history.watched } },
  );
}

describe('when to ask next', () => {
  it('is never where nobody looks', () => {
    assert.deepEqual(delays({}), { list: null, watched: null });
    assert.deepEqual(delays({ listActive: true }), { list: null, watched: null });
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
    assert.deepEqual(away, { list: 60_000, watched: 20_000 });
  });

  it('without automatic refresh, is only for what somebody waits for', () => {
    const off = { automatic: false };
    assert.deepEqual(delays({ listVisible: true, listActive: true, tracked: true }, {}, off), {
      list: null,
      watched: null,
    });
    assert.equal(delays({ waitedFor: true }, {}, off).watched, 5_000);
  });

  it('doubles while answers stay the same, up to its bound', () => {
    const waits = [0, 1, 2, 3, 4, 40].map((unchanged) => delays({ tracked: true }, { watched: { unchanged } }).watched);
    assert.deepEqual(waits, [5_000, 5_000, 10_000, 20_000, 30_000, 30_000]);
    assert.equal(delays({ listVisible: true, listActive: true }, { list: { unchanged: 40 } }).list, 60_000);
  });

  it('does not slow down while a job is under way', () => {
    const unchanged = { list: { unchanged: 40 }, watched: { unchanged: 40 } };
    const looks = { listVisible: true, listActive: true, tracked: true };
    assert.deepEqual(delays({ ...looks, listMoving: true, watchedMoving: true }, unchanged), {
      list: 15_000,
      watched: 5_000,
    });
    assert.deepEqual(delays(looks, unchanged), { list: 60_000, watched: 30_000 });
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
