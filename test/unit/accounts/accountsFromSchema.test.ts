import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Ajv } from 'ajv';
import { readAccountSettings } from '../../../src/accounts/accountSettings.ts';
import { secretDestinationOf, secretKindOf } from '../../../src/accounts/secretDestination.ts';
import { isInteractive } from '../../../src/client/account.ts';
import { createMediaServicesClient } from '../../../src/client/clientBundle.ts';
import { systemClock } from '../../../src/jobs/clock.ts';
import { manifest } from '../../support/manifest.ts';
import { MemoryLogin, ScriptedPrompts } from '../../support/signInPrompts.ts';

/** As much of JSON Schema as the accounts' schema uses. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
}

const schema = manifest.contributes.configuration.properties['mediaServices.accounts'] as Schema;
const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: true }).compile(schema);
const entrySchema = schema.items ?? {};
const kinds = (entrySchema.properties?.['kind']?.enum ?? []) as readonly string[];
const branches = entrySchema.properties?.['authentication']?.oneOf ?? [];

/** Texts of which one fits each pattern that the schema knows. */
const samples = ['sample', 'https://sample.example/', '/sample/file.pem'];

/** A value that a schema asks for: with what it requires alone, or with all that it knows. */
function instanceOf(described: Schema, all: boolean): unknown {
  if (described.const !== undefined) {
    return described.const;
  }
  switch (described.type) {
    case 'object': {
      const names = all ? Object.keys(described.properties ?? {}) : (described.required ?? []);
      return Object.fromEntries(names.map((name) => [name, instanceOf(described.properties?.[name] ?? {}, all)]));
    }
    case 'array':
      return all ? [instanceOf(described.items ?? {}, all)] : [];
    case 'string': {
      const fits = new RegExp(described.pattern ?? '', 'u');
      const text = samples.find((sample) => fits.test(sample));
      assert.ok(text, `this test has no text for ${described.pattern}`);
      return text;
    }
    default:
      throw new Error(`This test cannot make a ${described.type}.`);
  }
}

function entryOf(kind: string, authentication: Schema, all: boolean): Record<string, unknown> {
  const { kind: _kind, authentication: _authentication, ...properties } = entrySchema.properties ?? {};
  const required = (entrySchema.required ?? []).filter((name) => name in properties);
  const others = instanceOf({ type: 'object', properties, required }, all) as Record<string, unknown>;
  return { ...others, kind, authentication: instanceOf(authentication, all) };
}

describe('an account that is built from the schema alone', () => {
  test('there is one for every method of the contract', () => {
    assert.deepEqual(kinds, ['ams']);
    assert.deepEqual(
      branches.map((branch) => branch.properties?.['method']?.const),
      [
        'vscode',
        'servicePrincipal',
        'certificate',
        'environment',
        'azureCli',
        'browser',
        'deviceCode',
        'managedIdentity',
        'acs',
        'token',
      ],
    );
  });

  for (const kind of kinds) {
    for (const branch of branches) {
      const method = String(branch.properties?.['method']?.const);
      for (const all of [false, true]) {
        test(`${kind} with ${method}, ${all ? 'with everything' : 'with what it requires'}`, async () => {
          const entry = entryOf(kind, branch, all);
          assert.ok(validate([entry]), JSON.stringify(validate.errors));
          const { accounts, problems } = readAccountSettings([entry]);
          assert.deepEqual(problems, []);
          const [account] = accounts;
          assert.ok(account);
          // Nothing that the schema offers is left unread.
          for (const [key, value] of Object.entries(entry['authentication'] as object)) {
            assert.equal((account.authentication as unknown as Record<string, unknown>)[key], value, key);
          }
          assert.equal(account.authentication.method, method);
          assert.ok(secretDestinationOf(account).origins.length > 0);
          assert.ok(!(isInteractive(account.authentication) && secretKindOf(account) !== null));

          const prompts = new ScriptedPrompts();
          const client = createMediaServicesClient({
            account,
            clock: systemClock,
            env: {},
            getSecret: async () => undefined,
            prompts,
            memory: new MemoryLogin(),
            loadIdentity: () => import('../../../src/client/identity.ts'),
            endpointCache: { load: () => undefined, save: () => undefined },
            onExchange: () => assert.fail('nothing is sent by building a client'),
          });
          assert.equal(client.endpoint, 'https://sample.example/api/');
          assert.equal(prompts.sessionRequests.length + prompts.askedPerson, 0);
          client.dispose();
        });
      }

      for (const name of branch.required ?? []) {
        test(`${kind} with ${method} is refused without ${name}`, () => {
          const entry = entryOf(kind, branch, false);
          const authentication = { ...(entry['authentication'] as Record<string, unknown>) };
          delete authentication[name];
          const wrong = [{ ...entry, authentication }];
          assert.equal(validate(wrong), false);
          assert.equal(readAccountSettings(wrong).problems.length, 1);
        });
      }
    }
  }
});
