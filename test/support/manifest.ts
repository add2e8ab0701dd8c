import { readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);

/** A file of the project as text. */
export function projectText(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

export interface Keybinding extends Omit<MenuItem, 'group'> {
  readonly args?: unknown;
  readonly key: string;
  readonly mac?: string;
}

export interface MenuItem {
  readonly command: string;
  readonly when?: string;
  readonly group?: string;
}

export interface WalkthroughStep {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly media: { readonly image: Readonly<Record<string, string>>; readonly altText: string };
  readonly completionEvents: readonly string[];
}

/** The parts of package.json that describe the extension to VS Code and to the marketplace. */
export interface Manifest {
  readonly name: string;
  readonly publisher: string;
  readonly main: string;
  readonly browser?: string;
  readonly repository: { readonly url: string };
  readonly homepage: string;
  readonly bugs: { readonly url: string };
  readonly qna: string;
  readonly pricing: string;
  readonly categories: readonly string[];
  readonly keywords: readonly string[];
  readonly icon: string;
  readonly galleryBanner: { readonly color: string; readonly theme: string };
  readonly capabilities: Readonly<Record<string, unknown>>;
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category?: string }[];
    readonly keybindings: readonly Keybinding[];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly languageModelTools: readonly {
      readonly name: string;
      readonly toolReferenceName: string;
      readonly modelDescription: string;
      readonly userDescription: string;
      readonly canBeReferencedInPrompt: boolean;
      readonly inputSchema: {
        readonly required?: readonly string[];
        readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
      };
    }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string; readonly when: string }[];
    readonly walkthroughs: readonly {
      readonly id: string;
      readonly when: string;
      readonly steps: readonly WalkthroughStep[];
    }[];
    readonly configuration: { readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
  };
}

export const manifestText = projectText('package.json');
export const manifest = JSON.parse(manifestText) as Manifest;
export const texts = JSON.parse(projectText('package.nls.json')) as Readonly<Record<string, string>>;

/** What VS Code knows when it decides whether an item of a menu is there. */
export type WhenContext = Readonly<Record<string, string | boolean | undefined>>;

/** Whether a `when` clause holds. It knows as much of their language as the manifest uses, and refuses the rest. */
export function holds(when: string, context: WhenContext): boolean {
  return when.split(' && ').every((term) => {
    const match = /^(!?)([\w.]+)(?: (==|!=|=~) (.+))?$/.exec(term);
    if (!match) {
      throw new Error(`A clause that this test does not know: ${term}`);
    }
    const [, negated, key = '', operator, operand = ''] = match;
    const value = key === 'false' ? false : context[key];
    switch (operator) {
      case '==':
        return value === operand;
      case '!=':
        return value !== operand;
      case '=~': {
        const [, pattern = '', flags = ''] = /^\/(.*)\/([a-z]*)$/.exec(operand) ?? [];
        return typeof value === 'string' && new RegExp(pattern, flags).test(value);
      }
      default:
        return Boolean(value) !== (negated === '!');
    }
  });
}
