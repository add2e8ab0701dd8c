import { plainLine } from './text.ts';

/** Markdown as GitHub, GitLab and Azure DevOps read it, for texts that somebody else wrote. */

/**
 * One line that reads as it is: no markup, HTML, link, picture, table cell, emoji or mention. Backslashes do for markup.
 * Mentions, references to issues and addresses are looked for in what is already drawn, where backslashes are gone: an
 * invisible word joiner keeps those apart.
 */
export function escapeGithubMarkdown(text: string): string {
  return plainLine(text)
    .replace(/[@#!%~^:$&](?=[\p{L}\p{N}_/+-])|\bwww(?=\.)|\bGH(?=-\d)/giu, '$&\u2060')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_{}[\]()#+\-.!|~:@"'^=]/g, '\\$&')
    .replaceAll('$', '&#36;');
}

/** Lines in which nothing is live. The fence is longer than any run of backticks within. */
export function fencedBlock(text: string): string {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/).map((line) => plainLeadingSpace(line));
  const longest =
    lines
      .join('\n')
      .match(/`+/g)
      ?.reduce((most, run) => Math.max(most, run.length), 0) ?? 0;
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `${fence}text\n${lines.join('\n')}\n${fence}`;
}

/** An id between backticks where it is made of what ids are made of, which mean nothing there. */
export function codeSpan(text: string): string {
  return /^[\w:/.-]+$/.test(text) ? `\`${text}\`` : escapeGithubMarkdown(text);
}

/** A line without what cannot be seen; the space that it begins with stays. */
function plainLeadingSpace(line: string): string {
  const space = /^[\t ]*/.exec(line)?.[0] ?? '';
  return `${space.replaceAll('\t', '  ')}${plainLine(line)}`;
}
