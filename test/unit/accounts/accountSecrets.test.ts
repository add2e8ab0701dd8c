import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AccountSecrets } from '../../../src/accounts/accountSecrets.ts';
import { secretDestinationOf, secretKindOf } from '../../../src/accounts/secretDestination.ts';
import type { AmsAccount } from '../../../src/client/account.ts';
import { MemorySecrets } from '../../support/memorySecrets.ts';

const principal: AmsAccount = {
  name: 'contoso',
  kind: 'ams',
  endpoint: 'https://media.windows.net/',
  authentication: {
    method: 'servicePrincipal',
    tenantId: 'tenant',
    clientId: 'client',
    authorityHost: 'https://login.contoso.example/',
    scope: undefined,
  },
  trustedHosts: [],
};
const acs: AmsAccount = {
  ...principal,
  authentication: { method: 'acs', accountName: 'contosoams', acsTokenUrl: 'https://acs.example/v2/OAuth2-13' },
};
const token: AmsAccount = { ...principal, authentication: { method: 'token' } };
const environment: AmsAccount = { ...principal, authentication: { method: 'environment' } };
const certificate: AmsAccount = {
  ...principal,
  authentication: {
    method: 'certificate',
    tenantId: 'tenant',
    clientId: 'client',
    certificatePath: '/a.pem',
    authorityHost: 'https://login.contoso.example/',
  },
};
const browser: AmsAccount = {
  ...principal,
  authentication: { method: 'browser', tenantId: 'tenant', authorityHost: 'https://login.contoso.example/' },
};

function withAuthentication<T extends AmsAccount>(account: T, changes: object): AmsAccount {
  return { ...account, authentication: { ...account.authentication, ...changes } };
}

async function storedFor(account: AmsAccount): Promise<AccountSecrets> {
  const secrets = new AccountSecrets(new MemorySecrets());
  await secrets.store(account, 'S3cret');
  return secrets;
}

test('each method says what has to be entered', () => {
  assert.equal(secretKindOf(principal), 'clientSecret');
  assert.equal(secretKindOf(acs), 'accountKey');
  assert.equal(secretKindOf(token), 'token');
  assert.equal(secretKindOf(environment), null);
  assert.equal(secretKindOf(certificate), 'passphrase');
  for (const method of ['vscode', 'azureCli', 'browser', 'deviceCode', 'managedIdentity'] as const) {
    assert.equal(secretKindOf({ ...principal, authentication: { method } }), null, method);
  }
});

describe('where a secret goes', () => {
  const principalOrigins = ['https://login.contoso.example', 'https://media.windows.net'];
  const cases: readonly [what: string, account: AmsAccount, origins: readonly string[]][] = [
    ['authority and endpoint', principal, ['https://login.contoso.example', 'https://media.windows.net']],
    ['token URL and endpoint', acs, ['https://acs.example', 'https://media.windows.net']],
    ['authority and endpoint, for a passphrase', certificate, principalOrigins],
    ['authority and endpoint, for the login of a person', browser, principalOrigins],
    ['endpoint alone, for a pasted token', token, ['https://media.windows.net']],
    [
      'the authority of the cloud',
      withAuthentication(principal, { authorityHost: undefined }),
      ['https://login.microsoftonline.com', 'https://media.windows.net'],
    ],
    [
      'the authority of another cloud',
      { ...withAuthentication(principal, { authorityHost: undefined }), endpoint: 'https://media.chinacloudapi.cn/' },
      ['https://login.chinacloudapi.cn', 'https://media.chinacloudapi.cn'],
    ],
    [
      'the token service of the cloud',
      withAuthentication(acs, { acsTokenUrl: undefined }),
      ['https://wamsprodglobal001acs.accesscontrol.windows.net', 'https://media.windows.net'],
    ],
    [
      'each origin once, with its port',
      {
        ...withAuthentication(principal, { authorityHost: 'https://127.0.0.1:8443/a' }),
        endpoint: 'https://127.0.0.1:8443/b',
      },
      ['https://127.0.0.1:8443'],
    ],
    [
      'names in punycode',
      { ...token, endpoint: 'https://m\u0435dia.windows.net/' },
      ['https://xn--mdia-v4d.windows.net'],
    ],
  ];
  for (const [what, account, origins] of cases) {
    test(what, () => assert.deepEqual(secretDestinationOf(account).origins, origins));
  }
});

