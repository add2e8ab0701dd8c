import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { errorText } from '../../src/views/errorText.ts';
import { korean } from '../support/localizer.ts';
import { manifestText, projectText } from '../support/manifest.ts';
import { readSourceTexts } from '../support/sourceTexts.ts';

/** As `@vscode/l10n-dev` exports it: a key with a comment has it behind a slash, and beside its message. */
type EnglishText = string | { readonly message: string; readonly comment: readonly string[] };

const bundles = {
  'l10n/bundle.l10n.json': readJson<EnglishText>('l10n/bundle.l10n.json'),
  'l10n/bundle.l10n.ko.json': readJson<string>('l10n/bundle.l10n.ko.json'),
};
const koreanTexts = bundles['l10n/bundle.l10n.ko.json'];
const manifestTexts = readJson<string>('package.nls.json');
const koreanManifestTexts = readJson<string>('package.nls.ko.json');

const { localized, errors, strings } = readSourceTexts();
const errorMark = '/error';
const errorKeys = errors.map(({ text, where }) => ({ key: `${sentenceOf(text)}${errorMark}`, where }));
const used = new Map(
  [...localized, ...errorKeys.map(({ key, where }) => ({ text: key, where }))].map(({ text, where }) => [text, where]),
);

/** Names that are the same in Korean. */
const names = new Set([
  ...['Azure CLI', 'Media Services', 'Media Services Jobs'],
  ...['MediaKind MK.IO', 'Ravnur Media Services'],
]);

function readJson<Value>(path: string): Readonly<Record<string, Value>> {
  return JSON.parse(projectText(path)) as Readonly<Record<string, Value>>;
}

/** What a bundle has of a message: without its end, so that it is found whatever follows it. */
function sentenceOf(message: string): string {
  return message.replace(/[:.] \{\d+\}\.?$|\.$/, '');
}

function placeholdersIn(text: string): string[] {
  return [...new Set(text.match(/\{\d+\}/g))].sort();
}

/** Lines to paste into a bundle, and below them what each is or where it is from. */
function asLines(entries: Iterable<readonly [key: string, value: unknown, about: string]>): string {
  const all = [...entries];
  const lines = all.map(([key, value]) => `\n  ${JSON.stringify(key)}: ${JSON.stringify(value)},`);
  return [...lines, '\n', ...all.map(([key, , about]) => `\n${key}  ←  ${about}`)].join('');
}

describe('texts in sources', () => {
  test('are found', () => {
    assert.ok(localized.length > 150, `${localized.length} calls of l10n.t`);
    assert.ok(errors.length > 100, `${errors.length} messages of errors`);
  });

  test('are literals', () => {
    assert.deepEqual(
      localized.filter(({ text }) => text === null).map(({ where }) => where),
      [],
    );
  });

  test('have a value for each placeholder, and no other', () => {
    const wrong = localized.filter(({ text, values }) => placeholdersIn(text ?? '').length !== values);
    assert.deepEqual(wrong, []);
  });

  for (const [path, bundle] of Object.entries(bundles)) {
    test(`are all in ${path}`, () => {
      const missing = [...used].filter(([key]) => key !== null && !Object.hasOwn(bundle, key));
      const lines = missing.map(
        ([key, where]) => [key ?? '', path.includes('.ko.') ? '' : englishOf(key ?? ''), where] as const,
      );
      assert.ok(missing.length === 0, `${path} lacks:${asLines(lines)}`);
    });

    test(`are all that is in ${path}`, () => {
      const surplus = Object.keys(bundle).filter((key) => !used.has(key) && !isWordOfError(key));
      assert.ok(surplus.length === 0, `${path} has what no source says:\n  ${surplus.join('\n  ')}`);
    });
  }

  test('are their own English', () => {
    const wrong = Object.entries(bundles['l10n/bundle.l10n.json']).filter(
      ([key, value]) => JSON.stringify(value) !== JSON.stringify(englishOf(key)),
    );
    assert.deepEqual(wrong, []);
  });

  function isWordOfError(key: string): boolean {
    return key.endsWith(errorMark) && strings.has(key.slice(0, -errorMark.length));
  }

  function englishOf(key: string): EnglishText {
    return key.endsWith(errorMark) ? { message: key.slice(0, -errorMark.length), comment: ['error'] } : key;
  }
});

describe('the manifest', () => {
  test('has all of its texts in Korean', () => {
    const missing = Object.entries(manifestTexts).filter(([key]) => !Object.hasOwn(koreanManifestTexts, key));
    const lines = missing.map(([key, text]) => [key, '', text] as const);
    assert.ok(missing.length === 0, `package.nls.ko.json lacks:${asLines(lines)}`);
  });

  test('has no other in Korean', () => {
    assert.deepEqual(
      Object.keys(koreanManifestTexts).filter((key) => !Object.hasOwn(manifestTexts, key)),
      [],
    );
  });

  test('names no text that there is not', () => {
    const named = Array.from(manifestText.matchAll(/"%([^%"]+)%"/g), ([, key = '']) => key);
    assert.ok(named.length > 40);
    assert.deepEqual(
      named.filter((key) => !Object.hasOwn(manifestTexts, key)),
      [],
    );
  });

  test('says where the texts of the sources are', () => {
    assert.equal((JSON.parse(manifestText) as { readonly l10n: string }).l10n, './l10n');
  });

  test('links to the same commands in both languages, and names the same settings and values', () => {
    for (const [key, text] of Object.entries(manifestTexts)) {
      const fixed = (words: string): string[] => (words.match(/\(command:[\w.]+\)|`[^`]+`/g) ?? []).sort();
      assert.deepEqual(fixed(koreanManifestTexts[key] ?? ''), fixed(text), key);
    }
  });
});

describe('Korean', () => {
  const english = (key: string): string => key.replace(new RegExp(`${errorMark}$`), '');
  const pairs = [
    ...Object.entries(koreanTexts).map(([key, text]) => [english(key), text] as const),
    ...Object.entries(koreanManifestTexts).map(([key, text]) => [manifestTexts[key] ?? '', text] as const),
  ];

  test('has the placeholders of the English text', () => {
    for (const [text, translation] of pairs) {
      assert.deepEqual(placeholdersIn(translation), placeholdersIn(text), text);
    }
  });

  test('is Korean', () => {
    const plain = pairs.filter(
      ([text, translation]) => text !== 'en' && !names.has(text) && !/\p{Script=Hangul}/u.test(translation),
    );
    assert.deepEqual(plain, []);
  });

  test('has a particle for either end of a name, where one follows a placeholder', () => {
    // 은/는, 이/가, 을/를, 과/와 and 으로/로 follow from the last letter of a name that nobody knows here.
    for (const [text, translation] of pairs) {
      assert.doesNotMatch(translation, /\{\d+\}["”']?(?:은|는|이|가|을|를|과|와|으로|로)(?![가-힣(])/u, text);
    }
  });
});

describe('errors', () => {
  test('that sources raise are said in Korean', () => {
    for (const { text, where } of errors) {
      const message = text.replace(/\{(\d+)\}/g, 'value$1');
      const said = errorText(message, korean);
      assert.match(said, /\p{Script=Hangul}/u, where);
      assert.deepEqual(said.match(/value\d/g)?.toSorted(), message.match(/value\d/g)?.toSorted(), where);
    }
  });
});
