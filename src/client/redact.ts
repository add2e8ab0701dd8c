/** What stands where a secret was. */
export const redacted = '<redacted>';

/** Headers whose values are secrets in themselves. */
const secretHeaders: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization', 'set-cookie']);

/** Takes secrets out of a text, plain and percent-encoded. Needed where a service echoes what it was sent. */
export function redactText(text: string, secrets: readonly string[]): string {
  let result = text;
  for (const secret of secrets) {
    // Half a surrogate pair cannot be encoded; it is sent as what stands for one.
    for (const form of new Set([secret, encodeURIComponent(secret.toWellFormed())])) {
      // A shorter string is no secret but would tear holes into every text.
      if (form.length >= 4) {
        result = result.replaceAll(form, redacted);
      }
    }
  }
  return result;
}

/** Headers as they may be shown. `Bearer` stays, to show how the request signs in. */
export function redactHeaders(
  headers: Iterable<readonly [name: string, value: string]>,
  secrets: readonly string[],
): (readonly [name: string, value: string])[] {
  return Array.from(headers, ([name, value]) => {
    if (!secretHeaders.has(name.toLowerCase())) {
      return [name, redactText(value, secrets)] as const;
    }
    return [name, value.startsWith('Bearer ') ? `Bearer ${redacted}` : redacted] as const;
  });
}

const longestMessage = 500;

/**
 * A text from elsewhere made fit for one line of a message: control and direction characters out, white space
 * collapsed, at most 500 characters.
 */
export function plainLine(text: string): string {
  const line = text
    .slice(0, 4 * longestMessage)
    // C0 and C1 controls, zero-width and bidirectional controls, line separators, the byte order mark.
    .replace(/[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > longestMessage ? `${line.slice(0, longestMessage - 1)}…` : line;
}
