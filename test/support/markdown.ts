import { marked } from 'marked';

/** What VS Code makes of the Markdown of a hover. */
export interface RenderedHover {
  readonly html: string;
  /** What a person reads: without tags, entities resolved. */
  readonly text: string;
  /** Ids of the icons that are drawn. */
  readonly icons: readonly string[];
}

/** The same as VS Code's: `$(name)` in the finished HTML is an icon, unless a backslash stands before it. */
const iconPattern = /(\\)?\$\(([A-Za-z0-9-]+(?:~[A-Za-z]+)?)\)/g;

/** Renders Markdown as VS Code does with `supportThemeIcons`: by marked, icons last. */
export function renderHover(markdown: string): RenderedHover {
  // VS Code first doubles the backslash of an escaped icon, so that it outlives Markdown.
  const kept = markdown.replace(/\\\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/g, '\\$&');
  const html = marked.parse(kept, { async: false, gfm: true });
  const icons: string[] = [];
  const drawn = html.replace(iconPattern, (whole: string, escaped: string | undefined, id: string) => {
    if (escaped) {
      return whole.slice(1);
    }
    icons.push(id);
    return '';
  });
  return { html, text: textOf(drawn), icons };
}

function textOf(html: string): string {
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ' };
  return html
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:#(\d+)|(\w+));/g, (whole, code: string | undefined, name: string | undefined) =>
      code ? String.fromCodePoint(Number(code)) : (entities[name ?? ''] ?? whole),
    )
    .replace(/\s+/g, ' ')
    .trim();
}
