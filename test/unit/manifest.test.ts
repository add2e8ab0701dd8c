import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Ajv } from 'ajv';
import { readAccountSettings } from '../../src/accounts/accountSettings.ts';
import { knownJobStates } from '../../src/jobs/job.ts';
import { holds, manifest, manifestText, projectText, texts, type WhenContext } from '../support/manifest.ts';

const { commands, keybindings, menus, views, viewsWelcome, configuration } = manifest.contributes;
const contributed = commands.map(({ command }) => command);

/** Commands for callers and links, which a person never sees by name. */
const notContributed = [
  'mediaServices.explainFailure',
  'mediaServices.revealTrackedJob',
  'mediaServices.openTrackedJob',
  'mediaServices.checkTrackedJob',
  'mediaServices.continueInStatusBar',
];
/** Commands that are for a row or a link, and mean nothing in the palette. */
const notInPalette = ['mediaServices.copyJobId', 'mediaServices.loadMoreJobs', 'mediaServices.changeFilter'];

const registered = registeredCommands();

/** The keys of the table in commands.ts, each registered as `mediaServices.<key>`. */
function registeredCommands(): string[] {
  const table = /const commands: [^=]*= \{\n(.*?)\n\};/s.exec(projectText('src/commands/commands.ts'))?.[1];
  assert.ok(table, 'the table of commands is where this test looks for it');
  return [...table.matchAll(/^ {2}(\w+)(?:,|:)/gm)].map(([, name]) => `mediaServices.${name}`);
}

/** Every `mediaServices.<name>` that the sources run or link to as a command. */
function commandsInSources(): Map<string, string> {
  const found = new Map<string, string>();
  for (const folder of ['src/views', 'src/commands', 'src/accounts']) {
    for (const file of readdirSync(new URL(`../../${folder}/`, import.meta.url))) {
      const source = projectText(`${folder}/${file}`);
      const patterns = [
        /executeCommand\('(mediaServices\.\w+)'/g,
        /command:(mediaServices\.\w+)/g,
        /command(?: =|:) '(mediaServices\.\w+)'/g,
        /^ {2}(?:open|reveal|check|stop): '(mediaServices\.\w+)'/gm,
        /\bcommand\(.*, '(mediaServices\.\w+)'\)/g,
      ];
      for (const pattern of patterns) {
        for (const [, command = ''] of source.matchAll(pattern)) {
          found.set(command, `${folder}/${file}`);
        }
      }
    }
  }
  return found;
}

describe('commands', () => {
  test('are contributed once each', () => assert.deepEqual(contributed, [...new Set(contributed)]));

  test('that are contributed are registered, and the other way round', () => {
    assert.deepEqual([...contributed, ...notContributed].sort(), [...registered].sort());
  });

  test('have a title, and the category of the contract', () => {
    for (const { command, title, category } of commands) {
      assert.match(title, /^%[\w.]+%$/, command);
      assert.equal(category, '%command.category%', command);
    }
    assert.equal(texts['command.category'], 'Media Services');
  });

  const titles: Readonly<Record<string, string>> = {
    checkJobProgress: 'Check Job Progress',
    trackJob: 'Track in Status Bar',
    stopTracking: 'Stop Tracking',
    refreshJobs: 'Refresh Jobs',
    startEmulator: 'Start Local Emulator',
    stopEmulator: 'Stop Local Emulator',
    showLog: 'Show Log',
  };
  for (const [name, title] of Object.entries(titles)) {
    test(`${name} has the title of the contract`, () => assert.equal(texts[`command.${name}.title`], title));
  }

  test('in menus are contributed', () => {
    for (const [menu, items] of Object.entries(menus)) {
      for (const { command } of items) {
        assert.ok(contributed.includes(command), `${command} in ${menu}`);
      }
    }
  });

  test('in links of welcome texts are registered', () => {
    const linked = Object.values(texts).flatMap((text) => [...text.matchAll(/\(command:([\w.]+)/g)]);
    assert.ok(linked.length > 5);
    for (const [, command = ''] of linked) {
      assert.ok(registered.includes(command), command);
    }
  });

  test('that sources run or link to are registered', () => {
    const found = commandsInSources();
    for (const command of [
      'signIn',
      'trustHost',
      'showLog',
      'loadMoreJobs',
      'continueInStatusBar',
      'revealTrackedJob',
    ]) {
      assert.ok(found.has(`mediaServices.${command}`), `this test finds ${command}`);
    }
    for (const [command, file] of found) {
      assert.ok(registered.includes(command), `${command} in ${file}`);
    }
  });

  test('that need a row are not in the palette', () => {
    for (const command of notInPalette) {
      const item = menus['commandPalette']?.find((candidate) => candidate.command === command);
      assert.equal(item?.when, 'false', command);
    }
  });
});

describe('texts', () => {
  const used = [...manifestText.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key ?? '');

  test('that the manifest names are there, and not empty', () => {
    assert.ok(used.length > 40);
    for (const key of used) {
      assert.ok(texts[key]?.trim(), key);
    }
  });

  test('that are there are used', () => {
    assert.deepEqual(
      Object.keys(texts).filter((key) => !used.includes(key)),
      [],
    );
  });

  test('are not left in the manifest itself', () => {
    const plain = [
      ...manifestText.matchAll(
        /"(?:title|name|label|contextualTitle|\w*[dD]escription|patternErrorMessage)": "([^%][^"]*)"/g,
      ),
    ];
    assert.deepEqual(
      plain.map(([, text]) => text).filter((text) => text !== 'media-services-jobs' && !text?.startsWith('${')),
      [],
    );
  });
});

