import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readAccountSettings } from '../../../src/accounts/accountSettings.ts';
import { emulatorAccountNames } from '../../../src/accounts/emulatorAccounts.ts';

const good = {
  name: 'contoso',
  kind: 'ams',
  endpoint: 'https://media.windows.net/',
  authentication: { method: 'servicePrincipal', tenantId: 'contoso.example', clientId: 'a-client' },
};
const other = { ...good, name: 'other', authentication: { method: 'token' } };

function without<T extends object>(entry: T, key: keyof T): object {
  const { [key]: _left, ...rest } = entry;
  return rest;
}

function withAuthentication(authentication: unknown): object {
  return { ...good, authentication };
}

describe('an account of each method', () => {
  const cases: readonly [what: string, entry: object, authentication: object][] = [
    ['servicePrincipal', good.authentication, { ...good.authentication, authorityHost: undefined, scope: undefined }],
    [
      'servicePrincipal with everything',
      { ...good.authentication, authorityHost: 'https://login.microsoftonline.us', scope: 'https://x/.default' },
      { ...good.authentication, authorityHost: 'https://login.microsoftonline.us/', scope: 'https://x/.default' },
    ],
    ['environment', { method: 'environment' }, { method: 'environment', authorityHost: undefined, scope: undefined }],
    [
      'environment with everything',
      { method: 'environment', authorityHost: 'https://127.0.0.1:8443', scope: 's' },
      { method: 'environment', authorityHost: 'https://127.0.0.1:8443/', scope: 's' },
    ],
    [
      'acs',
      { method: 'acs', accountName: 'contosoams' },
      { method: 'acs', accountName: 'contosoams', acsTokenUrl: undefined },
    ],
    [
      'acs with its token URL',
      { method: 'acs', accountName: 'contosoams', acsTokenUrl: 'https://acs.example/v2/OAuth2-13' },
      { method: 'acs', accountName: 'contosoams', acsTokenUrl: 'https://acs.example/v2/OAuth2-13' },
    ],
    ['token', { method: 'token' }, { method: 'token' }],
    ['vscode', { method: 'vscode' }, { method: 'vscode', tenantId: undefined, clientId: undefined, scope: undefined }],
    [
      'vscode with everything',
      { method: 'vscode', tenantId: 't', clientId: 'c', scope: 's' },
      { method: 'vscode', tenantId: 't', clientId: 'c', scope: 's' },
    ],
    [
      'certificate',
      { method: 'certificate', tenantId: 't', clientId: 'c', certificatePath: '/a/b c.pem' },
      {
        method: 'certificate',
        tenantId: 't',
        clientId: 'c',
        certificatePath: '/a/b c.pem',
        authorityHost: undefined,
        scope: undefined,
      },
    ],
    ['azureCli', { method: 'azureCli', tenantId: 't' }, { method: 'azureCli', tenantId: 't', scope: undefined }],
    ...['browser', 'deviceCode'].map((method): [what: string, entry: object, authentication: object] => [
      method,
      { method, clientId: 'c', authorityHost: 'https://a.example' },
      { method, tenantId: undefined, clientId: 'c', authorityHost: 'https://a.example/', scope: undefined },
    ]),
    [
      'managedIdentity',
      { method: 'managedIdentity', clientId: 'c' },
      { method: 'managedIdentity', clientId: 'c', scope: undefined },
    ],
  ];
  for (const [what, entry, authentication] of cases) {
    test(what, () => {
      const { accounts, problems } = readAccountSettings([withAuthentication(entry)]);
      assert.deepEqual(problems, []);
      assert.deepEqual(accounts, [
        { name: 'contoso', kind: 'ams', endpoint: good.endpoint, authentication, trustedHosts: [] },
      ]);
    });
  }
});

