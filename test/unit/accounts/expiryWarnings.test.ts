import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { expiryWarnings } from '../../../src/accounts/expiryWarnings.ts';
import type { NotificationChoice } from '../../../src/jobs/jobEnds.ts';
import { FakeClock, settle } from '../../support/fakeClock.ts';

const dayMs = 86_400_000;

/** Windows that share their claims. */
describe('a token that expires soon', () => {
  let clock: FakeClock;
  let claims: Set<string>;
  let expiries: Map<string, number>;
  let choice: NotificationChoice;
  let warned: string[];

  beforeEach(() => {
    clock = new FakeClock();
    claims = new Set();
    expiries = new Map();
    choice = 'tracked';
    warned = [];
  });

  const openWindow = (): ((account: string) => Promise<void>) => {
    const used = expiryWarnings({
      expiryOf: (account) => expiries.get(account),
      clock,
      choice: () => choice,
      claim: (name) => {
        const isFirst = !claims.has(name);
        claims.add(name);
        return Promise.resolve(isFirst);
      },
      warn: (account, daysLeft) => warned.push(`${account} ${daysLeft}`),
    });
    return async (account) => {
      used(account);
      await settle();
    };
  };

  test('is told of once a day, in one window, on its use alone', async () => {
    const windows = [openWindow(), openWindow()];
    expiries.set('contoso', clock.now() + 2.5 * dayMs);
    for (let hours = 0; hours < 24; hours++) {
      for (const used of windows) {
        await used('contoso');
      }
      await clock.advance(dayMs / 24);
    }
    assert.deepEqual(warned, ['contoso 2', 'contoso 1']);
    await clock.advance(dayMs);
    assert.equal(warned.length, 2, 'nothing is told of what nobody uses');
    await openWindow()('contoso');
    assert.deepEqual(warned, ['contoso 2', 'contoso 1', 'contoso 0']);
  });

  test('is not told of before three days, nor after its end', async () => {
    const used = openWindow();
    for (const days of [3.01, 14, 365, 0, -1]) {
      expiries.set('contoso', clock.now() + days * dayMs);
      await used('contoso');
    }
    await used('unknown');
    assert.deepEqual(warned, []);
    expiries.set('contoso', clock.now() + 3 * dayMs);
    await used('contoso');
    assert.deepEqual(warned, ['contoso 3']);
  });

  test('is told of for each token and account', async () => {
    const used = openWindow();
    expiries.set('contoso', clock.now() + dayMs);
    expiries.set('fabrikam', clock.now() + dayMs);
    await used('contoso');
    await used('fabrikam');
    expiries.set('contoso', clock.now() + dayMs + 1000);
    await used('contoso');
    assert.deepEqual(warned, ['contoso 1', 'fabrikam 1', 'contoso 1']);
  });

  test('is not told of to who wants no messages', async () => {
    choice = 'never';
    const used = openWindow();
    expiries.set('contoso', clock.now() + dayMs);
    await used('contoso');
    assert.deepEqual(warned, []);
    choice = 'errors';
    await used('contoso');
    assert.deepEqual(warned, ['contoso 1']);
  });
});
