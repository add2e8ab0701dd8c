/** What stands where a secret was. */
export const redacted = '<redacted>';

/** Headers whose values are secrets in themselves. */
const secretHeaders: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization', 'set-cookie']);

/** Headers that hold an address, whose query may sign in whoever follows it. */
const addressHeaders: ReadonlySet<string> = new Set(['content-location', 'link', 'location', 'refresh']);

/** A shorter string is no secret but would tear holes into every text. */
const shortestSecret = 4;

/**
 * Takes secrets out of a text, however they are written in it: plain, percent-encoded (also as in forms, and more than
 * once), escaped as in JSON, XML or HTML. Needed where a service echoes what it was sent.
 */
export function redactText(text: string, secrets: readonly string[]): string {
  let result = text;
  for (const secret of secrets) {
    if (secret.length >= shortestSecret && result.includes(longestPlainPart(secret))) {
      result = result.replace(new RegExp(Array.from(secret, formsOf).join(''), 'gu'), redacted);
    }
  }
  return result;
}

/** Letters and digits are the same in every encoding, so that this is in any text that holds the secret. */
function longestPlainPart(secret: string): string {
  const parts = secret.split(/[^A-Za-z0-9]+/);
  return parts.reduce((longest, part) => (part.length > longest.length ? part : longest), '');
}

const entities: ReadonlyMap<string, string> = new Map([
  ['&', 'amp'],
  ['<', 'lt'],
  ['>', 'gt'],
  ['"', 'quot'],
  ["'", 'apos'],
]);

/** A pattern for one character of a secret in every encoding that services write their answers in. */
function formsOf(character: string): string {
  if (/^[A-Za-z0-9]$/.test(character)) {
    return character;
  }
  const code = character.codePointAt(0) ?? 0;
  const entity = entities.get(character);
  const plain = character.replace(/[$()*+./?[\\\]^{|}]/u, '\\$&');
  return `(?:${[
    // A backslash before it is JSON's, or of a JSON in a JSON.
    `\\\\*${plain}`,
    Array.from(Buffer.from(character), (byte) => `%(?:25)*${anyCase(hex(byte, 2))}`).join(''),
    Array.from({ length: character.length }, (_, unit) => `\\\\+u${anyCase(hex(character.charCodeAt(unit), 4))}`).join(
      '',
    ),
    `&(?:amp;)*#(?:0*${code}|[Xx]0*${anyCase(hex(code, 1))});`,
    ...(entity === undefined ? [] : [`&(?:amp;)*${entity};`]),
    ...(character === ' ' ? ['\\+'] : []),
    // The line breaks of a key in PEM.
    ...(character === '\n' ? ['\\r\\n', '(?:\\\\+r)?\\\\+n', '(?:%(?:25)*0[Dd])?%(?:25)*0[Aa]', ' '] : []),
  ].join('|')})`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

function anyCase(digits: string): string {
  return digits.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

/**
 * The values in the query or the fragment of addresses that let in whoever has them: those of OAuth (RFC 6749, RFC 6750),
 * and the signature of shared access (`sig`, Azure Storage); and the password before a host.
 */
const secretInAddress =
  /([?&#;](?:(?:access|id|refresh)_token|token|code|sig|client_secret|client_assertion|assertion|password|api[_-]?key)=)[^&#;\s"'<>]+|(:\/\/)[^/?#\s"'<>@]*@/gi;

/** Headers as they may be shown. `Bearer` stays, to show how the request signs in. */
export function redactHeaders(
  headers: Iterable<readonly [name: string, value: string]>,
  secrets: readonly string[],
): (readonly [name: string, value: string])[] {
  return Array.from(headers, ([name, value]) => {
    if (secretHeaders.has(name.toLowerCase())) {
      return [name, value.startsWith('Bearer ') ? `Bearer ${redacted}` : redacted] as const;
    }
    const text = redactText(value, secrets);
    return [name, addressHeaders.has(name.toLowerCase()) ? redactAddress(text) : text] as const;
  });
}

/** An address without what would let in whoever reads it. */
function redactAddress(address: string): string {
  return address.replace(secretInAddress, (_, parameter?: string, scheme?: string) =>
    parameter === undefined ? `${scheme}${redacted}@` : `${parameter}${redacted}`,
  );
}

/** Fields of a token request whose values are secrets (RFC 6749, 7523, 7636, 8628). */
const secretFields = [
  'assertion',
  'client_assertion',
  'client_secret',
  'code',
  'code_verifier',
  'device_code',
  'password',
  'refresh_token',
];

/** The secrets in the form that a token request sends, so that they can be taken out of an answer that echoes them. */
export function secretsOfForm(body: unknown): string[] {
  if (typeof body !== 'string') {
    return [];
  }
  const form = new URLSearchParams(body);
  return secretFields.flatMap((field) => form.getAll(field));
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