describe('values that people write in more than one way', () => {
  const read = (entry: object) => readAccountSettings([entry]).accounts[0];

  test('white space around them does not count', () => {
    const account = read({
      ...good,
      name: ' contoso ',
      endpoint: ' https://media.windows.net ',
      authentication: { method: 'servicePrincipal', tenantId: ' t\n', clientId: '\tc ', scope: ' s ' },
      trustedHosts: [' a.example '],
    });
    assert.equal(account?.name, 'contoso');
    assert.equal(account?.endpoint, 'https://media.windows.net/');
    assert.deepEqual(account?.authentication, {
      method: 'servicePrincipal',
      tenantId: 't',
      clientId: 'c',
      authorityHost: undefined,
      scope: 's',
    });
    assert.deepEqual(account?.trustedHosts, ['a.example']);
  });

  test('an address gets the form that is compared and shown', () => {
    assert.equal(
      read({ ...good, endpoint: 'HTTPS://MEDIA.Windows.NET:443/api' })?.endpoint,
      'https://media.windows.net/api',
    );
    assert.equal(read({ ...good, endpoint: 'https://bücher.example' })?.endpoint, 'https://xn--bcher-kva.example/');
    assert.equal(
      read({ ...good, endpoint: 'https://media.windows.net/api/?#' })?.endpoint,
      'https://media.windows.net/api/',
    );
  });

  test('what the schema calls unknown is left out', () => {
    const account = read({
      ...good,
      clientSecret: 'oops',
      ca: 'oops',
      authentication: { method: 'token', token: 'oops' },
    });
    assert.doesNotMatch(JSON.stringify(account), /oops/);
  });
});

describe('a setting that is no list', () => {
  test('nothing is no problem', () => {
    assert.deepEqual(readAccountSettings(undefined), { accounts: [], problems: [] });
    assert.deepEqual(readAccountSettings(null), { accounts: [], problems: [] });
    assert.deepEqual(readAccountSettings([]), { accounts: [], problems: [] });
  });

  for (const value of [{}, good, 'contoso', 1, true]) {
    test(`${JSON.stringify(value)} is named`, () => {
      assert.deepEqual(readAccountSettings(value), {
        accounts: [],
        problems: [{ index: 0, label: 'mediaServices.accounts', message: 'It must be a list.' }],
      });
    });
  }
});

