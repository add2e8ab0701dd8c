import { ownProperty } from './odata.ts';
import { plainLine, redactText } from './redact.ts';

/** Only the beginning of a body is searched; no error is longer. */
const searched = 64 * 1024;

/**
 * The message in the body of a failed answer, whatever its form: OData JSON, verbose and light, as "Error responses" of
 * the OData protocol gives them, that of MK.IO, OAuth (RFC 6749 section 5.2), OData in XML, HTML, plain text.
 * @returns one line without secrets and control characters, at most 500 characters, or '' where the body says nothing.
 */
export function messageOf(body: string, contentType: string | null, secrets: readonly string[]): string {
  // Secrets first: a cut through the middle of one would leave a part that is no longer recognised.
  const text = redactText(body, secrets).slice(0, searched).trim();
  const shown = (message: string): string => plainLine(redactText(message, secrets));
  if (text === '') {
    return '';
  }
  const type = contentType?.toLowerCase() ?? '';
  if (text.startsWith('{')) {
    const message = jsonMessage(text);
    if (message !== null) {
      // And once more, as decoding may have put one together.
      return shown(message);
    }
  }
  if (text.startsWith('<')) {
    const html = type.includes('html') || /^<(?:!doctype html|html)/i.test(text);
    const element = html ? (elementText(text, 'title') ?? elementText(text, 'body')) : elementText(text, 'message');
    return shown(unescapeXml(stripTags(element ?? (html ? text : ''))));
  }
  return type === '' || type.startsWith('text/') ? shown(text) : '';
}

function jsonMessage(text: string): string | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const description = ownProperty(value, 'error_description');
  if (typeof description === 'string') {
    return description;
  }
  const message = ownProperty(ownProperty(value, 'odata.error') ?? ownProperty(value, 'error'), 'message');
  const inner = typeof message === 'string' ? message : ownProperty(message, 'value');
  return typeof inner === 'string' ? inner : plainError(ownProperty(value, 'error'));
}

/** `{code, detail}` as MK.IO has it (Media API, OpenAPI), or the text that its older answers had in its place. */
function plainError(error: unknown): string {
  const detail = ownProperty(error, 'detail');
  const code = ownProperty(error, 'code');
  const parts = [detail, typeof code === 'string' && code !== '' ? `(${code})` : null];
  return typeof error === 'string' ? error : parts.filter((part) => typeof part === 'string').join(' ');
}

/** The text between an element's tags, with any prefix, found without backtracking. */
function elementText(text: string, localName: string): string | null {
  const start = new RegExp(`<(?:[a-z]{1,10}:)?${localName}(?:\\s[^<>]{0,300})?>`, 'i').exec(text);
  if (!start) {
    return null;
  }
  const from = start.index + start[0].length;
  const end = new RegExp(`</(?:[a-z]{1,10}:)?${localName}\\s{0,10}>`, 'i').exec(text.slice(from));
  return end ? text.slice(from, from + end.index) : null;
}

function stripTags(text: string): string {
  return text.replace(/<[^<>]{0,2000}>/g, ' ');
}

function unescapeXml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}
