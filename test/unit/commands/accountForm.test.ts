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
});
