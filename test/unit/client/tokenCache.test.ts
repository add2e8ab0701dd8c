import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type RequestToken, TokenCache } from '../../../src/client/tokenCache.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { failure } from './clientFixture.ts';

/** A token request that a test settles by hand. */
function scripted(): {
  request: RequestToken;
  calls: {
    signal: AbortSignal;
    rejected: string | null;
    give(token: string, lifetimeMs?: number | null): void;
    fail(): void;
  }[];
} {
  const calls: ReturnType<typeof scripted>['calls'] = [];
  const request: RequestToken = (signal, rejected) =>
    new Promise((resolve, reject) => {
      calls.push({
        signal,
        rejected,
        give: (token, lifetimeMs = 3_600_000) => resolve({ token, lifetimeMs }),
        fail: () => reject(new Error('planted')),
      });
    });
  return { request, calls };
}

describe('TokenCache', () => {
  for (const [lifetimeMs, usedMs] of [
    [60_000, 48_000],
    [290_000, 232_000],
    [3_600_000, 3_300_000],
    [21_600_000, 21_300_000],
  ] as const) {
    it(`renews a token of ${lifetimeMs / 1000} s after ${usedMs / 1000} s, to the millisecond`, async () => {
      const clock = new FakeClock();
      let asked = 0;
      const cache = new TokenCache(async () => ({ token: `t${++asked}`, lifetimeMs }), clock);
      assert.equal(await cache.get(), 't1');
      clock.jump(usedMs - 1);
      assert.equal(await cache.get(), 't1');
      clock.jump(1);
      assert.equal(await cache.get(), 't2');
      assert.equal(await cache.get(), 't2');
      assert.equal(asked, 2);
      assert.equal(clock.pendingTimers, 0);
    });
  }

  it('counts the lifetime from before the request', async () => {
    const clock = new FakeClock();
    const { request, calls } = scripted();
    const cache = new TokenCache(request, clock);
    const first = cache.get();
    clock.jump(40_000);
    calls[0]?.give('t1', 60_000);
    assert.equal(await first, 't1');
    clock.jump(8000);
    void cache.get();
    assert.equal(calls.length, 2);
  });

  it('keeps a token that does not say when it expires until it is refused', async () => {
    const clock = new FakeClock();
    let asked = 0;
    const cache = new TokenCache(async () => ({ token: `t${++asked}`, lifetimeMs: null }), clock);
    await cache.get();
    clock.jump(1e12);
    assert.equal(await cache.get(), 't1');
    assert.equal(await cache.renew('t1'), 't2');
  });

  it('serves callers of get and renew with one request', async () => {
    const { request, calls } = scripted();
    const cache = new TokenCache(request, new FakeClock());
    const all = [cache.get(), cache.get(), cache.renew('old'), cache.get()];
    calls[0]?.give('t1');
    assert.deepEqual(await Promise.all(all), ['t1', 't1', 't1', 't1']);
    assert.equal(calls.length, 1);
  });

  it('renews once for many that were refused, and not at all where the token differs by now', async () => {
    const { request, calls } = scripted();
    const cache = new TokenCache(request, new FakeClock());
    const first = cache.get();
    calls[0]?.give('t1');
    await first;
    const renewals = [cache.renew('t1'), cache.renew('t1'), cache.get()];
    assert.equal(calls.length, 2);
    assert.equal(calls[1]?.rejected, 't1');
    calls[1]?.give('t2');
    assert.deepEqual(await Promise.all(renewals), ['t2', 't2', 't2']);
    assert.equal(await cache.renew('t1'), 't2');
    assert.equal(calls.length, 2);
  });

  it('goes on for the others when one caller gives up, and stops when none is left', async () => {
    const { request, calls } = scripted();
    const cache = new TokenCache(request, new FakeClock());
    const [one, two] = [new AbortController(), new AbortController()];
    const first = failure(cache.get(one.signal), 'aborted');
    const second = failure(cache.get(two.signal), 'aborted');
    one.abort();
    await first;
    assert.equal(calls[0]?.signal.aborted, false);
    two.abort();
    await second;
    assert.equal(calls[0]?.signal.aborted, true);
    const third = cache.get();
    assert.equal(calls.length, 2);
    calls[0]?.give('late');
    calls[1]?.give('t2');
    assert.equal(await third, 't2');
  });

  it('does not remember a failure', async () => {
    const { request, calls } = scripted();
    const cache = new TokenCache(request, new FakeClock());
    const first = failure(cache.get());
    calls[0]?.fail();
    await first;
    const second = cache.get();
    calls[1]?.give('t2');
    assert.equal(await second, 't2');
  });

  it('forgets at sign-out, what is under way included', async () => {
    const { request, calls } = scripted();
    const cache = new TokenCache(request, new FakeClock());
    const first = failure(cache.get(), 'aborted');
    cache.forget();
    await first;
    calls[0]?.give('stale');
    const second = cache.get();
    calls[1]?.give('t2');
    assert.equal(await second, 't2');
    cache.dispose();
    await failure(cache.get(), 'aborted');
  });

  it('signs in beside what polls ask, and ends with the person alone', async () => {
    const asked: boolean[] = [];
    const gives: ((token: string) => void)[] = [];
    const tokens: string[] = [];
    const cache = new TokenCache(
      (_signal, _rejected, interactive) => {
        asked.push(interactive);
        return new Promise((resolve) => gives.push((token) => resolve({ token, lifetimeMs: 3_600_000 })));
      },
      new FakeClock(),
      (token) => tokens.push(token),
    );
    const [person, other] = [new AbortController(), new AbortController()];
    const given = failure(cache.signIn(person.signal), 'aborted');
    const poll = cache.get(other.signal);
    assert.deepEqual(asked, [true, false]);
    person.abort();
    await given;
    gives[1]?.('t1');
    assert.equal(await poll, 't1');

    const second = cache.signIn();
    gives[2]?.('t2');
    await second;
    assert.equal(await cache.get(), 't2');
    assert.deepEqual(tokens, ['t1', 't2']);
    const third = failure(cache.signIn(), 'aborted');
    cache.dispose();
    await third;
    await failure(cache.signIn(), 'aborted');
    assert.deepEqual(asked, [true, false, true, true]);
  });
});