describe('a secret is not given once the settings changed', () => {
  const chinese = { ...principal, endpoint: 'https://media.chinacloudapi.cn/' };
  const cases: readonly [what: string, before: AmsAccount, after: AmsAccount][] = [
    ['the kind', principal, { ...principal, kind: 'ravnur' as 'ams' }],
    ['the method to acs', principal, acs],
    ['the method to token', principal, token],
    ['the method from token', token, acs],
    ['the tenant', principal, withAuthentication(principal, { tenantId: 'evil' })],
    ['the client id', principal, withAuthentication(principal, { clientId: 'evil' })],
    ['the account name at the token service', acs, withAuthentication(acs, { accountName: 'evil' })],
    [
      'tenant and client id the other way round',
      principal,
      withAuthentication(principal, { tenantId: 'client', clientId: 'tenant' }),
    ],
    ["the endpoint's host", principal, { ...principal, endpoint: 'https://evil.example/' }],
    ["the endpoint's port", principal, { ...principal, endpoint: 'https://media.windows.net:444/' }],
    ["the endpoint's scheme", principal, { ...principal, endpoint: 'http://media.windows.net/' }],
    ["a token's endpoint", token, { ...token, endpoint: 'https://evil.example/' }],
    ["an account key's endpoint", acs, { ...acs, endpoint: 'https://evil.example/' }],
    ['the authority', principal, withAuthentication(principal, { authorityHost: 'https://evil.example/' })],
    [
      "the authority's port",
      principal,
      withAuthentication(principal, { authorityHost: 'https://login.contoso.example:444/' }),
    ],
    ['the authority to the one of the cloud', principal, withAuthentication(principal, { authorityHost: undefined })],
    [
      'the cloud, and so the authority',
      withAuthentication(principal, { authorityHost: undefined }),
      withAuthentication(chinese, { authorityHost: undefined }),
    ],
    ['the method of a certificate to a client secret', certificate, principal],
    ["a certificate's tenant", certificate, withAuthentication(certificate, { tenantId: 'evil' })],
    [
      "a certificate's authority",
      certificate,
      withAuthentication(certificate, { authorityHost: 'https://evil.example/' }),
    ],
    ['the browser to a device code', browser, withAuthentication(browser, { method: 'deviceCode' })],
    ["a person's tenant", browser, withAuthentication(browser, { tenantId: 'evil' })],
    ["a person's client id", browser, withAuthentication(browser, { clientId: 'evil' })],
    ["a person's authority", browser, withAuthentication(browser, { authorityHost: 'https://evil.example/' })],
    ["a person's endpoint", browser, { ...browser, endpoint: 'https://evil.example/' }],
    ['the token URL', acs, withAuthentication(acs, { acsTokenUrl: 'https://evil.example/v2/OAuth2-13' })],
    ['the token URL to the one of the cloud', acs, withAuthentication(acs, { acsTokenUrl: undefined })],
  ];
  for (const [what, before, after] of cases) {
    test(what, async () => {
      const secrets = await storedFor(before);
      const state = await secrets.read(after);
      assert.deepEqual(state, { state: 'otherDestination', origins: secretDestinationOf(before).origins });
      assert.doesNotMatch(JSON.stringify(state), /S3cret/);
      // Going back gives it again, and entering it anew binds it to where it goes now.
      assert.deepEqual(await secrets.read(before), { state: 'ready', secret: 'S3cret' });
      await secrets.store(after, 'another');
      assert.deepEqual(await secrets.read(after), { state: 'ready', secret: 'another' });
      assert.equal((await secrets.read(before)).state, 'otherDestination');
    });
  }
});

