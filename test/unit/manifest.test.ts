import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Ajv } from 'ajv';
import { readAccountSettings } from '../../src/accounts/accountSettings.ts';
import { knownJobStates } from '../../src/jobs/job.ts';
import { holds, manifest, manifestText, projectText, texts, type WhenContext } from '../support/manifest.ts';
import { sizeOf } from '../support/pngSize.ts';

const { commands, keybindings, menus, views, viewsWelcome, walkthroughs, configuration } = manifest.contributes;
const contributed = commands.map(({ command }) => command);

/** Commands for callers and links, which a person never sees by name. */
const notContributed = [
  'mediaServices.explainFailure',
  'mediaServices.revealTrackedJob',
  'mediaServices.openTrackedJob',
  'mediaServices.openTrackedJobJson',
  'mediaServices.checkTrackedJob',
  'mediaServices.followLink',
  'mediaServices.continueInStatusBar',
  'mediaServices.openRow',
];
/** Commands that are for a row or a link, and mean nothing in the palette. */
const notInPalette = [
  ...['mediaServices.copyJobId', 'mediaServices.copyJobLink'],
  ...['mediaServices.loadMoreJobs', 'mediaServices.changeFilter'],
];

/** Commands of VS Code that texts link to. Each view has one that shows it. */
const builtIn = ['workbench.action.openWalkthrough', 'mediaServices.jobs.focus'];

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
    for (const file of readdirSync(new URL(`../../${folder}/`, import.meta.url)).filter((name) =>
      name.endsWith('.ts'),
    )) {
      const source = projectText(`${folder}/${file}`);
      const patterns = [
        /executeCommand\('(mediaServices\.\w+)'/g,
        /command:(mediaServices\.\w+)/g,
        /command(?: =|:) '(mediaServices\.\w+)'/g,
        /^const \w+Command = '(mediaServices\.\w+)'/gm,
        /^ {2}(?:open|json|reveal|check|stop): '(mediaServices\.\w+)'/gm,
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

  test('in links of texts are registered, or VS Code has them', () => {
    const linked = Object.values(texts).flatMap((text) => [...text.matchAll(/\(command:([\w.]+)/g)]);
    assert.ok(linked.length > 5);
    for (const [, command = ''] of linked) {
      assert.ok([...registered, ...builtIn].includes(command), command);
    }
  });

  test('that sources run or link to are registered', () => {
    const found = commandsInSources();
    for (const command of [
      'signIn',
      'trustHost',
      'showLog',
      'openRow',
      'continueInStatusBar',
      'revealTrackedJob',
      'followLink',
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

describe('tools of language models', () => {
  const tools = manifest.contributes.languageModelTools;
  const source = projectText('src/commands/registerEntrances.ts');

  test('that are contributed are registered, and the other way round', () => {
    const names = /const toolNames = \[([^\]]+)\]/.exec(source)?.[1] ?? '';
    assert.deepEqual(
      tools.map(({ name }) => name),
      [...names.matchAll(/'(\w+)'/g)].map(([, name]) => name),
    );
    assert.equal(tools.length, 2);
  });

  test('can be named in a prompt, and tell a model and a person what they are for', () => {
    for (const tool of tools) {
      assert.equal(tool.canBeReferencedInPrompt, true);
      assert.match(tool.toolReferenceName, /^[a-z]+$/i);
      assert.match(tool.modelDescription, /Use it .* Do not .* data, not instructions\.$/);
      assert.match(texts[tool.userDescription.slice(1, -1)] ?? '', /It reads only\.$/);
    }
  });

  test('say what they take: the states that there are, and the bounds that are kept', () => {
    const [list, get] = tools.map(({ inputSchema }) => inputSchema);
    assert.deepEqual(list?.properties['state']?.['enum'], [...knownJobStates]);
    const code = projectText('src/commands/toolInput.ts');
    const { minimum, maximum, default: usual } = list?.properties['top'] ?? {};
    assert.deepEqual([minimum, maximum, usual], [1, 100, 20]);
    assert.match(code, /const defaultTop = 20;\nconst mostTop = 100;/);
    assert.deepEqual([list?.required, get?.required], [undefined, ['id']]);
    for (const schema of [list, get]) {
      const validate = new Ajv({ strict: true }).compile(schema ?? {});
      assert.ok(validate({ account: 'contoso', ...(schema === get ? { id: 'nb:jid:UUID:1' } : { top: 5 }) }));
      assert.ok(!validate({ id: 'nb:jid:UUID:1', cancel: true }));
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

  test('are not left in the manifest itself, but those that models read', () => {
    // A model is told the same whatever language the person speaks.
    const forPeople = manifestText.replace(/"languageModelTools": \[.*?\n {4}\]/s, '');
    assert.notEqual(forPeople, manifestText);
    const plain = [
      ...forPeople.matchAll(
        /"(?:title|name|label|contextualTitle|altText|\w*[dD]escription|patternErrorMessage)": "([^%][^"]*)"/g,
      ),
    ];
    assert.deepEqual(
      plain.map(([, text]) => text).filter((text) => !/^(media-services-jobs$|mediaServices_|\$\{)/.test(text ?? '')),
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

describe('the walkthrough', () => {
  const [walkthrough] = walkthroughs;
  const steps = walkthrough?.steps ?? [];
  const text = (key: string): string => texts[key.slice(1, -1)] ?? '';

  test('has four steps', () => {
    assert.equal(walkthroughs.length, 1);
    assert.deepEqual(
      steps.map(({ id }) => id),
      ['startEmulator', 'seeJobs', 'followJob', 'addAccount'],
    );
  });

  test('does not open by itself', () => {
    // VS Code opens the walkthrough of an extension that was just installed if its clause holds then. This one is a value
    // that only we set, later.
    assert.equal(walkthrough?.when, 'mediaServices.view');
    assert.match(projectText('src/views/jobsView.ts'), /#setContext\('mediaServices\.view', state\)/);
  });

  test('is what the empty panel links to', () => {
    const [, query = ''] =
      /command:workbench\.action\.openWalkthrough\?([^)]*)\)/.exec(texts['welcome.noAccount'] ?? '') ?? [];
    const id = `${manifest.publisher}.${manifest.name}#${walkthrough?.id}`;
    assert.equal(JSON.parse(decodeURIComponent(query)), id);
  });

  for (const { id, description, media, completionEvents } of steps) {
    test(`${id} says what to do, with a button for it`, () => {
      const buttons = [...text(description).matchAll(/^\[[^\]]+\]\(command:([\w.]+)\)$/gm)].map(
        ([, command]) => command,
      );
      assert.equal(buttons.length, 1);
      assert.ok([...contributed, ...builtIn].includes(buttons[0] ?? ''), buttons[0]);
    });

    test(`${id} has a picture for each kind of theme, and says what is on it`, () => {
      assert.deepEqual(Object.keys(media.image).sort(), ['dark', 'hc', 'hcLight', 'light']);
      for (const [theme, path] of Object.entries(media.image)) {
        assert.equal(path, `media/walkthrough/${id}-${theme}.png`);
        assert.ok(existsSync(new URL(`../../${path}`, import.meta.url)), path);
      }
      assert.ok(text(media.altText).length > 20);
    });

    test(`${id} is done by something that happens`, () => {
      assert.ok(completionEvents.length > 0);
      const sources = ['src/views/jobsView.ts', 'src/views/trackedJobItem.ts'].map(projectText).join('\n');
      for (const event of completionEvents) {
        const [kind, name = ''] = event.split(':');
        const isThere: Readonly<Record<string, boolean>> = {
          onCommand: contributed.includes(name),
          onContext: sources.includes(`'${name}'`),
          onView: Object.values(views).some((list) => list.some((view) => view.id === name)),
        };
        assert.ok(isThere[kind ?? ''], event);
      }
    });
  }
});

describe('what the marketplace shows', () => {
  /** Those that the marketplace knows, as VS Code's own schema of package.json lists them. */
  const knownCategories = [
    ...['AI', 'Azure', 'Chat', 'Data Science', 'Debuggers', 'Education', 'Extension Packs', 'Formatters', 'Keymaps'],
    ...['Language Packs', 'Linters', 'Machine Learning', 'Notebooks', 'Other', 'Programming Languages'],
    ...['SCM Providers', 'Snippets', 'Testing', 'Themes', 'Visualization'],
  ];

  test('an icon of 128 by 128 pixels', () => {
    assert.deepEqual(sizeOf(manifest.icon), { width: 128, height: 128 });
  });

  test('a banner that the icon stands out from', () => {
    assert.match(manifest.galleryBanner.color, /^#[0-9A-F]{6}$/);
    assert.equal(manifest.galleryBanner.theme, 'dark');
    const [red = 0, green = 0, blue = 0] = Buffer.from(manifest.galleryBanner.color.slice(1), 'hex');
    assert.ok(0.299 * red + 0.587 * green + 0.114 * blue < 64, 'dark enough for white text');
  });

  test('categories that it knows, once each', () => {
    assert.deepEqual(manifest.categories, [...new Set(manifest.categories)]);
    assert.deepEqual(
      manifest.categories.filter((category) => !knownCategories.includes(category)),
      [],
    );
    assert.ok(manifest.categories.includes('Azure'));
  });

  test('no more keywords than it takes', () => {
    assert.deepEqual(manifest.keywords, [...new Set(manifest.keywords)]);
    assert.ok(manifest.keywords.length >= 5 && manifest.keywords.length <= 30);
  });

  test('where to read, ask and report', () => {
    const repository = manifest.repository.url.replace(/\.git$/, '');
    for (const url of [manifest.homepage, manifest.bugs.url, manifest.qna]) {
      assert.ok(url.startsWith(repository), url);
    }
    assert.equal(manifest.pricing, 'Free');
  });

  test('nothing for VS Code for the Web, which the README says', () => {
    assert.equal(manifest.browser, undefined);
    assert.match(projectText('README.md'), /VS Code for\s+the Web \(vscode\.dev\) is not\s+supported/);
  });

  test('that there is no telemetry', () => {
    assert.match(projectText('README.md'), /\*\*No telemetry\.\*\*/);
    assert.doesNotMatch(
      JSON.stringify(JSON.parse(manifestText).dependencies),
      /telemetry|applicationinsights|analytics/i,
    );
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
    ...['copyJobId', 'copyJobLink', 'copyJobReport', 'copyExchange'],
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
        [...ofAnyJob, ...changes, 'exportJobs', 'trackJob'].filter((name) => name !== 'checkJobProgress').sort(),
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
  const mkio = { name: 'contoso', kind: 'mkio', project: 'contoso', authentication: { method: 'token' } };
  const ravnur = {
    name: 'contoso',
    kind: 'ravnur',
    endpoint: 'https://contoso.ravnur.net/',
    subscriptionId: '00000000-0000-0000-0000-000000000000',
    resourceGroup: 'contoso-resources',
    accountName: 'contoso',
    authentication: { method: 'apiKey' },
  };
  const without = (key: string, entry: object = good): object => ({ ...entry, [key]: undefined });
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
    ['a project of MK.IO', mkio],
    ['a project elsewhere', { ...mkio, endpoint: 'https://127.0.0.1:8443' }],
    ['a project with a space in its name', { ...mkio, project: 'contoso média (1)' }],
    ['a project that is trusted elsewhere', { ...mkio, trustedHosts: ['a.example'] }],
    ['a subscription of MK.IO', { ...without('endpoint', mkio), project: undefined, subscription: 'contoso' }],
    ['an account of Ravnur', ravnur],
    ['an account of Ravnur below a path', { ...ravnur, endpoint: 'https://rms.example/api' }],
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
    ['MK.IO with neither project nor subscription', without('project', mkio)],
    ['MK.IO with both project and subscription', { ...mkio, subscription: 'contoso' }],
    ['MK.IO with a path', { ...mkio, endpoint: 'https://app.mk.io/api/v1/' }],
    ['MK.IO with a service principal', { ...mkio, authentication: good.authentication }],
    ['MK.IO with an API key', { ...mkio, authentication: ravnur.authentication }],
    ...['', '.', '..', 'a/b', 'a?b', 'a#b', 'a%2fb', 'a\\b', 'a\nb', 'x'.repeat(261)].map(
      (project): [what: string, entry: unknown] => [
        `MK.IO with the project ${JSON.stringify(project)}`,
        { ...mkio, project },
      ],
    ),
    ...['endpoint', 'subscriptionId', 'resourceGroup', 'accountName', 'authentication'].map(
      (key): [what: string, entry: unknown] => [`Ravnur without ${key}`, without(key, ravnur)],
    ),
    ['Ravnur with a token', { ...ravnur, authentication: mkio.authentication }],
    ['Ravnur with a resource group that leads elsewhere', { ...ravnur, resourceGroup: '..' }],
    ['a method of another kind', withAuthentication({ method: 'apiKey' })],
  ];
  /** What the schema calls wrong while somebody types, and what works all the same. */
  const tolerated: readonly [what: string, entry: object][] = [
    ['a property that nobody knows', { ...good, endpiont: 'https://a.example/' }],
    ['a secret, which is not read', withAuthentication({ ...good.authentication, clientSecret: 's' })],
    ['a property of another method', withAuthentication({ method: 'token', tenantId: 't' })],
    ['white space around an address', { ...good, endpoint: ' https://a.example/ ' }],
    ['a scheme in capitals', { ...good, endpoint: 'HTTPS://a.example/' }],
    ['a property of another kind', { ...good, project: 'contoso' }],
  ];
  /** What a schema cannot say. */
  const beyondSchema: readonly [what: string, entry: object][] = [
    ['the name of the emulator', { ...good, name: 'Local Emulator' }],
    ['a name that the emulator may have', { ...mkio, name: 'Local Emulator (MK.IO)' }],
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
    const { oneOf } = schema['items'] as {
      oneOf: { properties: { authentication: { oneOf: { properties: { method: { const: string } } }[] } } }[];
    };
    const inSchema = oneOf[0]?.properties.authentication.oneOf.map(({ properties }) => properties.method.const) ?? [];
    assert.deepEqual(inSchema.sort(), methods.sort());
  });

  test('offers a snippet for each kind that is right once it is filled in', () => {
    const { defaultSnippets } = schema['items'] as { defaultSnippets: { body: { kind: string } }[] };
    assert.deepEqual(
      defaultSnippets.map(({ body }) => body.kind),
      ['ams', 'mkio', 'ravnur'],
    );
    for (const { body } of defaultSnippets) {
      const filled = JSON.stringify(body)
        .replace(/\$\{\d+:([^}]*)\}/g, '$1')
        .replace(/\$\d+/g, 'filled');
      assert.deepEqual(isGood(JSON.parse(filled)), { schema: true, reader: true });
    }
  });
});
