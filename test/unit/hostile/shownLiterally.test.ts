import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { marked } from 'marked';
import { logExchange } from '../../../src/accounts/exchangeLog.ts';
import { logProblems } from '../../../src/accounts/problemLog.ts';
import { amsCapabilities } from '../../../src/client/ams/amsCapabilities.ts';
import {
  missedText,
  nothingFitsText,
  priorityPrompt,
  questionBefore,
  refusalLine,
} from '../../../src/commands/jobChanges.ts';
import { jobForModel, listForModel } from '../../../src/commands/jobForModel.ts';
import { jobUri, readJobUri } from '../../../src/commands/jobUri.ts';
import type { Exchange } from '../../../src/jobs/exchange.ts';
import type { Job } from '../../../src/jobs/job.ts';
import { jobIdForms } from '../../../src/jobs/jobIdForms.ts';
import { ServiceError } from '../../../src/jobs/serviceError.ts';
import { curlCommand } from '../../../src/views/curl.ts';
import { exchangeText } from '../../../src/views/exchangeText.ts';
import { jobDetailsModel } from '../../../src/views/jobDetailsModel.ts';
import { detailsHtml } from '../../../src/views/jobDetailsPage.ts';
import { documentAddress, readDocumentAddress } from '../../../src/views/jobDocument.ts';
import { exportChunks } from '../../../src/views/jobExport.ts';
import {
  jobDescription,
  jobSpoken,
  jobTitle,
  jobTooltip,
  type PresentationContext,
  stateLabel,
  taskDescription,
  taskTitle,
  taskTooltip,
  trackedJobText,
} from '../../../src/views/jobPresentation.ts';
import { jobReport } from '../../../src/views/jobReport.ts';
import { filterText } from '../../../src/views/panelTexts.ts';
import { recordText } from '../../../src/views/recordText.ts';
import { withoutIcons } from '../../../src/views/text.ts';
import { type HostileText, hostileTexts } from '../../support/hostileTexts.ts';
import { jobRecord, jobTask } from '../../support/jobs.ts';
import { english } from '../../support/localizer.ts';
import { renderHover } from '../../support/markdown.ts';
import { powerShellArguments } from '../../support/powerShell.ts';
import { assertPlain, drawLabel, drawLinks, headOf } from '../../support/shown.ts';

const now = Date.parse('2026-11-25T03:00:00Z');
const named = (...names: readonly string[]) => names.map((name) => ({ name, form: jobIdForms.guid }));

const context: PresentationContext = { l10n: english, locale: 'en', now, capabilitiesOf: () => amsCapabilities };
const changing = { ...context, namesAccounts: true };

/** A job of which everything that a service can word is this text. The account's name is the person's own. */
function failedJob(text: string, changes: Partial<Job> = {}): Job {
  const errors = [{ code: text, message: text }];
  const times = { created: now - 60_000, started: now - 50_000, ended: now - 1_000 };
  const task = jobTask(1, { id: text || 'x', name: text, state: 'Error', ...times, errors });
  const record = { ...jobRecord(1, { name: text, state: 'Error', ...times }), ...(text === '' ? {} : { id: text }) };
  return { account: 'contoso', ...record, tasks: [task], progress: 42, pace: null, ...changes };
}

function onlyNamed(text: string, changes: Partial<Job> = {}): Job {
  return { account: 'contoso', ...jobRecord(1, { name: text }), tasks: null, progress: 42, pace: null, ...changes };
}

function exchangeWith(text: string): Exchange {
  // What `URL` and HTTP let through, as both are between a service and this.
  const header = text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '').slice(0, 8_000);
  const url = new URL('https://media.windows.net/api/Jobs');
  url.searchParams.set('$filter', `Id eq '${text}'`);
  return {
    account: 'contoso',
    jobId: text,
    request: { method: 'MERGE', url: url.href, headers: [['X-Name', header]], body: JSON.stringify({ Name: text }) },
    response: { status: 200, statusText: header, headers: [['x-ms-request-id', header]], body: text },
    error: text,
    sentAt: now,
    durationMs: 12,
  };
}

