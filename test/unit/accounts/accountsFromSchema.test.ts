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
const kinds = entrySchema.properties?.['kind']?.enum ?? [];

/** A way in: a kind of service, one of the choices that it may have in what it requires, and a sign-in method. */
interface Way {
  readonly kind: string;
  readonly service: Schema;
  /** What else is required, and what the others among the choices are that exclude it. */
  readonly choice: readonly string[];
  readonly excluded: readonly string[];
  readonly authentication: Schema;
  readonly method: string;
}

const ways: readonly Way[] = (entrySchema.oneOf ?? []).flatMap((service) => {
  const choices = service.oneOf?.map(({ required = [] }) => required) ?? [[]];
  return choices.flatMap((choice) =>
    (service.properties?.['authentication']?.oneOf ?? []).map((authentication) => ({
      kind: String(service.properties?.['kind']?.const),
      service,
      choice,
      excluded: choices.filter((other) => other !== choice).flat(),
      authentication,
      method: String(authentication.properties?.['method']?.const),
    })),
  );
});

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

function entryOf({ kind, service, choice, excluded, authentication }: Way, all: boolean): Record<string, unknown> {
  const described = { ...entrySchema.properties, ...onlySchemas(service.properties) };
  const apart = ['kind', 'authentication', ...excluded];
  const properties = Object.fromEntries(Object.entries(described).filter(([name]) => !apart.includes(name)));
  const required = [...(entrySchema.required ?? []), ...(service.required ?? []), ...choice];
  const others = instanceOf(
    { type: 'object', properties, required: required.filter((name) => name in properties) },
    all,
  );
  return { ...(others as object), kind, authentication: instanceOf(authentication, all) };
}

/** Without what is `true` there, as it is described elsewhere. */
function onlySchemas(properties: Schema['properties'] = {}): Record<string, Schema> {
  return Object.fromEntries(Object.entries(properties).filter(([, property]) => typeof property === 'object'));
}

describe('an account that is built from the schema alone', () => {
  test('there is one for every kind and method of the contract', () => {
    assert.deepEqual(kinds, ['ams', 'mkio', 'ravnur']);
    assert.deepEqual(
      ways.map(({ kind, choice, method }) => [kind, ...choice, method].join(' ')),
      [
        'ams vscode',
        'ams servicePrincipal',
        'ams certificate',
        'ams environment',
        'ams azureCli',
        'ams browser',
        'ams deviceCode',
        'ams managedIdentity',
        'ams acs',
        'ams token',
        'mkio project token',
        'mkio subscription token',
        'ravnur apiKey',
      ],
    );
  });

  for (const way of ways) {
    const { kind, choice, method } = way;
    const title = [kind, ...choice].join(' ');
    for (const all of [false, true]) {
      test(`${title} with ${method}, ${all ? 'with everything' : 'with what it requires'}`, async () => {
        const entry = entryOf(way, all);
        assert.ok(validate([entry]), JSON.stringify(validate.errors));
        const { accounts, problems } = readAccountSettings([entry]);
        assert.deepEqual(problems, []);
        const [account] = accounts;
        assert.ok(account);
        // Nothing that the schema offers is left unread.
        const { authentication, ...others } = entry;
        for (const [read, written] of [
          [account, others],
          [account.authentication, authentication as object],
        ] as const) {
          for (const [key, value] of Object.entries(written)) {
            assert.deepEqual((read as unknown as Record<string, unknown>)[key], value, key);
          }
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
        assert.equal(new URL(client.endpoint).origin, new URL(account.endpoint).origin);
        assert.equal(prompts.sessionRequests.length + prompts.askedPerson, 0);
        client.dispose();
      });
    }

    for (const name of way.authentication.required ?? []) {
      test(`${title} with ${method} is refused without ${name}`, () => {
        const entry = entryOf(way, false);
        const authentication = { ...(entry['authentication'] as Record<string, unknown>) };
        delete authentication[name];
        assertRefused({ ...entry, authentication });
      });
    }

    for (const name of ['name', 'authentication', ...(way.service.required ?? []), ...choice]) {
      test(`${title} with ${method} is refused without its ${name}`, () => {
        const entry = entryOf(way, false);
        delete entry[name];
        assertRefused(entry);
      });
    }
  }

  function assertRefused(entry: object): void {
    assert.equal(validate([entry]), false);
    assert.equal(readAccountSettings([entry]).problems.length, 1);
  }
});
