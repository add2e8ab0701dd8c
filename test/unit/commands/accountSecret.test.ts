import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cleanSecret, secretProblem, secretSource } from '../../../src/commands/accountSecret.ts';
import type { PresentationContext } from '../../../src/views/jobPresentation.ts';
import { english } from '../../support/localizer.ts';

const now = Date.UTC(2026, 0, 1);
const context: PresentationContext = { l10n: english, locale: 'en', now, capabilitiesOf: () => undefined };
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: object): string => `${part({ alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`;
const good = jwt({ exp: now / 1000 + 60 });
const expired = jwt({ exp: now / 1000 - 86_400 });

describe('what a person enters as a secret', () => {
  it('may be a token of MK.IO with or without an end, as it is copied', () => {
    for (const token of [good, jwt({}), `  Bearer ${good}\n`]) {
      assert.equal(secretProblem('mkio', 'token', token, context), undefined);
    }
    assert.equal(cleanSecret('token', ` Bearer ${good} `), good);
  });

  const noTokens: readonly [what: string, text: string][] = [
    ['a part of one', good.slice(0, -20).split('.').slice(0, 2).join('.')],
    ['one without a signature', good.replace(/[^.]*$/, '')],
    ['one with a line break in it', good.replace('.', '.\n')],
    ['a password', 'correct horse battery staple'],
    ['three words', 'a.b.c'],
    ['claims that are a list', `${part({})}.${part([])}.x`],
    ['more than one', `${good} ${good}`],
  ];
  for (const [what, text] of noTokens) {
    it(`is no token of MK.IO where it is ${what}`, () => {
      const problem = secretProblem('mkio', 'token', text, context) ?? '';
      assert.match(problem, /no MK\.IO token/);
      assert.ok(!problem.includes(text));
    });
  }

  it('is refused in the box where it has expired, of each service', () => {
    for (const kind of ['mkio', 'ams'] as const) {
      const problem = secretProblem(kind, 'token', expired, context) ?? '';
      assert.match(problem, /expired on Dec 3[01], 2025/);
      assert.ok(!problem.includes(expired));
    }
    assert.match(secretProblem('ams', 'token', `ExpiresOn=${now / 1000 - 60}&HMACSHA256=x`, context) ?? '', /expired/);
  });

  it('may be any text where the service says nothing of its shape', () => {
    assert.equal(secretProblem('ams', 'token', 'opaque', context), undefined);
    assert.equal(secretProblem('ravnur', 'apiKey', 'any key', context), undefined);
    assert.equal(secretProblem('ams', 'clientSecret', expired, context), undefined);
  });

  it('must be something, but for a passphrase, which stays as it is', () => {
    for (const secretKind of ['clientSecret', 'accountKey', 'token', 'apiKey'] as const) {
      assert.ok(secretProblem('ams', secretKind, ' \n', context));
      assert.equal(cleanSecret(secretKind, ' x\n'), 'x');
    }
    assert.ok(secretProblem('mkio', 'token', 'Bearer ', context));
    assert.equal(secretProblem('ams', 'passphrase', '', context), undefined);
    assert.equal(cleanSecret('passphrase', ' x '), ' x ');
  });

  it('is said where to be found, where that is not known to all', () => {
    assert.match(secretSource('mkio', english) ?? '', /Your personal API tokens/);
    assert.match(secretSource('ravnur', english) ?? '', /API Credentials/);
    assert.equal(secretSource('ams', english), undefined);
  });
});