describe('welcome texts', () => {
  const source = projectText('src/views/jobsView.ts');
  const states = [...(/type ViewState =([^;]+);/.exec(source)?.[1] ?? '').matchAll(/'(\w+)'/g)].map(
    ([, state]) => state,
  );

  test('belong to the view', () => {
    const ids = Object.values(views).flatMap((list) => list.map(({ id }) => id));
    assert.deepEqual(ids, ['mediaServices.jobs']);
    for (const { view } of viewsWelcome) {
      assert.equal(view, 'mediaServices.jobs');
    }
  });

  test('there is one for each state without rows, and none for another', () => {
    assert.ok(states.length > 5);
    const empty = states.filter((state) => state !== 'jobs' && state !== 'loading');
    const shown = empty.map((state) => {
      const context: WhenContext = { 'mediaServices.view': state };
      return [state, viewsWelcome.filter(({ when }) => holds(when, context)).map(({ contents }) => contents)];
    });
    assert.deepEqual(
      shown,
      empty.map((state) => [state, [`%welcome.${state}%`]]),
    );
    // And one for a list that is not asked for by itself.
    const manual = viewsWelcome.filter(({ contents }) => contents === '%welcome.manual%');
    assert.match(manual[0]?.when ?? '', /!config\.mediaServices\.refresh\.automatic/);
    assert.equal(viewsWelcome.length, empty.length + manual.length);
  });
});

