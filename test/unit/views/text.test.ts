import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  escapeMarkdown,
  plainLine,
  shorten,
  shortLine,
  showUnprintable,
  withoutIcons,
  withoutLinks,
} from '../../../src/views/text.ts';
import { renderHover } from '../../support/markdown.ts';
import { processorMs } from '../../support/processorTime.ts';

const family = '👨‍👩‍👧‍👦';

describe('plain line', () => {
  const cases: readonly [what: string, text: string, line: string][] = [
    ['keeps ordinary text', 'Encode 42 – Größe, 작업 (v2)', 'Encode 42 – Größe, 작업 (v2)'],
    ['makes white space and line breaks single spaces', ' a \t\r\n b\u00a0\u3000c \u2028d\u2029', 'a b c d'],
    ['takes control characters out', 'a\u0000b\u001b[31mc\u007fd\u0085e', 'a b [31mc d e'],
    [
      'takes out what turns the direction of text',
      'gpj.\u202eexe\u202c \u2066x\u2069 \u200fy\u061cz',
      'gpj. exe x y z',
    ],
    ['takes out zero-width characters', 'ad\u200bmin\ufeff\u2060', 'ad min'],
    ['takes out soft hyphens', 'ad\u00admin', 'ad min'],
    ['takes out tag characters', 'job\u{e0041}\u{e007f}', 'job'],
    ['sees that a name of fillers alone is empty', '\u3164\u115f\uffa0\u00ad\u180e\u034f', ''],
    ['keeps the form of an emoji', '❤\ufe0f ok', '❤\ufe0f ok'],
    ['leaves as many marks on a character as any script has', `${'e\u0301\u0302'}x`, `${'e\u0301\u0302'}x`],
    ['takes piles of marks down', `e${'\u0301'.repeat(50)}x\u0316`, `e${'\u0301'.repeat(8)}x\u0316`],
    ['shows half a surrogate pair as what it is', 'a\ud800b \udc00', 'a\ufffdb \ufffd'],
    ['makes nothing of nothing', '', ''],
  ];
  for (const [what, text, line] of cases) {
    test(what, () => assert.equal(plainLine(text), line));
  }
});

describe('short line', () => {
  test('is one plain line that is no longer, and says where it was cut', () => {
    assert.equal(shortLine('a\nb', 5), 'a b');
    assert.equal(shortLine('12345', 5), '12345');
    assert.equal(shortLine('123456', 5), '1234…');
    assert.equal(shortLine(`a${' '.repeat(500)}b`, 5), 'a…');
    assert.equal(shortLine('\u200b'.repeat(1_000), 5), '', 'nothing is nothing, however much of it');
  });

  test('reads no more of a long text than it keeps', async () => {
    const text = `é${' x\n'.repeat(10_000_000)}`;
    // Put together by that, which is not what is measured.
    assert.equal(text.charCodeAt(0), 0xe9);
    const took = await processorMs(() => assert.equal(shortLine(text, 5), 'é x…'));
    assert.ok(took < 100, `${took} ms`);
  });
});

describe('what does not show, in JSON', () => {
  test('is an escape, and is the same when it is read', () => {
    const value = { 'a\u202e': ['b\u2028\u{e0041}', '❤\ufe0f 👩\u200d🚀 작업', '\u0000\ud800\u007f'] };
    const json = showUnprintable(JSON.stringify(value, null, 2));
    assert.deepEqual(JSON.parse(json), value);
    assert.match(json, /a\\u202e.*b\\u2028\\udb40\\udc41.*❤\ufe0f 👩\u200d🚀 작업.*\\u0000\\ud800\\u007f/s);
    assert.equal(json.split('\n').length, 7);
  });
});

