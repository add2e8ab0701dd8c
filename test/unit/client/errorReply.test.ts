import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errorOfReply } from '../../../src/client/errorReply.ts';
import type { HttpReply } from '../../../src/client/httpSender.ts';
import { refusalOf } from '../../../src/client/signInRefusal.ts';
import { FakeClock } from '../../support/fakeClock.ts';

const now = '2026-01-01T00:00:00Z';

function reply(status: number, headers: Record<string, string>): HttpReply {
  return {
    status,
    statusText: '',
    header: (name) => headers[name] ?? null,
    body: '',
    url: new URL('https://localhost/'),
  };
}

describe('a refused sign-in', () => {
  const cases: readonly [date: string, said: RegExp][] = [
    ['Thu, 01 Jan 2026 00:00:00 GMT', /^(?!.*clock)/],
    ['Thu, 01 Jan 2026 00:04:00 GMT', /^(?!.*clock)/],
    ['Thu, 01 Jan 2026 00:20:00 GMT', /The clock of this machine is 20 minutes behind the service's: set it right\./],
    ['Wed, 31 Dec 2025 22:00:00 GMT', /The clock of this machine is 120 minutes ahead of the service's/],
    ['nonsense', /^(?!.*clock)/],
  ];
  for (const [date, said] of cases) {
    it(`names the clock of this machine where it is far off, at ${now} answered ${date}`, () => {
      const error = errorOfReply(reply(401, { date }), new FakeClock(now), []);
      assert.equal(error.kind, 'signIn');
      assert.match(error.message, said);
      assert.doesNotMatch(errorOfReply(reply(403, { date }), new FakeClock(now), []).message, /clock/);
    });
  }

  it('says whether the entry is wrong or the secret', () => {
    const refusal = (code: string) => refusalOf(`AADSTS${code}: said`, { status: 401 });
    for (const wrongEntry of ['90002', '700016', '65002', '500011']) {
      assert.deepEqual([refusal(wrongEntry).kind, refusal(wrongEntry).remedy], ['signIn', 'editAccount'], wrongEntry);
    }
    for (const wrongSecret of ['7000215', '7000222', '50173', '99999999']) {
      assert.equal(refusal(wrongSecret).remedy, undefined, wrongSecret);
      assert.equal(refusal(wrongSecret).status, 401);
    }
  });

  it('by a proxy points to the settings of the proxy', () => {
    assert.equal(errorOfReply(reply(407, {}), new FakeClock(now), []).remedy, 'proxySettings');
  });
});
