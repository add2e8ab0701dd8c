import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readAccountSettings } from '../../../src/accounts/accountSettings.ts';
import {
  type AccountDraft,
  draftOf,
  endpointField,
  entryOf,
  methodChoices,
  methodFields,
  nameField,
  placeField,
  readCredentials,
  serviceChoices,
  withKind,
} from '../../../src/commands/accountForm.ts';
import { english } from '../../support/localizer.ts';

/** Answers every question of a method, or only those that must be answered. */
function draftFor(
  method: string,
  answer: (validate: (value: string) => string | undefined) => string,
  endpoint = 'https://media.windows.net/',
): AccountDraft {
  const fields = methodFields({ method, endpoint }, english).map(({ key, validate }) => [key, answer(validate)]);
  return { name: ' contoso ', endpoint, method, fields: Object.fromEntries(fields) };
}

describe('the questions about an account', () => {
  for (const { method } of methodChoices(english)) {
    it(`make an account of method ${method} that the settings accept`, () => {
      for (const answer of [() => '/an/answer', (validate: (value: string) => unknown) => (validate('') ? '/x' : '')]) {
        const { accounts, problems } = readAccountSettings([entryOf(draftFor(method, answer))]);
        assert.deepEqual(problems, []);
        assert.equal(accounts[0]?.name, 'contoso');
        assert.equal(accounts[0]?.authentication.method, method);
      }
    });
  }

  it('include where to sign in where the endpoint does not say so, and only there', () => {
    const keys = (method: string, endpoint: string) =>
      methodFields({ method, endpoint }, english).map(({ key }) => key);
    for (const known of ['https://media.windows.net/', 'https://contoso.restv2.westus.media.azure.net/api/']) {
      assert.deepEqual(keys('acs', known), ['accountName']);
    }
    assert.deepEqual(keys('acs', 'https://localhost:4000/'), ['accountName', 'acsTokenUrl']);
    assert.deepEqual(keys('servicePrincipal', 'https://localhost/'), ['tenantId', 'clientId', 'authorityHost']);
    assert.deepEqual(keys('token', 'https://localhost/'), []);
    const entry = entryOf(
      draftFor('acs', (validate) => (validate('x') ? 'https://acs.example/' : 'x'), 'https://localhost/'),
    );
    assert.deepEqual(readAccountSettings([entry]).problems, []);
  });

  it('leave out what was not answered', () => {
    const entry = entryOf(draftFor('browser', () => '  '));
    assert.deepEqual(JSON.parse(JSON.stringify(entry)).authentication, { method: 'browser' });
  });

  it('refuse a name that is taken, also but for case, and the one of the emulator', () => {
    const { validate } = nameField(['Contoso'], english);
    for (const wrong of ['', '  ', 'contoso', ' CONTOSO ', 'local emulator']) {
      assert.ok(validate(wrong), wrong);
    }
    assert.equal(validate('fabrikam'), undefined);
  });

  it('refuse an endpoint without https, or with what does not belong there', () => {
    const { validate } = endpointField(english);
    for (const wrong of ['', 'media.windows.net', 'http://a/', 'https://u:p@a/', 'https://a/?x', 'https://a/#x']) {
      assert.ok(validate(wrong), wrong);
    }
    assert.equal(validate(' https://media.windows.net/ '), undefined);
  });
});

/** As the settings keep an entry. */
const written = (entry: object): Record<string, unknown> => JSON.parse(JSON.stringify(entry));

