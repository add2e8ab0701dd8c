import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { identityOf } from '../../../src/client/identityOf.ts';

const jwt = (claims: unknown): string =>
  `${Buffer.from('{}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;
const swtName = 'http%3a%2f%2fschemas.xmlsoap.org%2fws%2f2005%2f05%2fidentity%2fclaims%2fnameidentifier';

describe('as whom a token signs in', () => {
  for (const [what, token, expected] of [
    ['a person', jwt({ upn: 'a@b.example', appid: 'x' }), 'a@b.example'],
    ['a person in the newer form', jwt({ preferred_username: 'a@b.example', azp: 'x' }), 'a@b.example'],
    ['a guest', jwt({ unique_name: 'live.com#a@b.example', appid: 'x' }), 'live.com#a@b.example'],
    ['an application', jwt({ appid: '11111111-1111', tid: 't' }), '11111111-1111'],
    ['an application in the newer form', jwt({ azp: '11111111-1111' }), '11111111-1111'],
    ['an account', `${swtName}=amstestaccount001&Audience=a&ExpiresOn=1&HMACSHA256=x%3d`, 'amstestaccount001'],
    ['nobody', jwt({ upn: '', appid: 7 }), null],
    ['no claims', jwt(null), null],
    ['a list', jwt(['upn']), null],
    ['an opaque token', 'opaque', null],
    ['no JSON', 'a.b.c', null],
    ['a name of the prototype', jwt({ toString: 'x' }), null],
  ] as const) {
    it(`tells ${what}`, () => assert.equal(identityOf(token), expected));
  }

  it('is fit to be shown, whatever the token holds', () => {
    assert.equal(identityOf(jwt({ upn: 'a\n\u202eb' })), 'a b');
    assert.equal(identityOf(jwt({ upn: 'x'.repeat(10_000) }))?.length, 100);
  });
});