/** One place where a text can be read, and what it means there to be shown literally. */
interface Place {
  readonly name: string;
  check(text: string): void;
}

/** A place that shows plain text: one line, nothing invisible, of a bounded length, readable. */
function plainPlace(name: string, most: number, show: (text: string) => string): Place {
  return {
    name,
    check: (text) => {
      const shown = show(text);
      assertPlain(shown, most);
      assert.ok(shown.includes(headOf(text, most)), `${JSON.stringify(shown.slice(0, 200))} says it`);
    },
  };
}

/** A place that draws `$(name)` as an icon; `icons` are ours. */
function iconPlace(name: string, most: number, show: (text: string) => string): Place {
  return {
    name,
    check: (text) => {
      const drawn = drawLabel(show(text));
      assert.deepEqual(drawn.icons, []);
      assertPlain(drawn.text, most);
      assert.ok(drawn.text.includes(headOf(text, most)), `${JSON.stringify(drawn.text.slice(0, 200))} says it`);
    },
  };
}

/** A notification, the message of a dialog or the prompt of a box: VS Code makes links of `[text](command:…)` there. */
function messagePlace(name: string, most: number, show: (text: string) => string): Place {
  return {
    name,
    check: (text) => {
      const drawn = drawLinks(show(text));
      assert.deepEqual(drawn.links, []);
      for (const line of drawn.text.split('\n')) {
        assertPlain(line, most);
      }
      assert.ok(drawn.text.includes(headOf(text, 60)), `${JSON.stringify(drawn.text.slice(0, 200))} says it`);
    },
  };
}

/** Markdown that VS Code draws. */
function hoverPlace(
  name: string,
  tags: readonly string[],
  icons: readonly string[],
  show: (text: string) => string,
): Place {
  return {
    name,
    check: (text) => {
      const markdown = show(text);
      assert.ok(markdown.length < 20_000, `${markdown.length} characters`);
      const drawn = renderHover(markdown);
      assert.deepEqual(drawn.icons, icons);
      const found = [...drawn.html.matchAll(/<(\w+)/g)].map(([, tag = '']) => tag);
      assert.deepEqual(
        [...new Set(found)].filter((tag) => !tags.includes(tag)),
        [],
      );
      assert.equal(found.filter((tag) => tag === 'span').length, renderHover(show('x')).html.split('<span').length - 1);
      assertPlain(drawn.text, 20_000);
      assert.ok(drawn.text.includes(headOf(text, 100)), `${JSON.stringify(drawn.text.slice(0, 300))} says it`);
    },
  };
}

