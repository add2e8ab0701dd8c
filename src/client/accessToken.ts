/** A token with how long it is good for. */
export interface AccessToken {
  readonly token: string;
  /**
   * Milliseconds from when it was issued until it expires, or `null` where nothing tells. A span and not a time, so
   * that a machine whose clock is wrong still renews at the right moment.
   */
  readonly lifetimeMs: number | null;
}

/**
 * When a token says that it expires, in milliseconds since the Unix epoch: the claim `exp` of a JWT (RFC 7519), or
 * `ExpiresOn` of a Simple Web Token; both are seconds. `null` for a token that cannot be read or does not say.
 */
export function readExpiry(token: string): number | null {
  return readJwtExpiry(token) ?? readSwtExpiry(token);
}

/**
 * How long a token that was issued just now is good for, in milliseconds, by the clock that wrote it, where the answer that
 * it came in tells what it says.
 * @param date the header of the answer
 * @param now the time here, in milliseconds since the Unix epoch
 * @returns `null` where the token does not say, or not what can be
 */
export function readLifetime(token: string, date: string | null, now: number): number | null {
  const issuedAt = Date.parse(date ?? '');
  const expiresAt = readExpiry(token);
  const lifetimeMs = expiresAt === null ? 0 : expiresAt - (Number.isNaN(issuedAt) ? now : issuedAt);
  return lifetimeMs > 0 ? lifetimeMs : null;
}

function readJwtExpiry(token: string): number | null {
  const parts = token.split('.');
  if (parts.length !== 3 || parts[1] === undefined) {
    return null;
  }
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts[1], 'base64url').toString('utf8'));
    const exp = claims !== null && typeof claims === 'object' && 'exp' in claims ? claims.exp : undefined;
    return typeof exp === 'number' ? fromSeconds(exp) : null;
  } catch {
    return null;
  }
}

function readSwtExpiry(token: string): number | null {
  const seconds = /(?:^|&)ExpiresOn=(\d{1,12})(?:&|$)/.exec(token)?.[1];
  return seconds === undefined ? null : fromSeconds(Number(seconds));
}

function fromSeconds(seconds: number): number | null {
  const time = seconds * 1000;
  return Number.isFinite(time) && time > 0 ? time : null;
}

/**
 * Whether a token can be sent in a header at all. Checked before sending: Node refuses a header with other characters,
 * and nothing but our own sentence should explain that.
 */
export function isSendable(token: string): boolean {
  return /^[\x21-\x7e]+$/.test(token);
}

/**
 * Whether a text has the shape of a JWT (RFC 7519): three parts in base64url with dots between, of which the first two are
 * JSON objects. It is not verified.
 */
export function isJwt(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 3 && parts.every((part) => /^[\w-]+=*$/.test(part)) && parts.slice(0, 2).every(isJsonObject);
}

function isJsonObject(part: string): boolean {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
