import { ownProperty } from './odata.ts';

/** The parts of a login as MSAL writes it (`JsonCache` of `@azure/msal-node`). */
const parts = ['Account', 'IdToken', 'AccessToken', 'RefreshToken', 'AppMetadata'] as const;

/** A login of one person has one entry of each; MSAL goes through all pairs of them, and of the letters of a text. */
const mostEntries = 20;
/** Characters. A login takes about 4,000. */
const longestLogin = 200_000;

/**
 * The login that a text holds, with nothing in it but what belongs to one.
 * @returns `null` where it is none: damaged, foreign, or larger than any that is written here
 */
export function soundLogin(text: string): string | null {
  if (text.length > longestLogin) {
    return null;
  }
  let login: unknown;
  try {
    login = JSON.parse(text);
  } catch {
    return null;
  }
  const known = parts.map((part) => [part, ownProperty(login, part) ?? {}] as const);
  return known.every(([, entries]) => areEntries(entries)) ? JSON.stringify(Object.fromEntries(known)) : null;
}

function areEntries(value: unknown): boolean {
  const entries = isObject(value) ? Object.values(value) : null;
  return entries !== null && entries.length <= mostEntries && entries.every(isObject);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