describe('a wrong entry is named while the others work on', () => {
  const methods =
    '"method" must be one of "vscode", "servicePrincipal", "certificate", "environment", "azureCli", "browser", "deviceCode", "managedIdentity", "acs", "token", not';
  const address = 'must be an address that begins with https://.';
  const cases: readonly [what: string, entry: unknown, label: string, message: string][] = [
    ['null', null, '#2', 'The entry must be an object in braces.'],
    ['a text', 'contoso', '#2', 'The entry must be an object in braces.'],
    ['a number', 7, '#2', 'The entry must be an object in braces.'],
    ['a list', [good], '#2', 'The entry must be an object in braces.'],
    ['an empty object', {}, '#2', '"name" is missing.'],
    ['no name', without(good, 'name'), '#2', '"name" is missing.'],
    ['an empty name', { ...good, name: '  ' }, '#2', '"name" must be text that is not empty.'],
    ['a name that is no text', { ...good, name: ['contoso'] }, '#2', '"name" must be text that is not empty.'],
    ['no kind', without(good, 'kind'), '"contoso"', '"kind" is missing.'],
    [
      'another kind',
      { ...good, kind: 'amz' },
      '"contoso"',
      '"kind" must be one of "ams", "mkio", "ravnur", not "amz".',
    ],
    [
      'a kind in other letters',
      { ...good, kind: 'AMS' },
      '"contoso"',
      '"kind" must be one of "ams", "mkio", "ravnur", not "AMS".',
    ],
    ['no endpoint', without(good, 'endpoint'), '"contoso"', '"endpoint" is missing.'],
    [
      'an endpoint without https',
      { ...good, endpoint: 'http://media.windows.net/' },
      '"contoso"',
      `"endpoint" ${address}`,
    ],
    ['an endpoint that is no URL', { ...good, endpoint: 'media.windows.net' }, '"contoso"', `"endpoint" ${address}`],
    [
      'an endpoint with a password',
      { ...good, endpoint: 'https://u:p@media.windows.net/' },
      '"contoso"',
      '"endpoint" must not hold a user name or password.',
    ],
    [
      'an endpoint with a query',
      { ...good, endpoint: 'https://media.windows.net/?a=b' },
      '"contoso"',
      '"endpoint" must not hold a query or a fragment.',
    ],
    [
      'an endpoint with a fragment',
      { ...good, endpoint: 'https://media.windows.net/#a' },
      '"contoso"',
      '"endpoint" must not hold a query or a fragment.',
    ],
    [
      'no authentication',
      without(good, 'authentication'),
      '"contoso"',
      '"authentication" must be an object in braces.',
    ],
    ['authentication as a list', withAuthentication([]), '"contoso"', '"authentication" must be an object in braces.'],
    ['no method', withAuthentication({}), '"contoso"', '"method" is missing.'],
    ['another method', withAuthentication({ method: 'password' }), '"contoso"', `${methods} "password".`],
    [
      'a method of the prototype',
      withAuthentication({ method: 'constructor' }),
      '"contoso"',
      `${methods} "constructor".`,
    ],
    [
      'no tenant',
      withAuthentication({ method: 'servicePrincipal', clientId: 'c' }),
      '"contoso"',
      '"tenantId" is missing.',
    ],
    [
      'no client',
      withAuthentication({ method: 'servicePrincipal', tenantId: 't' }),
      '"contoso"',
      '"clientId" is missing.',
    ],
    [
      'a client that is a number',
      withAuthentication({ ...good.authentication, clientId: 7 }),
      '"contoso"',
      '"clientId" must be text that is not empty.',
    ],
    [
      'an authority without https',
      withAuthentication({ ...good.authentication, authorityHost: 'http://a/' }),
      '"contoso"',
      `"authorityHost" ${address}`,
    ],
    [
      'an empty authority',
      withAuthentication({ method: 'environment', authorityHost: '' }),
      '"contoso"',
      '"authorityHost" must be text that is not empty.',
    ],
    [
      'an empty scope',
      withAuthentication({ method: 'environment', scope: '' }),
      '"contoso"',
      '"scope" must be text that is not empty.',
    ],
    [
      'no certificate',
      withAuthentication({ method: 'certificate', tenantId: 't', clientId: 'c' }),
      '"contoso"',
      '"certificatePath" is missing.',
    ],
    [
      'a certificate somewhere',
      withAuthentication({ method: 'certificate', tenantId: 't', clientId: 'c', certificatePath: 'a/b.pem' }),
      '"contoso"',
      '"certificatePath" must be the whole path of a file, from the root on.',
    ],
    [
      'an empty tenant of vscode',
      withAuthentication({ method: 'vscode', tenantId: ' ' }),
      '"contoso"',
      '"tenantId" must be text that is not empty.',
    ],
    ['no account name for acs', withAuthentication({ method: 'acs' }), '"contoso"', '"accountName" is missing.'],
    [
      'a token URL without https',
      withAuthentication({ method: 'acs', accountName: 'a', acsTokenUrl: 'ftp://a/' }),
      '"contoso"',
      `"acsTokenUrl" ${address}`,
    ],
    [
      'trusted hosts as a text',
      { ...good, trustedHosts: 'a.example' },
      '"contoso"',
      '"trustedHosts" must be a list of host names.',
    ],
    [
      'a trusted host that is no text',
      { ...good, trustedHosts: ['a.example', 7] },
      '"contoso"',
      '"trustedHosts" must be a list of host names.',
    ],
    [
      'an empty trusted host',
      { ...good, trustedHosts: [' '] },
      '"contoso"',
      '"trustedHosts" must be a list of host names.',
    ],
    ['a name twice', { ...good, name: 'other' }, '"other"', 'Another account has the same name.'],
    ['a name twice in other letters', { ...good, name: 'OTHER' }, '"OTHER"', 'Another account has the same name.'],
    [
      'the name of the emulator',
      { ...good, name: emulatorAccountNames.ams },
      '"Local Emulator"',
      'This name is kept for the local emulator.',
    ],
    [
      'the name of the emulator in other letters',
      { ...good, name: ' local EMULATOR' },
      '" local EMULATOR"',
      'This name is kept for the local emulator.',
    ],
    [
      'the name of the emulator with other spaces',
      { ...good, name: 'Local\u00a0 Emulator' },
      '"Local\u00a0 Emulator"',
      'This name is kept for the local emulator.',
    ],
  ];
  for (const [what, entry, label, message] of cases) {
    test(what, () => {
      const { accounts, problems } = readAccountSettings([other, entry, { ...good, name: 'third' }]);
      assert.deepEqual(
        accounts.map(({ name }) => name),
        ['other', 'third'],
      );
      assert.deepEqual(problems, [{ index: 1, label, message }]);
    });
  }

  test('each of several, in order', () => {
    const { accounts, problems } = readAccountSettings([{}, good, 7, other, { ...other }]);
    assert.equal(accounts.length, 2);
    assert.deepEqual(
      problems.map(({ index }) => index),
      [0, 2, 4],
    );
  });
});