describe('the questions about accounts of other services', () => {
  it('make accounts that the settings accept, and no secret is in them', () => {
    const ravnur = { subscriptionId: ' s ', resourceGroup: 'g', accountName: 'a' };
    const cases: readonly [draft: AccountDraft, entry: object][] = [
      [
        { kind: 'mkio', name: ' mine ', fields: {}, place: { project: ' contoso ' }, secret: 'S3cret' },
        { name: 'mine', kind: 'mkio', project: 'contoso', authentication: { method: 'token' } },
      ],
      [
        { kind: 'mkio', name: 'mine', fields: {}, place: { subscription: 'contoso' }, secret: 'S3cret' },
        { name: 'mine', kind: 'mkio', subscription: 'contoso', authentication: { method: 'token' } },
      ],
      [
        {
          kind: 'ravnur',
          name: 'mine',
          endpoint: ' https://rms.example/ ',
          fields: {},
          place: ravnur,
          secret: 'S3cret',
        },
        {
          name: 'mine',
          kind: 'ravnur',
          endpoint: 'https://rms.example/',
          ...{ ...ravnur, subscriptionId: 's' },
          authentication: { method: 'apiKey' },
        },
      ],
    ];
    for (const [draft, entry] of cases) {
      assert.deepEqual(written(entryOf(draft)), entry);
      assert.deepEqual(readAccountSettings([written(entryOf(draft))]).problems, []);
    }
  });

  it('are about each service once', () => {
    assert.deepEqual(
      serviceChoices(english).map(({ service }) => service),
      ['ams', 'mkio', 'ravnur'],
    );
  });

  it('refuse names that would lead elsewhere', () => {
    const { validate } = placeField('project', english);
    for (const wrong of ['', ' ', '.', '..', 'a/b', 'a?b', 'a#b', 'a%2fb', 'a\\b', 'x'.repeat(261)]) {
      assert.ok(validate(wrong), wrong);
    }
    assert.equal(validate(' contoso média (1) '), undefined);
  });

  it('refuse the names of all of the emulator’s accounts, and suggest none that is taken', () => {
    const { validate } = nameField([], english);
    assert.ok(validate('local emulator (MK.IO)'));
    assert.ok(validate('Local Emulator (Ravnur)'));
    assert.equal(nameField(['contoso'], english, 'fabrikam').suggestion, 'fabrikam');
    assert.equal(nameField(['Contoso'], english, 'contoso').suggestion, '');
  });

  it('begin anew with another service, but for the name', () => {
    const draft: AccountDraft = {
      kind: 'mkio',
      name: 'mine',
      endpoint: 'https://a.example/',
      fields: {},
      place: { project: 'p' },
      secret: 'S3cret',
    };
    assert.deepEqual(withKind(draft, 'mkio'), draft);
    assert.deepEqual(withKind(draft, 'ravnur'), { kind: 'ravnur', name: 'mine', fields: {} });
    const { kind: _kind, ...wrong } = draft;
    assert.deepEqual(withKind(wrong, 'ams'), { ...wrong, kind: 'ams' });
  });
});

describe('credentials that the console of Ravnur copies', () => {
  const answers = {
    endpoint: 'https://rms-1.azurefd.net/',
    secret: 'a-key',
    place: { subscriptionId: 's', resourceGroup: 'g', accountName: 'a' },
  };
  const spellings: Readonly<Record<string, unknown>> = {
    'as the console labels them': {
      'Subscription ID': 's',
      'Resource Group Name': 'g',
      'Account Name': 'a',
      'API Key': 'a-key',
      'API Endpoint': 'https://rms-1.azurefd.net/',
    },
    'in camel case': {
      subscriptionId: 's',
      resourceGroupName: 'g',
      accountName: 'a',
      apiKey: 'a-key',
      apiEndpoint: 'https://rms-1.azurefd.net/',
    },
    'with other signs, white space and more beside': {
      SUBSCRIPTION_ID: ' s ',
      'resource-group': 'g',
      account_name: 'a',
      api_key: 'a-key ',
      endpoint: ' https://rms-1.azurefd.net/',
      tenant: 'x',
      number: 7,
    },
    'below a name': {
      credentials: { SubscriptionId: 's', ResourceGroup: 'g', AccountName: 'a', ApiKey: 'a-key' },
      ApiEndpoint: 'https://rms-1.azurefd.net/',
    },
  };
  for (const [what, value] of Object.entries(spellings)) {
    it(`are read ${what}`, () => {
      assert.deepEqual(readCredentials(JSON.stringify(value), english), { answers, missing: [] });
      assert.deepEqual(readCredentials(JSON.stringify(value, null, 2).replace(/\n}/, ',\n}'), english).missing, []);
    });
  }

  it('say what is missing or not right, and never repeat it', () => {
    const all = ['Subscription ID', 'Resource Group Name', 'Account Name', 'API Key', 'API Endpoint'];
    for (const text of [
      '',
      'S3cret',
      '[]',
      '"S3cret"',
      'null',
      '{',
      '{"apiKey": 7}',
      '{"__proto__": {"apiKey": ""}}',
    ]) {
      assert.deepEqual(readCredentials(text, english).missing, all);
    }
    const wrong = {
      subscriptionId: '..',
      resourceGroup: 'a/b',
      accountName: 'a',
      apiKey: 'S3cret',
      endpoint: 'http://S3cret/',
    };
    assert.deepEqual(readCredentials(JSON.stringify(wrong), english).missing, [
      'Subscription ID',
      'Resource Group Name',
      'API Endpoint',
    ]);
  });
});

