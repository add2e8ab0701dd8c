import { plainLine } from './redact.ts';

/** Claims that say who somebody is, the most telling first. The last two are ids of applications. */
const claimNames = ['upn', 'preferred_username', 'unique_name', 'email', 'app_displayname', 'appid', 'azp'] as const;
const swtName = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier';
const longestIdentity = 100;

/**
 * As whom a token signs in: the person or application that an Entra token names, the account name in a Simple Web
 * Token. `null` for a token that does not tell. The token is only read, not verified: this is for showing.
 */
export function identityOf(token: string): string | null {
  const name = fromJwt(token) ?? fromSwt(token);
  const line = plainLine(name ?? '').slice(0, longestIdentity);
  return line === '' ? null : line;
}

function fromJwt(token: string): string | null {
  const parts = token.split('.');
  if (parts.length !== 3 || parts[1] === undefined) {
    return null;
  }
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts[1], 'base64url').toString('utf8'));
    if (claims === null || typeof claims !== 'object') {
      return null;
    }
    const texts = new Map(Object.entries(claims).filter((entry): entry is [string, string] => isText(entry[1])));
    return claimNames.map((name) => texts.get(name)).find((text) => text !== undefined) ?? null;
  } catch {
    return null;
  }
}

function fromSwt(token: string): string | null {
  if (!token.includes('&HMACSHA256=')) {
    return null;
  }
  // Part by part: for each part `URLSearchParams` looks for a sign of equality as far as the end of all it is given.
  for (const part of token.split('&')) {
    const name = new URLSearchParams(part).get(swtName);
    if (name !== null) {
      return name;
    }
  }
  return null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