describe('without icons', () => {
  /** VS Code's own pattern for labels: an icon, unless a backslash stands before it. */
  const drawn = (label: string): string[] =>
    [...label.matchAll(/(\\)?\$\(([A-Za-z0-9-]+(?:~[A-Za-z]+)?)\)/g)]
      .filter(([, escaped]) => !escaped)
      .map(([all]) => all);

  for (const label of ['$(bug)', '$(sync~spin) 42%', 'a$(X)b$(y-1)', '\\$(bug)', '\\\\$(bug)', '$($(bug))']) {
    test(`nothing of ${label} is drawn`, () => assert.deepEqual(drawn(withoutIcons(label)), []));
  }

  test('leaves text alone that draws nothing', () => {
    for (const label of ['$5 (net)', '$()', '$(no such)', 'cost: $ (bug)']) {
      assert.equal(withoutIcons(label), label);
    }
  });
});

describe('without links', () => {
  /** VS Code's own pattern for the text of notifications. */
  const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/gi;

  for (const text of [
    '[Free](command:workbench.action.quit)',
    '[a](https://example.com) [b](file:///etc/passwd "x")',
    '[[x](command:a)](command:b)',
    'x](command:y)',
  ]) {
    test(`no link is left in ${text}`, () => {
      const safe = withoutLinks(text);
      assert.doesNotMatch(safe, link);
      assert.equal(safe.replaceAll('\u2060', ''), text, 'it must look the same');
    });
  }
});

describe('Markdown', () => {
  const hostile = [
    '$(bug) $(sync~spin)',
    '\\$(bug)',
    '[click](command:workbench.action.quit)',
    '![pixel](https://example.com/p.png)',
    '<img src=x onerror=alert(1)> </span> &lt;b&gt;',
    '**bold** _it_ ~~no~~ `code` ``x``',
    '# heading',
    '- item',
    '+ item',
    '1. item',
    '1) item',
    '> quote',
    '| a | b |',
    'https://example.com www.example.com me@example.com',
    '<https://example.com>',
    '\\*not escaped\\*',
    '&amp; &copy; &#36;(bug)',
    '[^1] [ref]: https://example.com',
    '---',
    '===',
    '~~~ fence',
    '&nbsp;',
  ];
  for (const text of hostile) {
    test(`says ${text} and does nothing else`, () => {
      const { html, text: read, icons } = renderHover(escapeMarkdown(text));
      assert.equal(read, text);
      assert.deepEqual(icons, []);
      assert.doesNotMatch(html.replace(/^<p>|<\/p>\s*$/g, ''), /<[a-z/]/i);
    });
  }

  test('cannot break out of a table', () => {
    const { html } = renderHover(`| | |\n|:--|:--|\n| ${escapeMarkdown('a | b\n\n# c')} | d |`);
    assert.equal(html.match(/<td/g)?.length, 2);
    assert.doesNotMatch(html, /<h1/);
  });

  test('cannot leave bold', () => {
    const { html, text } = renderHover(`**${escapeMarkdown('a** [x](https://e.com) **b')}**`);
    assert.equal(html.match(/<strong>/g)?.length, 1);
    assert.equal(text, 'a** [x](https://e.com) **b');
    assert.doesNotMatch(html, /<a /);
  });
});

describe('shorten', () => {
  test('leaves what fits', () => {
    assert.equal(shorten('12345', 5), '12345');
    assert.equal(shorten('', 5), '');
  });

  test('cuts the end and says so within the length', () => {
    assert.equal(shorten('123456', 5), '1234…');
    assert.equal(shorten('123 456', 5), '123…');
  });

  test('does not split what people see as one character', () => {
    assert.equal(shorten(family.repeat(5), 5), family.repeat(5));
    assert.equal(shorten(family.repeat(6), 5), `${family.repeat(4)}…`);
    assert.equal(shorten('e\u0301e\u0301e\u0301', 2), 'e\u0301…');
    assert.equal(shorten('각각각', 2), '각…');
  });

  test('bounds the length of text that is one character to the eye', () => {
    assert.ok(shorten(`e${'\u0301'.repeat(100_000)}`, 5).length < 1000);
  });

  test('looks at no more of a long text than it keeps', async () => {
    // Segmenting all of it takes seconds.
    const text = 'é'.repeat(20_000_000);
    const took = await processorMs(() => assert.equal(shorten(text, 20), `${'é'.repeat(19)}…`));
    assert.ok(took < 500, `${took} ms`);
  });
});