describe('an edited account', () => {
  const entry = {
    name: 'contoso',
    kind: 'ams',
    endpoint: 'https://media.windows.net/',
    authentication: { method: 'servicePrincipal', tenantId: 't', clientId: 'c', scope: 's' },
    trustedHosts: ['rest.example.com'],
    project: 'kept',
  };

  it('comes back as it was where nothing is changed', () => {
    assert.deepEqual(JSON.parse(JSON.stringify(entryOf(draftOf(entry), entry))), entry);
  });

  it('keeps what the questions do not ask for, and drops what belongs to another method', () => {
    const draft = { ...draftOf(entry), method: 'acs', fields: { accountName: 'a' } };
    assert.deepEqual(JSON.parse(JSON.stringify(entryOf(draft, entry))), {
      ...entry,
      authentication: { method: 'acs', accountName: 'a' },
    });
  });

  it('can be begun from an entry that is wrong', () => {
    assert.deepEqual(draftOf({ name: 7, authentication: [] }), { fields: {} });
    assert.deepEqual(draftOf({}), { fields: {} });
  });

  for (const other of [
    { name: 'mine', kind: 'mkio', project: 'p', authentication: { method: 'token' }, trustedHosts: ['a.example'] },
    {
      name: 'mine',
      kind: 'mkio',
      project: 'p',
      endpoint: 'https://127.0.0.1:8443/',
      authentication: { method: 'token' },
    },
    {
      name: 'mine',
      kind: 'ravnur',
      endpoint: 'https://rms.example/',
      subscriptionId: 's',
      resourceGroup: 'g',
      accountName: 'a',
      authentication: { method: 'apiKey' },
    },
  ]) {
    it(`of ${other.kind} comes back as it was where nothing is changed`, () => {
      assert.deepEqual(written(entryOf(draftOf(other), other)), other);
    });
  }

  it('of MK.IO may go from a project to a subscription, and to the host of that', () => {
    const before = { name: 'mine', kind: 'mkio', project: 'p', endpoint: 'https://app.mk.io/' };
    const draft = { ...draftOf(before), place: { subscription: 's' } };
    const after = written(entryOf(draft, before));
    assert.deepEqual(after, { name: 'mine', kind: 'mkio', subscription: 's', authentication: { method: 'token' } });
    assert.equal(readAccountSettings([after]).accounts[0]?.endpoint, 'https://api.mk.io/');
  });

  it('that becomes one of another service keeps nothing of the first, hosts that were trusted least of all', () => {
    const draft: AccountDraft = { kind: 'mkio', name: 'contoso', fields: {}, place: { project: 'p' } };
    assert.deepEqual(written(entryOf(draft, entry)), {
      name: 'contoso',
      kind: 'mkio',
      project: 'p',
      authentication: { method: 'token' },
    });
  });
});