/** What GitHub makes links of in text that is drawn already: mentions, references, addresses, emoji. */
const live = /(?:^|[^\w])[@#!][\w-]|\bGH-\d|https?:\/\/|\bwww\.|[\w.]@[\w.]|:[a-z_+-]+:|mailto:\w/iu;
/** The bar is two of `span`. */
const hoverTags = ['p', 'strong', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'code', 'span'];
const reportTags = ['code', 'h2', 'h3', 'p', 'pre', 'table', 'tbody', 'td', 'th', 'thead', 'tr'];
const formula = /^(?:[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])/u;

function readHtml(html: string): string {
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#36': '$', '#39': "'" };
  return html.replace(/<[^>]*>/g, '').replace(/&(#?\w+);/g, (whole, name: string) => entities[name] ?? whole);
}

/** What a POSIX shell calls curl with. A function, as a program takes no argument of a megabyte. */
function argumentsOf(command: string): string[] {
  const input = `curl() { for each in "$@"; do printf '%s\\0' "$each"; done; }\n${command}\n`;
  const { stdout, stderr, status } = spawnSync('sh', [], { input, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  assert.deepEqual([status, stderr], [0, '']);
  return stdout.split('\0').slice(0, -1);
}

function curlWords({ request }: Exchange): readonly string[] {
  const [[name, value] = ['', '']] = request.headers;
  const header = value.trim() === '' ? `${name};` : `${name}: ${value}`;
  const globs = /[[\]{}]/.test(request.url) ? ['--globoff'] : [];
  return ['--url', request.url, ...globs, '--request', 'MERGE', '-H', header, '--data-raw', request.body];
}

const details = (text: string) =>
  jobDetailsModel(
    {
      job: failedJob(text),
      isTracked: false,
      isThere: true,
      events: new Map([[text || 'x', [{ code: 'Processing', message: text, at: now - 50_000 }]]]),
      assets: { inputs: [{ id: text || 'x', name: text }], outputs: [{ id: 'x', name: text }] },
      assetsText: '',
      points: [],
      waitText: '',
      staleText: '',
    },
    context,
  );

const places: readonly Place[] = [
  plainPlace('label of a row', 300, (text) => jobTitle(onlyNamed(text))),
  plainPlace('label of a job without a name', 300, (text) => jobTitle({ id: text || onlyNamed('').id, name: '' })),
  plainPlace('text beside a row', 100, (text) => jobDescription(failedJob(text), context)),
  plainPlace('what a screen reader says of a row', 500, (text) => jobSpoken(failedJob(text), context)),
  plainPlace('label of a task', 300, (text) => taskTitle(jobTask(1, { name: text }), 0, english)),
  plainPlace('text beside a task', 100, (text) =>
    taskDescription(jobTask(1, { state: 'Error', errors: [{ code: text, message: text }] }), context),
  ),
  plainPlace('a state that nobody knows', 100, (text) => stateLabel(`Unknown(${text})`, english)),
  hoverPlace('hover of a row', hoverTags, ['error'], (text) => jobTooltip(failedJob(text), context)),
  hoverPlace('hover of a row in a state that nobody knows', hoverTags, ['question'], (text) =>
    jobTooltip(onlyNamed(text, { state: `Unknown(${text})` }), context),
  ),
  hoverPlace('hover of a task', hoverTags, [], (text) =>
    taskTooltip(failedJob(text).tasks?.[0] ?? jobTask(1), 0, context),
  ),
  iconPlace('status bar', 120, (text) => withoutIcons(trackedJobText(onlyNamed(text), context))),
  plainPlace('filter in the panel', 100, (text) => filterText({ states: [], name: text }, context)),
  ...(['cancel', 'delete'] as const).flatMap((change) => [
    messagePlace(`question before one job (${change})`, 300, (text) => {
      return questionBefore(change, { fitting: [onlyNamed(text)], leftOut: [], impossible: [] }, changing).message;
    }),
    messagePlace(`names of several jobs (${change})`, 300, (text) => {
      const jobs = Array.from({ length: 9 }, () => onlyNamed(text));
      return questionBefore(
        change,
        { fitting: jobs, leftOut: [onlyNamed(text)], impossible: [onlyNamed(text)] },
        changing,
      ).detail;
    }),
    messagePlace(`why nothing is done (${change})`, 300, (text) =>
      nothingFitsText(change, { leftOut: [onlyNamed(text)], impossible: [onlyNamed(text)] }, changing),
    ),
    messagePlace(`what was not done (${change})`, 1_000, (text) =>
      missedText(change, [onlyNamed(text)], 1, text, changing),
    ),
  ]),
  {
    name: 'prompt for a priority',
    check: (text) => {
      const prompt = priorityPrompt(
        { fitting: [onlyNamed(text)], leftOut: [onlyNamed(text)], impossible: [onlyNamed(text)] },
        changing,
      );
      // VS Code looks for links first, and for icons in what is between them.
      assert.deepEqual(drawLinks(prompt).links, []);
      const drawn = drawLabel(prompt);
      assert.deepEqual(drawn.icons, []);
      assertPlain(drawn.text.replaceAll('\u2060', ''), 600);
      assert.ok(drawn.text.replaceAll('\u2060', '').includes(headOf(text, 60)));
    },
  },
  plainPlace('line of a refusal in the log', 2_000, (text) =>
    refusalLine('cancel', { account: 'contoso', id: text }, new ServiceError('conflict', text, { requestId: text })),
  ),
  {
    name: 'details page: every text of the model',
    check: (text) => {
      const model = details(text);
      const texts: string[] = [];
      // The page sets only these as text; account and id say which job it is.
      JSON.stringify({ ...model, account: '', id: '' }, (key, value: unknown) => {
        if (typeof value === 'string' && key !== 'key') {
          texts.push(value);
        }
        return value;
      });
      for (const line of texts.flatMap((shown) => shown.split('\n'))) {
        assertPlain(line, 20_001);
      }
      for (const shown of [model.title, model.errors[0]?.code, model.timeline.rows[1]?.title, model.inputs.names[0]]) {
        assert.ok(shown !== undefined && shown.length < 6_000);
      }
      const head = headOf(text, 100);
      assert.ok(model.title.includes(head) && model.timeline.rows[1]?.title.includes(head));
      assert.ok(model.errors[0]?.code.includes(head) && model.inputs.names[0]?.includes(head));
    },
  },
  {
    name: 'details page: its frame',
    check: (text) => {
      const keys = [
        'details',
        'timeline',
        'curve',
        'errors',
        'inputs',
        'outputs',
        'actions',
        'loading',
        'retry',
      ] as const;
      const texts = Object.fromEntries(keys.map((key) => [key, text])) as Record<(typeof keys)[number], string>;
      const frame = (name: string): string =>
        detailsHtml({ script: name, style: name, cspSource: name, language: name, texts: { ...texts } });
      const tags = (html: string): string[] => [...html.matchAll(/<\/?[a-z!][^\s>]*/gi)].map(([tag]) => tag);
      const plain = detailsHtml({
        ...{ script: 'a', style: 'a', cspSource: 'a', language: 'a' },
        texts: Object.fromEntries(keys.map((key) => [key, 'a'])) as typeof texts,
      });
      assert.deepEqual(tags(frame(text)), tags(plain));
    },
  },
  {
    name: 'title of a tab with a document',
    check: (text) => {
      for (const kind of ['json', 'exchange'] as const) {
        const key = { account: text || 'x', id: text || 'x' };
        const address = documentAddress({ kind, key }, text);
        const [, title = ''] = /^\/(.*)$/s.exec(address.path) ?? [];
        assertPlain(title, 1_100);
        assert.doesNotMatch(title, /[/\\:*?"<>|]/);
        assert.match(title, /^[^.].*\.(?:job\.json|exchange\.http)$|^\.+[^.].*\.(?:job\.json|exchange\.http)$/);
        assert.ok(title.includes(headOf(headOf(text, 60).replace(/[/\\:*?"<>|]/g, ' '), 30)), title);
        assert.deepEqual(readDocumentAddress(address), {
          kind,
          key: { account: key.account.toWellFormed(), id: key.id.toWellFormed() },
        });
      }
    },
  },
  {
    name: 'JSON document',
    check: (text) => {
      const raw = { job: { Name: text, [text]: text }, tasks: [{ Name: text }] };
      const shown = recordText({ raw }, english, Number.POSITIVE_INFINITY);
      assertPlain(shown.replace(/\n */g, ''), Number.POSITIVE_INFINITY, true);
      const read: unknown = JSON.parse(shown);
      assert.deepEqual(JSON.stringify(read), JSON.stringify({ ...raw.job, Tasks: raw.tasks }));
      assert.ok(recordText({ raw }, english).length <= 5_000_100);
    },
  },
  {
    name: 'exchange document',
    check: (text) => {
      const exchange = exchangeWith(text);
      const shown = exchangeText(exchange, english);
      const withoutBody = (from: Exchange): string =>
        exchangeText({ ...from, response: from.response && { ...from.response, body: '' } }, english);
      const plain = withoutBody(exchange);
      // Bodies stand there as they came; nothing else has a line more than it has by itself.
      assert.ok(text === '' || shown.includes(`\n\n${text}\n`));
      assert.equal(plain.split('\n').length, withoutBody(exchangeWith('x')).split('\n').length);
      assertPlain(plain.replaceAll('\n', '').replace(exchange.request.body, ''), Number.POSITIVE_INFINITY, true);
    },
  },
  {
    name: 'report in Markdown',
    check: (text) => {
      const exchange = exchangeWith(text);
      const job = failedJob(text, { state: 'Error' });
      const report = jobReport(
        [
          { job, exchange },
          { job: onlyNamed(text, { state: `Unknown(${text})` }), exchange },
        ],
        context,
      );
      assert.ok(report.length < 120_000, `${report.length} characters`);
      const html = marked.parse(report, { async: false, gfm: true });
      const tags = [...html.matchAll(/<([a-z]+\d?)/g)].map(([, tag = '']) => tag);
      assert.deepEqual(
        [...new Set(tags)].filter((tag) => !reportTags.includes(tag)),
        [],
      );
      assert.deepEqual(
        [tags.filter((tag) => /^h\d/.test(tag)).length, tags.filter((tag) => tag === 'pre').length],
        [4, 1],
      );
      const outside = readHtml(html.replace(/<pre>.*?<\/pre>/gs, '').replace(/<code>nb:[\w:-]+<\/code>/g, ''));
      assert.doesNotMatch(outside, live);
      assert.ok(outside.replaceAll('\u2060', '').includes(headOf(text, 100)));
      for (const line of report.split('\n')) {
        assertPlain(line.replaceAll('\u2060', '').trimEnd(), 120_000, true);
      }
    },
  },
  {
    name: 'CSV',
    check: (text) => {
      const csv = [...exportChunks([failedJob(text)], 'csv', now)].join('');
      const [, row = ''] = /\r\n(.*)\r\n$/s.exec(csv) ?? [];
      const cells = [...row.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(?:,|$)/gy)];
      const read = cells.map(([, quoted, bare = '']) => quoted?.replaceAll('""', '"') ?? bare);
      assert.equal(read.filter((_, index) => index < 12).length, 12);
      for (const cell of read) {
        // Whatever the list separator of the spreadsheet is.
        for (const part of [cell, ...cell.split(/[;\t\r\n]/).slice(1)]) {
          assert.doesNotMatch(part.replace(/^"+/, ''), part === cell ? formula : /^\s*[=+\-@\uff1d]/u);
        }
      }
      const isAltered = formula.test(text) || /[;\t\r\n]/.test(text);
      assert.equal(isAltered ? read[2]?.replaceAll("'", '') : read[2], isAltered ? text.replaceAll("'", '') : text);
    },
  },
  {
    name: 'JSON export',
    check: (text) => {
      const json = [...exportChunks([failedJob(text)], 'json', now)].join('');
      assertPlain(json.replace(/\n */g, ''), Number.POSITIVE_INFINITY, true);
      const [read] = JSON.parse(json) as { readonly name: string }[];
      assert.equal(read?.name, text);
    },
  },
  {
    name: 'curl in a POSIX shell',
    check: (text) => {
      const exchange = exchangeWith(text);
      const command = curlCommand(exchange.request, 'posix');
      assertPlain(command.replaceAll('\n', ''), Number.POSITIVE_INFINITY, true);
      assert.deepEqual(argumentsOf(command), curlWords(exchange));
    },
  },
  {
    name: 'curl in PowerShell',
    check: (text) => {
      // The reader in our tests goes through it character by character.
      const exchange = exchangeWith(text.slice(0, 100_000));
      const command = curlCommand(exchange.request, 'powershell');
      assertPlain(command.replaceAll('\n', ''), Number.POSITIVE_INFINITY, true);
      const words = powerShellArguments(command, {}, 'Standard');
      assert.deepEqual(words, ['curl.exe', ...curlWords(exchange)]);
    },
  },
  {
    name: 'link to a job',
    check: (text) => {
      const id = onlyNamed('').id;
      const address = jobUri({ account: text, id }, 'vscode');
      assert.match(
        address,
        /^vscode:\/\/media-services-jobs\.media-services-jobs\/job\?account=[\w.!~*'()%-]*&id=[\w%-]+$/,
      );
      const { search } = new URL(address);
      const account = text.toWellFormed();
      const read = readJobUri({ path: '/job', query: search.slice(1), fragment: '' }, named(account, 'x', 'contoso'));
      // Longer ones are refused, as are those without an account.
      assert.deepEqual(read, account === '' || search.length > 6_000 ? null : { account, id });
      assert.doesNotThrow(() => jobUri({ account: 'contoso', id: text }, 'vscode'));
    },
  },
  {
    name: 'address that anybody wrote',
    check: (text) => {
      const { id } = onlyNamed('');
      const good = { path: '/job', query: `account=contoso&id=${id}`, fragment: '' };
      assert.deepEqual(readJobUri(good, named('contoso')), { account: 'contoso', id });
      for (const wrong of [
        { ...good, path: `/${text}` },
        { ...good, query: text },
        { ...good, query: `account=contoso&id=${text}` },
        { ...good, query: `account=contoso${text || 'x'}&id=${id}` },
        { ...good, fragment: text || 'x' },
      ]) {
        // What is asked shows an account of the settings and an id of digits, or nothing at all.
        assert.equal(readJobUri(wrong, named('contoso')), null);
      }
    },
  },
  {
    name: 'answer for a language model',
    check: (text) => {
      const job = failedJob(text, { state: `Unknown(${text})` });
      const glances = [
        jobForModel('contoso', { job, asOf: now }, now),
        listForModel('contoso', { jobs: [job], asOf: now, hasMore: false }, now),
      ];
      for (const glance of glances) {
        const answer = JSON.stringify(glance);
        assertPlain(answer, 6_000, true);
        assert.ok(answer.includes(JSON.stringify(headOf(text, 100)).slice(1, -1)));
        assert.ok(answer.startsWith('{"note":'));
      }
    },
  },
  {
    name: 'log of an exchange',
    check: (text) => {
      const lines: string[] = [];
      const log = { info: (line: string) => lines.push(line), debug: (line: string) => lines.push(line), logLevel: 2 };
      logExchange(log, exchangeWith(text));
      logExchange(log, { ...exchangeWith(text), response: null });
      const [first = '', ...rest] = lines;
      assertPlain(first, Number.POSITIVE_INFINITY, true);
      assert.ok(first.startsWith('[contoso] MERGE https://media.windows.net/api/Jobs?'));
      for (const line of rest.flatMap((entry) => entry.split('\n'))) {
        assertPlain(line, Number.POSITIVE_INFINITY, true);
        // Whatever a service says, none of its lines can be taken for one of ours.
        assert.match(line, /^(?:[<>|!] |\[contoso\] MERGE https:)/);
      }
    },
  },
  {
    name: 'log of wrong settings',
    check: (text) => {
      const lines: string[] = [];
      logProblems({ warn: (line) => lines.push(line) }, [{ index: 0, label: text, message: text }]);
      assert.equal(lines.length, 1);
      assertPlain(lines[0] ?? '', 2_100, true);
    },
  },
];

describe('hostile texts are shown literally', () => {
  for (const place of places) {
    test(place.name, () => {
      const failures = hostileTexts.flatMap(({ what, text }) => {
        try {
          place.check(text);
          return [];
        } catch (error) {
          return [`${what}: ${error instanceof Error ? error.message.slice(0, 1_000) : String(error)}`];
        }
      });
      assert.equal(failures.join('\n\n'), '');
    });
  }

  test('in every place there is', (t) => {
    const kinds = new Set(hostileTexts.map(({ what }: HostileText) => what));
    assert.equal(kinds.size, hostileTexts.length, 'each says what it is');
    t.diagnostic(`${places.length} places × ${hostileTexts.length} texts`);
  });
});