describe('a secret is given while nothing that matters changed', () => {
  const cases: readonly [what: string, before: AmsAccount, after: AmsAccount][] = [
    ['nothing', principal, structuredClone(principal)],
    ["the endpoint's path", principal, { ...principal, endpoint: 'https://media.windows.net/api/' }],
    ["the endpoint's spelling", principal, { ...principal, endpoint: 'HTTPS://Media.Windows.Net:443' }],
    [
      "the authority's path",
      principal,
      withAuthentication(principal, { authorityHost: 'https://login.contoso.example/x' }),
    ],
    ["the token URL's path", acs, withAuthentication(acs, { acsTokenUrl: 'https://acs.example/' })],
    ["the certificate's path", certificate, withAuthentication(certificate, { certificatePath: '/b.pem' })],
    ['trusted hosts', principal, { ...principal, trustedHosts: ['a.example'] }],
    ['the scope', principal, withAuthentication(principal, { scope: 'https://x/.default' })],
    [
      "the cloud's authority, spelt out",
      withAuthentication(principal, { authorityHost: undefined }),
      withAuthentication(principal, { authorityHost: 'https://login.microsoftonline.com/' }),
    ],
  ];
  for (const [what, before, after] of cases) {
    test(what, async () => {
      assert.deepEqual(await (await storedFor(before)).read(after), { state: 'ready', secret: 'S3cret' });
    });
  }
});

describe('what is stored', () => {
  test('is kept per account, and gone once it is deleted', async () => {
    const storage = new MemorySecrets();
    const secrets = new AccountSecrets(storage);
    const other = { ...principal, name: 'other' };
    assert.deepEqual(await secrets.read(principal), { state: 'none' });
    await secrets.store(principal, 'one');
    await secrets.store(other, 'two');
    assert.deepEqual(await secrets.read(principal), { state: 'ready', secret: 'one' });
    assert.deepEqual(await secrets.read(other), { state: 'ready', secret: 'two' });
    await secrets.delete('contoso');
    assert.deepEqual(await secrets.read(principal), { state: 'none' });
    assert.deepEqual(await secrets.read(other), { state: 'ready', secret: 'two' });
    assert.equal(storage.items.size, 1);
  });

  test('keeps every character of a secret', async () => {
    const secret = ' "\\\n\u0000{}한글🔑 ';
    const secrets = new AccountSecrets(new MemorySecrets());
    await secrets.store(principal, secret);
    assert.deepEqual(await secrets.read(principal), { state: 'ready', secret });
  });

  const { fingerprint, origins } = secretDestinationOf(principal);
  const damaged: readonly string[] = [
    '',
    'S3cret',
    '{',
    'null',
    '7',
    '"S3cret"',
    '[]',
    '{}',
    JSON.stringify({ secret: 'S3cret' }),
    JSON.stringify({ secret: 7, fingerprint, origins }),
    JSON.stringify({ secret: 'S3cret', fingerprint: null, origins }),
    JSON.stringify({ secret: 'S3cret', fingerprint, origins: 'https://media.windows.net' }),
    JSON.stringify({ __proto__: null, fingerprint, origins }),
  ];
  for (const value of damaged) {
    test(`counts as none when it is ${value || 'empty'}`, async () => {
      const storage = new MemorySecrets();
      storage.items.set('mediaServices.secret.contoso', value);
      assert.deepEqual(await new AccountSecrets(storage).read(principal), { state: 'none' });
    });
  }

  test('names origins as far as they are texts', async () => {
    const storage = new MemorySecrets();
    storage.items.set(
      'mediaServices.secret.contoso',
      JSON.stringify({ secret: 's', fingerprint: 'f', origins: ['https://a.example', 7, null] }),
    );
    assert.deepEqual(await new AccountSecrets(storage).read(principal), {
      state: 'otherDestination',
      origins: ['https://a.example'],
    });
  });
});
