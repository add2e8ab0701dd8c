import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { amsCapabilities } from '../../../src/client/ams/amsCapabilities.ts';
import type { AccountSummary } from '../../../src/jobs/accountStatus.ts';
import type { PresentationContext } from '../../../src/views/jobPresentation.ts';
import { signInLines, signInText } from '../../../src/views/tokenExpiry.ts';
import { english, korean } from '../../support/localizer.ts';

const dayMs = 86_400_000;
const now = Date.UTC(2026, 0, 1);
const context: PresentationContext = { l10n: english, locale: 'en', now, capabilitiesOf: () => undefined };
const account = (known: Partial<AccountSummary>): AccountSummary => ({
  name: 'contoso',
  isEmulator: false,
  asksForSecret: true,
  capabilities: amsCapabilities,
  ...known,
});
const until = (days: number): Partial<AccountSummary> => ({ expiresAt: now + days * dayMs });

describe('how an account is signed in', () => {
  test('says as whom, and until when only where that is soon', () => {
    assert.equal(signInText(account({}), context), '');
    assert.equal(signInText(account({ identity: 'me@b.example' }), context), 'me@b.example');
    const identity = 'me@b.example';
    assert.equal(signInText(account({ identity, ...until(14) }), context), 'me@b.example');
    assert.equal(signInText(account({ identity, ...until(13.9) }), context), 'me@b.example · token expires in 13 days');
  });

  for (const [days, text] of [
    [365, ''],
    [2, 'token expires in 2 days'],
    [1.99, 'token expires in 1 day'],
    [0.5, 'token expires within a day'],
    [-0.1, 'token has expired'],
  ] as const) {
    test(`says “${text}” with ${days} days left`, () => {
      assert.equal(signInText(account(until(days)), context), text);
    });
  }

  test('says it in Korean', () => {
    assert.match(signInText(account(until(5)), { ...context, l10n: korean }), /5일/);
  });

  test('says the date at length, of any token', () => {
    assert.deepEqual(signInLines(account({}), context), []);
    const [who, when, ...others] = signInLines(account({ identity: 'me\n@b', ...until(200) }), context);
    assert.equal(who, 'Signed in as me @b');
    assert.match(when ?? '', /^The token expires on Jul 20, 2026/);
    assert.deepEqual(others, []);
  });
});
