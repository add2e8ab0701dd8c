import type { Exchange } from '../jobs/exchange.ts';

/** The shells that a request can be written for. */
export type CurlShell = 'posix' | 'powershell';

/** Where the token comes from: it stands in no command that is copied. */
export const tokenVariable = 'MEDIA_SERVICES_TOKEN';

/** What takes the place of secrets in exchanges. */
const redacted = '<redacted>';

/** curl makes these itself, and knows better. */
const ownHeaders: ReadonlySet<string> = new Set(['host', 'content-length', 'connection', 'accept-encoding']);

/**
 * A request as a command line for curl, which sends the same again. Whatever stands in it is quoted, so that a shell does
 * nothing with it but pass it on.
 */
export function curlCommand({ method, url, headers, body }: Exchange['request'], shell: CurlShell): string {
  const quote = shell === 'posix' ? quotePosix : quotePowerShell;
  const variable = shell === 'posix' ? `$${tokenVariable}` : `$env:${tokenVariable}`;
  const parts = [`${shell === 'posix' ? 'curl' : 'curl.exe'} --url ${quote(url)}`];
  if (/[[\]{}]/.test(url)) {
    // Which curl takes for a set of several addresses.
    parts.push('--globoff');
  }
  if (method !== 'GET' || body !== '') {
    parts.push(`--request ${quote(method)}`);
  }
  for (const [name, value] of headers) {
    const lowerName = name.toLowerCase();
    if (lowerName === 'authorization') {
      const scheme = value.startsWith('Bearer ') ? 'Bearer ' : '';
      parts.push(`-H "Authorization: ${scheme}${variable}"`);
    } else if (lowerName === 'accept-encoding') {
      parts.push('--compressed');
    } else if (!ownHeaders.has(lowerName) && isHeaderName(name) && value !== redacted) {
      parts.push(`-H ${quote(headerArgument(name, value))}`);
    }
  }
  if (body !== '') {
    // Unlike --data, it does not take what begins with @ for the name of a file.
    parts.push(`--data-raw ${quote(body)}`);
  }
  return parts.join(shell === 'posix' ? ' \\\n  ' : ' `\n  ');
}

/** A name that is no token cannot have been sent, and curl reads a file where one begins with @. */
function isHeaderName(name: string): boolean {
  return /^[!#$%&'*+.^_`|~\w-]+$/.test(name);
}

/** curl leaves out a header without a value, unless it ends in a semicolon. */
function headerArgument(name: string, value: string): string {
  const line = value.replace(/[\r\n]+/g, ' ');
  return line.trim() === '' ? `${name};` : `${name}: ${line}`;
}

/**
 * What a terminal would act on while it is pasted, even between quotes, and what does not show there or turns what does.
 * A line feed is none: it is only a part of a longer paste.
 */
const controls = /(?:(?!\n|\p{Variation_Selector})[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}])+/gu;

/**
 * For POSIX shells: everything between single quotes is literal, and a single quote cannot be there. Control characters
 * and what does not show are written as escapes of `printf`. A NUL cannot be passed to a program and is left out.
 */
function quotePosix(text: string): string {
  const octal = (characters: string): string =>
    Array.from(Buffer.from(characters), (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  const quoted = clean(text)
    .replaceAll("'", "'\\''")
    .replace(controls, (found) => `'"$(printf '${octal(found)}')"'`);
  return `'${quoted}'`;
}

/**
 * For PowerShell: between single quotes everything is literal but quotes, of which it knows four more than ASCII does; a
 * doubled one stands for itself. Windows PowerShell, and PowerShell before 7.3, hand double quotes to programs unescaped:
 * there, and only there, the command escapes them as programs on Windows read them.
 */
function quotePowerShell(text: string): string {
  const literal = (part: string): string => `'${part.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
  const parts = clean(text).split(new RegExp(`(${controls.source})`, 'gu'));
  const pieces = parts.map((part, index) =>
    index % 2 === 0
      ? literal(part)
      : part
          .split('')
          .map((unit) => `[char]${unit.charCodeAt(0)}`)
          .join(' + '),
  );
  const joined = pieces.join(' + ');
  if (text.includes('"')) {
    const whole = pieces.length > 1 ? `(${joined})` : joined;
    return `(${whole} -replace '(\\\\*)"', $(if ("$PSNativeCommandArgumentPassing" -in '', 'Legacy') {'$1$1\\"'} else {'$0'}))`;
  }
  return pieces.length > 1 ? `(${joined})` : joined;
}

function clean(text: string): string {
  return text.toWellFormed().replaceAll('\0', '');
}
