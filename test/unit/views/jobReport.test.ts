import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { marked } from 'marked';
import { amsCapabilities } from '../../../src/client/ams/amsCapabilities.ts';
import type { Exchange } from '../../../src/jobs/exchange.ts';
import type { Job } from '../../../src/jobs/job.ts';
import { codeSpan, escapeGithubMarkdown, fencedBlock } from '../../../src/views/githubMarkdown.ts';
import type { PresentationContext } from '../../../src/views/jobPresentation.ts';
import { jobReport } from '../../../src/views/jobReport.ts';
import { plainLine } from '../../../src/views/text.ts';
import { jobRecord, jobTask } from '../../support/jobs.ts';
import { english } from '../../support/localizer.ts';

const context: PresentationContext = {
  l10n: english,
  locale: 'en',
  now: Date.parse('2026-11-25T03:00:00Z'),
  capabilitiesOf: () => amsCapabilities,
};

function job(changes: Partial<Job> = {}): Job {
  return { account: 'contoso', ...jobRecord(1), tasks: null, progress: null, pace: null, ...changes };
}

/** What GitHub draws, and what a person reads of it. */
function render(markdown: string): { readonly html: string; readonly tags: string[]; readonly text: string } {
  const html = marked.parse(markdown, { async: false, gfm: true });
  const tags = [...html.matchAll(/<([a-z]+\d?)/g)].map(([, tag]) => tag ?? '');
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#36': '$', '#39': "'" };
  const text = html
    .replace(/<[^>]*>/g, '')
    .replace(/&(#?\w+);/g, (whole, name: string) => entities[name] ?? whole)
    .replaceAll('\u2060', '');
  return { html, tags: [...new Set(tags)].sort(), text: text.trim() };
}

/** What GitHub makes links of in text that is drawn already: mentions, references, addresses, emoji. */
const live = /(?:^|[^\w])[@#!][\w-]|\bGH-\d|https?:\/\/|\bwww\.|[\w.]@[\w.]|:[a-z_+-]+:|mailto:\w/iu;

const hostileNames: readonly string[] = [
  '<img src=x onerror=alert(1)> <script>alert(1)</script> <!-- x --> &lt;b&gt; &#64;octocat',
  '[click](https://evil.example) ![x](https://evil.example/x.png) [a]: https://evil.example',
  'https://evil.example www.evil.example me@evil.example mailto:me@evil.example ftp://x.example',
  '@octocat #123 octo/repo#1 GH-42 !7 &9 %3 ~label ^x :smile: :+1: @',
  '`code` ``more`` *a* **b** _c_ __d__ ~~e~~ $x$ $$y$$ ==z==',
  'a | b | c \\| d',
  '# heading',
  '- item',
  '1. item',
  '> quote',
  '+ plus',
  '---',
  '```',
  '    code',
  'two\nlines\r\n\r\n# three',
  'bidi \u202egpj.exe\u202c zero\u200bwidth',
  'trailing backslash \\',
  '[^1] [[wiki]] [x] - [ ] todo',
  '작업 🎬 Größe',
];

describe('a text in Markdown for a ticket', () => {
  for (const name of hostileNames) {
    test(`reads as it is, and nothing of it is live: ${JSON.stringify(name)}`, () => {
      const escaped = escapeGithubMarkdown(name);
      for (const [around, tags] of [
        [`x ${escaped} y`, ['p']],
        [escaped, ['p']],
        [`## ${escaped}`, ['h2']],
      ] as const) {
        const drawn = render(around);
        assert.deepEqual(drawn.tags, tags);
        const wanted = around === escaped || around.startsWith('#') ? plainLine(name) : `x ${plainLine(name)} y`;
        assert.equal(drawn.text, wanted);
        const seen = drawn.html
          .replace(/<[^>]*>/g, '')
          .replaceAll('&#39;', "'")
          .replaceAll('&#36;', '$');
        assert.doesNotMatch(seen.replace(/&(?:amp|lt|gt|quot);/g, ' '), live);
      }
    });

    test(`stays in its cell: ${JSON.stringify(name)}`, () => {
      const { html } = render(`| a | b |\n| :-- | :-- |\n| ${escapeGithubMarkdown(name)} | last |`);
      assert.equal([...html.matchAll(/<td/g)].length, 2);
      assert.match(html, /<td align="left">last<\/td>/);
    });

    test(`stays in its fence: ${JSON.stringify(name)}`, () => {
      const { html, tags } = render(`${fencedBlock(`${name}\n\`\`\`\`\n${name}`)}\n\nbehind`);
      assert.deepEqual(tags, ['code', 'p', 'pre']);
      assert.match(html, /<\/code><\/pre>\n<p>behind<\/p>\n$/);
    });
  }

  test('ids are code, unless there is anything in them that ids have not', () => {
    assert.equal(codeSpan('nb:jid:UUID:f3c4'), '`nb:jid:UUID:f3c4`');
    assert.deepEqual(render(codeSpan('x` @me | y')).tags, ['p']);
  });
});

describe('the report of a job', () => {
  const exchange: Exchange = {
    account: 'contoso',
    jobId: job().id,
    request: { method: 'GET', url: 'https://localhost/', headers: [['x-ms-client-request-id', 'c-1']], body: '' },
    response: { status: 200, statusText: 'OK', headers: [['X-MS-Request-Id', 'r-1']], body: '' },
    error: null,
    sentAt: Date.parse('2026-11-25T02:59:58Z'),
    durationMs: 12,
  };

  test('says what whoever reads the ticket asks for', () => {
    const failed = job({
      name: 'Encode the keynote',
      state: 'Error',
      progress: 42,
      priority: 3,
      created: Date.parse('2026-11-25T01:00:00Z'),
      started: Date.parse('2026-11-25T01:00:10Z'),
      ended: Date.parse('2026-11-25T01:03:30Z'),
      tasks: [
        jobTask(1, {
          name: 'Encode',
          state: 'Error',
          progress: 42.9,
          started: Date.parse('2026-11-25T01:00:10Z'),
          ended: Date.parse('2026-11-25T01:03:30Z'),
          errors: [{ code: 'ErrorProcessingTask', message: 'The disk is full.\nSee C:\\log.' }],
        }),
        jobTask(2, { name: '', state: 'Canceled', progress: 0 }),
      ],
    });
    assert.equal(
      jobReport([{ job: failed, exchange }], context),
      `## Encode the keynote

|  |  |
| :-- | :-- |
| State | Failed |
| Progress | 42% |
| Account | contoso |
| Job id | \`${failed.id}\` |
| Created | 2026-11-25 01:00:00 UTC |
| Started | 2026-11-25 01:00:10 UTC |
| Ended | 2026-11-25 01:03:30 UTC |
| Duration | 3 min 20 sec |
| Priority | 3 |
| Last request | 2026-11-25 02:59:58 UTC |
| Request id | \`r-1\` |
| Client request id | \`c-1\` |
| Reported | 2026-11-25 03:00:00 UTC |

### Tasks

| Task | State | Progress | Duration |
| :-- | :-- | :-- | :-- |
| Encode | Failed | 42% | 3 min 20 sec |
| Task 2 | Canceled | 0% |  |

### Errors

Encode

\`\`\`text
ErrorProcessingTask: The disk is full.
See C:\\log.
\`\`\`
`,
    );
  });

  test('leaves out what nobody knows, and never says 100% of a job that runs', () => {
    const { text, tags } = render(
      jobReport(
        [{ job: job({ progress: 100, created: null, started: null, priority: null }), exchange: undefined }],
        context,
      ),
    );
    assert.match(text, /99%/);
    assert.doesNotMatch(text, /Created|Started|Ended|Priority|Request/);
    assert.ok(!tags.includes('h3'));
  });

  test('of several jobs is one after the other', () => {
    const jobs = [job({ name: 'One' }), job({ name: 'Two' })].map((each) => ({ job: each, exchange: undefined }));
    const { html } = render(jobReport(jobs, context));
    assert.deepEqual(
      [...html.matchAll(/<h2>(\w+)</g)].map(([, name]) => name),
      ['One', 'Two'],
    );
  });

  for (const name of hostileNames) {
    test(`has nothing live in it: ${JSON.stringify(name)}`, () => {
      const errors = [{ code: name, message: `${name}\n\`\`\`\n# ${name}` }];
      const hostile = job({
        ...{ name, account: name, id: name, state: `Unknown(${name})` },
        tasks: [jobTask(1, { name, state: 'Error', errors })],
      });
      const hostileExchange = {
        ...exchange,
        response: { status: 200, statusText: name, headers: [['x-ms-request-id', name] as const], body: '' },
      };
      const { html, tags } = render(jobReport([{ job: hostile, exchange: hostileExchange }], context));
      assert.deepEqual(tags, ['code', 'h2', 'h3', 'p', 'pre', 'table', 'tbody', 'td', 'th', 'thead', 'tr']);
      assert.equal([...html.matchAll(/<h[1-6]/g)].length, 3);
      assert.equal([...html.matchAll(/<pre/g)].length, 1);
    });
  }
});
