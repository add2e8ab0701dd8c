import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type CallExpression,
  isCallExpression,
  isIdentifier,
  isNewExpression,
  isNoSubstitutionTemplateLiteral,
  isPropertyAccessExpression,
  isPropertyAssignment,
  isStringLiteral,
  isTemplateExpression,
  type Node,
  type NoSubstitutionTemplateLiteral,
  type StringLiteral,
} from 'typescript/unstable/ast';
import { API } from 'typescript/unstable/sync';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A text for people, as a source has it. */
export interface SourceText {
  /** `src/…/file.ts:line` */
  readonly where: string;
  /** The English text with `{0}` for each value in it; `null` where it is put together elsewhere. */
  readonly text: string | null;
  /** How many values are handed along for its placeholders. */
  readonly values: number;
}

/** A sentence of an error that views show in the person's language, with `{0}` for each value in it. */
export interface ErrorSentence {
  readonly where: string;
  readonly text: string;
}

export interface SourceTexts {
  /** What is said through `l10n.t`. */
  readonly localized: readonly SourceText[];
  readonly errors: readonly ErrorSentence[];
  /** Every string that is written out, for words that errors are put together from. */
  readonly strings: ReadonlySet<string>;
}

/** Reads the texts of all sources, parsed by the compiler itself. */
export function readSourceTexts(): SourceTexts {
  const api = new API({ cwd: root });
  try {
    const [project] = api.updateSnapshot({ openProject: path.join(root, 'tsconfig.json') }).getProjects();
    const localized: SourceText[] = [];
    const errors: ErrorSentence[] = [];
    const strings = new Set<string>();
    for (const name of readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })) {
      const file = name.endsWith('.ts') && project?.program.getSourceFile(path.join(root, 'src', name));
      if (!file) {
        continue;
      }
      const sourcePath = name.replaceAll(path.sep, '/');
      const where = (node: Node): string =>
        `src/${sourcePath}:${file.text.slice(0, node.getStart(file)).split('\n').length}`;
      const visit = (node: Node, raises: boolean): void => {
        if (isCallExpression(node) && isLocalizing(node)) {
          const [first, ...values] = node.arguments;
          const text = first && isString(first) ? first.text : null;
          localized.push({ where: where(node), text, values: values.length });
          for (const value of values) {
            visit(value, raises);
          }
          return;
        }
        const text = textOf(node);
        if (text !== null) {
          strings.add(text);
          if (raises && isSentence(text)) {
            errors.push({ where: where(node), text });
          }
        }
        const raisesBelow = raisesIn(node, sourcePath) ?? raises;
        node.forEachChild((child) => visit(child, raisesBelow));
      };
      visit(file, sourcePath.startsWith('client/'));
    }
    return { localized, errors, strings };
  } finally {
    api.close();
  }
}

/** `l10n.t(…)`, whatever `l10n` is a property of. */
function isLocalizing({ expression }: CallExpression): boolean {
  if (!isPropertyAccessExpression(expression) || expression.name.text !== 't') {
    return false;
  }
  const object = expression.expression;
  return (isPropertyAccessExpression(object) ? object.name.text : isIdentifier(object) && object.text) === 'l10n';
}

/**
 * Whether the strings in a node are for an error that people see; `undefined` where that is as it is around it. The
 * client keeps sentences in tables too, so all of it counts but what it throws for itself alone.
 */
function raisesIn(node: Node, sourcePath: string): boolean | undefined {
  const emulator = /^accounts\/emulator\w+\.ts$/.test(sourcePath);
  if (isNewExpression(node) && isIdentifier(node.expression)) {
    switch (node.expression.text) {
      case 'ServiceError':
      case 'SettingError':
        // What a command refuses is for the developer who called it.
        return !sourcePath.startsWith('commands/');
      case 'Error':
        return emulator;
      default:
    }
  }
  if (isCallExpression(node) && isIdentifier(node.expression) && node.expression.text === 'fail') {
    return emulator;
  }
  return isPropertyAssignment(node) && node.name.getText() === 'message' && sourcePath === 'accounts/accountSettings.ts'
    ? true
    : undefined;
}

function isString(node: Node): node is StringLiteral | NoSubstitutionTemplateLiteral {
  return isStringLiteral(node) || isNoSubstitutionTemplateLiteral(node);
}

function textOf(node: Node): string | null {
  if (isString(node)) {
    return node.text;
  }
  return isTemplateExpression(node)
    ? node.head.text + node.templateSpans.map(({ literal }, index) => `{${index}}${literal.text}`).join('')
    : null;
}

/** What stands on the pages that a browser shows at the end of a sign-in. */
const browserPage = /^You are (?:not )?signed in\.|^This is not the answer that was waited for/;
const nameOfCloud = /^Azure (?:China|Germany|US Government)$/;
const nameOfService = /^(?:Azure Media Services v2|Ravnur Media Services)$/;
const filterOfOData = /^\w+ (?:eq|ne|lt|le|gt|ge) /;

/** Words that begin as a sentence does, and are one that views show. */
function isSentence(text: string): boolean {
  const isOther = [browserPage, nameOfCloud, nameOfService, filterOfOData].some((other) => other.test(text));
  return !isOther && /^(?:[A-Z"]|\{0\}[. ]).* .*[a-z]/s.test(text);
}