describe('menus of rows', () => {
  /** What a row's menu holds, inline or not. */
  const menuOf = (viewItem: string, more: WhenContext = {}): string[] => {
    const items = menus['view/item/context'] ?? [];
    const context: WhenContext = { view: 'mediaServices.jobs', viewItem, ...more };
    const names = items
      .filter(({ when = '' }) => holds(when, context))
      .map(({ command }) => command.split('.')[1] ?? '');
    return [...new Set(names)].sort();
  };

  test('the words of context values are the ones that rows are made of', () => {
    const source = projectText('src/views/jobTreeItems.ts');
    const words = [
      ...source.matchAll(/contextValue = '([^']+)'/g),
      ...source.matchAll(/flags(?: = \[|\.push\()'(\w+)'/g),
      ...source.matchAll(/contextValue = \['(\w+)'/g),
      ...source.matchAll(/isTracked \? \['(\w+)'\]/g),
    ].map(([, word]) => word);
    assert.deepEqual(
      words.sort(),
      [
        'account',
        'emulator',
        'group',
        'job',
        'loadMore',
        'noMatch',
        'note',
        'problem',
        'secret',
        'task',
        'tracked',
      ].sort(),
    );
    assert.match(source, /flags\.push\(group === 'notSignedIn' \? 'signIn' : group\)/);
  });

  const ofAnyJob = [
    ...['checkJobProgress', 'openJob', 'openJobJson', 'showExchange'],
    ...['copyJobId', 'copyJobReport', 'copyExchange'],
  ];
  const changesBy: Readonly<Record<string, readonly string[]>> = {
    Queued: ['cancelJob', 'changeJobPriority'],
    Scheduled: ['cancelJob'],
    Processing: ['cancelJob'],
    Finished: ['deleteJob'],
    Error: ['deleteJob'],
    Canceled: ['deleteJob'],
    Canceling: [],
    Unknown: ['cancelJob'],
  };
  for (const state of [...knownJobStates, 'Unknown']) {
    test(`a job that is ${state}`, () => {
      const expected = [...ofAnyJob, ...(changesBy[state] ?? [])];
      assert.deepEqual(menuOf(`job ${state}`), [...expected, 'trackJob'].sort());
      assert.deepEqual(menuOf(`job ${state} tracked`), [...expected, 'stopTracking'].sort());
      // VS Code shows what holds for every selected row, whatever the states; the command leaves out what does not fit.
      const changes = ['cancelJob', 'changeJobPriority', 'deleteJob'];
      assert.deepEqual(
        menuOf(`job ${state}`, { listMultiSelection: true }),
        [...ofAnyJob, ...changes, 'trackJob'].sort(),
      );
    });
  }

  const always = ['refreshJobs', 'testConnection'];
  const own = [...always, 'editAccount', 'removeAccount', 'signOut'];
  const accountMenus: readonly [viewItem: string, commands: readonly string[]][] = [
    ['account', own],
    ['account secret', [...own, 'signIn']],
    ['account signIn', [...own, 'signIn']],
    ['account secret signIn', [...own, 'signIn']],
    ['account secret untrusted', [...own, 'signIn', 'trustHost']],
    ['account unreachable', own],
    ['account failed', own],
    ['account emulator', [...always, 'stopEmulator']],
    ['account emulator signIn', [...always, 'signIn', 'stopEmulator']],
  ];
  for (const [viewItem, expected] of accountMenus) {
    test(`an ${viewItem}`, () => assert.deepEqual(menuOf(viewItem), expected.toSorted()));
  }

  test('other rows have none', () => {
    for (const viewItem of ['task', 'group', 'loadMore', 'note', 'problem', 'jobs', 'accounts', '']) {
      assert.deepEqual(menuOf(viewItem), []);
    }
  });

  test('every clause of every menu is one that this test understands', () => {
    for (const { when = 'view', command } of [...Object.values(menus).flat(), ...keybindings]) {
      assert.doesNotThrow(() => holds(when, {}), command);
    }
  });
});

describe('keys', () => {
  test('work on the rows of the panel alone, and not while somebody types there', () => {
    assert.ok(keybindings.length >= 2);
    for (const { command, when = '', args, mac } of keybindings) {
      assert.ok(registered.includes(command), command);
      const onRows: WhenContext = { focusedView: 'mediaServices.jobs', listFocus: true };
      assert.ok(holds(when, onRows), command);
      assert.ok(!holds(when, { ...onRows, inputFocus: true }), command);
      assert.ok(!holds(when, { ...onRows, focusedView: 'workbench.explorer.fileView' }), command);
      assert.ok(!holds(when, { ...onRows, listFocus: false }), command);
      assert.deepEqual([args, typeof mac], ['focus', 'string'], command);
    }
  });
});

describe('settings', () => {
  /** As the contract has them. */
  const contract: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    'mediaServices.accounts': { type: 'array', default: [], scope: 'application' },
    'mediaServices.refresh.automatic': { type: 'boolean', default: true, scope: 'application' },
    'mediaServices.refresh.interval': { type: 'number', default: 15, minimum: 5, scope: 'application' },
    'mediaServices.refresh.trackedInterval': { type: 'number', default: 5, minimum: 2, scope: 'application' },
    'mediaServices.notifications': { type: 'string', default: 'tracked', scope: 'window' },
    'mediaServices.jobs.pageSize': { type: 'integer', default: 50, minimum: 1, maximum: 1000, scope: 'window' },
  };

  for (const [key, setting] of Object.entries(configuration.properties)) {
    test(`${key} is as the contract has it`, () => {
      const expected = contract[key];
      assert.ok(expected, 'the contract knows it');
      const actual = Object.fromEntries(Object.keys(expected).map((name) => [name, setting[name]]));
      assert.deepEqual(actual, expected);
    });
  }

  test('are read with the same bounds', () => {
    const source = projectText('src/accounts/settings.ts');
    for (const [, key, fallback, min, max] of source.matchAll(/number\('([\w.]+)', (\d+), (\d+), (\d+)\)/g)) {
      const setting = configuration.properties[`mediaServices.${key}`];
      assert.deepEqual(
        [setting?.['default'], setting?.['minimum'], setting?.['maximum']],
        [Number(fallback), Number(min), Number(max)],
        key,
      );
    }
    assert.equal([...source.matchAll(/number\('/g)].length, 3);
  });
});

describe("the accounts' schema", () => {
  const schema = configuration.properties['mediaServices.accounts'] ?? {};
  // VS Code knows keywords of its own; what a URL is, the pattern says.
  const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: true }).compile(schema);

  const good = {
    name: 'contoso',
    kind: 'ams',
    endpoint: 'https://media.windows.net/',
    authentication: { method: 'servicePrincipal', tenantId: 't', clientId: 'c' },
  };
  const withAuthentication = (authentication: unknown): object => ({ ...good, authentication });
  const without = (key: keyof typeof good): object => ({ ...good, [key]: undefined });
  const isGood = (entry: unknown): { schema: boolean; reader: boolean } => {
    const list: unknown = JSON.parse(JSON.stringify([entry]));
    return { schema: validate(list), reader: readAccountSettings(list).problems.length === 0 };
  };

  const accepted: readonly [what: string, entry: object][] = [
    ['servicePrincipal', good],
    [
      'servicePrincipal with everything',
      withAuthentication({ ...good.authentication, authorityHost: 'https://login.microsoftonline.us/', scope: 's' }),
    ],
    ['environment', withAuthentication({ method: 'environment' })],
    [
      'environment with everything',
      withAuthentication({ method: 'environment', authorityHost: 'https://127.0.0.1:8443', scope: 's' }),
    ],
    ['acs', withAuthentication({ method: 'acs', accountName: 'a' })],
    [
      'acs with its token URL',
      withAuthentication({ method: 'acs', accountName: 'a', acsTokenUrl: 'https://a.example/v2/OAuth2-13' }),
    ],
    ['token', withAuthentication({ method: 'token' })],
    ['an API root', { ...good, endpoint: 'https://contoso.restv2.westus.media.azure.net/api/' }],
    ['an address of IPv6', { ...good, endpoint: 'https://[::1]:8443/api' }],
    ['trusted hosts', { ...good, trustedHosts: ['a.example', '*.b.c.example', 'd.example:8443'] }],
    ['no trusted hosts', { ...good, trustedHosts: [] }],
    ['a name in another script', { ...good, name: '계정' }],
  ];
  const refused: readonly [what: string, entry: unknown][] = [
    ['null', null],
    ['a text', 'contoso'],
    ['a list', []],
    ['an empty object', {}],
    ['no name', without('name')],
    ['no kind', without('kind')],
    ['no endpoint', without('endpoint')],
    ['no authentication', without('authentication')],
    ['an empty name', { ...good, name: '' }],
    ['a blank name', { ...good, name: ' ' }],
    ['a long name', { ...good, name: 'x'.repeat(65) }],
    ['a name that is no text', { ...good, name: 7 }],
    ['another kind', { ...good, kind: 'amz' }],
    ['an endpoint without https', { ...good, endpoint: 'http://a.example/' }],
    ['an endpoint without a host', { ...good, endpoint: 'https://' }],
    ['an endpoint with a password', { ...good, endpoint: 'https://u:p@a.example/' }],
    ['an endpoint with a query', { ...good, endpoint: 'https://a.example/?b=c' }],
    ['an endpoint with a fragment', { ...good, endpoint: 'https://a.example/#b' }],
    ['authentication as a text', withAuthentication('token')],
    ['authentication as a list', withAuthentication([])],
    ['no method', withAuthentication({})],
    ['another method', withAuthentication({ method: 'password' })],
    ['no tenant', withAuthentication({ method: 'servicePrincipal', clientId: 'c' })],
    ['no client', withAuthentication({ method: 'servicePrincipal', tenantId: 't' })],
    ['a blank tenant', withAuthentication({ ...good.authentication, tenantId: ' ' })],
    ['an authority without https', withAuthentication({ ...good.authentication, authorityHost: 'http://a/' })],
    ['an empty scope', withAuthentication({ method: 'environment', scope: '' })],
    ['acs without an account', withAuthentication({ method: 'acs' })],
    ['a token URL without https', withAuthentication({ method: 'acs', accountName: 'a', acsTokenUrl: 'http://a/' })],
    ['trusted hosts as a text', { ...good, trustedHosts: 'a.example' }],
    ['a trusted host that is no text', { ...good, trustedHosts: [7] }],
    ['a blank trusted host', { ...good, trustedHosts: [' '] }],
  ];
  /** What the schema calls wrong while somebody types, and what works all the same. */
  const tolerated: readonly [what: string, entry: object][] = [
    ['a property that nobody knows', { ...good, endpiont: 'https://a.example/' }],
    ['a secret, which is not read', withAuthentication({ ...good.authentication, clientSecret: 's' })],
    ['a property of another method', withAuthentication({ method: 'token', tenantId: 't' })],
    ['white space around an address', { ...good, endpoint: ' https://a.example/ ' }],
    ['a scheme in capitals', { ...good, endpoint: 'HTTPS://a.example/' }],
  ];
  /** What a schema cannot say. */
  const beyondSchema: readonly [what: string, entry: object][] = [
    ['the name of the emulator', { ...good, name: 'Local Emulator' }],
    ['an invisible character in a name', { ...good, name: 'con\u200btoso' }],
    ['a host that is none', { ...good, endpoint: 'https://a b/'.replace(' ', '%20') }],
  ];

  for (const [what, entry] of accepted) {
    test(`accepts ${what}, and so does the reader`, () => {
      assert.deepEqual(isGood(entry), { schema: true, reader: true });
    });
  }
  for (const [what, entry] of refused) {
    test(`refuses ${what}, and so does the reader`, () => {
      assert.deepEqual(isGood(entry), { schema: false, reader: false });
    });
  }
  for (const [what, entry] of tolerated) {
    test(`marks ${what}, which the reader tolerates`, () => {
      assert.deepEqual(isGood(entry), { schema: false, reader: true });
    });
  }
  for (const [what, entry] of beyondSchema) {
    test(`cannot see ${what}, which the reader refuses`, () => {
      assert.deepEqual(isGood(entry), { schema: true, reader: false });
    });
  }

  test('knows each method that the reader knows', () => {
    const problem = readAccountSettings([withAuthentication({ method: '?' })]).problems[0]?.message ?? '';
    const methods = [...problem.matchAll(/"(\w+)"/g)]
      .map(([, method]) => method)
      .filter((method) => method !== 'method');
    const items = schema['items'] as {
      properties: { authentication: { oneOf: { properties: { method: { const: string } } }[] } };
    };
    const inSchema = items.properties.authentication.oneOf.map(({ properties }) => properties.method.const);
    assert.deepEqual(inSchema.sort(), methods.sort());
  });

  test('offers a snippet that is right once it is filled in', () => {
    const { defaultSnippets } = schema['items'] as { defaultSnippets: { body: unknown }[] };
    for (const { body } of defaultSnippets) {
      const filled = JSON.stringify(body)
        .replace(/\$\{\d+:([^}]*)\}/g, '$1')
        .replace(/\$\d+/g, 'filled');
      assert.deepEqual(isGood(JSON.parse(filled)), { schema: true, reader: true });
    }
  });
});