describe('hostile values', () => {
  const named = (name: unknown) => readAccountSettings([{ ...good, name }]);

  test('a name of the prototype is a name like any other', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      assert.equal(named(name).accounts[0]?.name, name);
    }
  });

  test('an entry takes nothing from its prototype', () => {
    const entry: unknown = JSON.parse(`{"__proto__": ${JSON.stringify(good)}}`);
    const inherited: unknown = Object.create(good);
    assert.equal(readAccountSettings([entry, inherited]).accounts.length, 0);
    const authentication: unknown = JSON.parse(
      '{"method":"servicePrincipal","__proto__":{"tenantId":"t","clientId":"c"}}',
    );
    assert.match(readAccountSettings([withAuthentication(authentication)]).problems[0]?.message ?? '', /tenantId/);
    assert.equal(Object.hasOwn(Object.prototype, 'tenantId'), false);
  });

  test('an object without a prototype is an object', () => {
    const entry: object = Object.assign(Object.create(null), good);
    assert.equal(readAccountSettings([entry]).accounts.length, 1);
  });

  for (const [what, name] of [
    ['a line break', 'con\ntoso'],
    ['an escape character', 'con\u001b[31mtoso'],
    ['a zero byte', 'con\u0000toso'],
    ['a zero-width space', 'con\u200btoso'],
    ['a direction override', 'con\u202etoso'],
    ['a soft hyphen', 'con\u00adtoso'],
    ['a line separator', 'con\u2028toso'],
    ['a byte order mark', 'con\ufefftoso'],
    ['half a character', 'con\ud800toso'],
    ['a filler', 'con\u3164toso'],
  ] as const) {
    test(`a name with ${what} is refused`, () => {
      assert.deepEqual(
        named(name).problems.map(({ message }) => message),
        ['"name" holds control or invisible characters.'],
      );
    });
  }

  test('a name may be in any script', () => {
    for (const name of ['계정', 'Müller & Söhne', 'アカウント', 'حساب', 'prod 🚀', '(a) [b] $(bug) <c>']) {
      assert.equal(named(name).accounts[0]?.name, name);
    }
  });

  test('two spellings of one character make one name', () => {
    const { problems } = readAccountSettings([
      { ...good, name: 'caf\u00e9' },
      { ...good, name: 'cafe\u0301' },
      { ...good, name: 'my prod' },
      { ...good, name: 'my \u00a0prod' },
    ]);
    assert.deepEqual(
      problems.map(({ index }) => index),
      [1, 3],
    );
  });

  test('a name has an end', () => {
    assert.equal(named('x'.repeat(64)).accounts.length, 1);
    const { problems } = named('x'.repeat(1_000_000));
    assert.deepEqual(
      problems.map(({ message }) => message),
      ['"name" is longer than 64 characters.'],
    );
    assert.ok((problems[0]?.label.length ?? 0) < 100);
  });

  test('what a huge value is said to be is short', () => {
    const { problems } = readAccountSettings([withAuthentication({ method: 'x'.repeat(1_000_000) })]);
    assert.ok((problems[0]?.message.length ?? 0) < 300);
  });

  test('a deep or long list ends', () => {
    let deep: unknown = [];
    for (let level = 0; level < 10_000; level++) {
      deep = [deep];
    }
    assert.equal(readAccountSettings([deep, good]).accounts.length, 1);
    assert.equal(readAccountSettings(Array.from({ length: 10_000 }, () => null)).problems.length, 10_000);
  });

  test('no problem repeats what may be a secret', () => {
    const entries = [
      { ...good, clientSecret: 'S3cret', endpoint: 'https://u:S3cret@a.example/' },
      withAuthentication({
        method: 'servicePrincipal',
        clientSecret: 'S3cret',
        tenantId: 'S3cret',
        clientId: ['S3cret'],
      }),
      { ...good, endpoint: 'https://a.example/?token=S3cret' },
    ];
    const { problems } = readAccountSettings(entries);
    assert.equal(problems.length, 3);
    assert.doesNotMatch(JSON.stringify(problems), /S3cret/);
  });
});
