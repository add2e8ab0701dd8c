import { createHash, randomBytes, randomInt } from 'node:crypto';

/** What a person has agreed to in the browser, until the client fetches its token for it. */
interface CodeGrant {
  readonly clientId: string;
  readonly redirectUri: string;
  /** PKCE with S256 (RFC 7636). */
  readonly challenge: string;
  readonly nonce: string | null;
  readonly expiresAt: number;
}

interface DeviceGrant {
  readonly clientId: string;
  readonly userCode: string;
  readonly expiresAt: number;
  decision: 'pending' | 'approved' | 'declined';
}

interface RefreshGrant {
  readonly clientId: string;
  readonly expiresAt: number;
}

const codeLifetimeMs = 10 * 60_000;
export const deviceCodeLifetimeSeconds = 900;
const refreshLifetimeMs = 90 * 24 * 3_600_000;
/** Of each kind; whoever finds the address may ask for more, and the oldest go. */
const mostGrants = 1000;
/** Letters and digits that nobody confuses, as Entra's user codes have them. */
const userCodeAlphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** The grants that the authority has given out and that are not used up yet. Times are Unix milliseconds. */
export class AuthorityGrants {
  readonly #codes = new Map<string, CodeGrant>();
  readonly #devices = new Map<string, DeviceGrant>();
  readonly #refresh = new Map<string, RefreshGrant>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** How many there are of all kinds. */
  get size(): number {
    return this.#codes.size + this.#devices.size + this.#refresh.size;
  }

  issueCode(grant: Omit<CodeGrant, 'expiresAt'>): string {
    return keep(this.#codes, { ...grant, expiresAt: this.#now() + codeLifetimeMs }, this.#now());
  }

  /** A code is good once, for the client and the redirect it was given to, with the verifier of its challenge. */
  redeemCode(code: string, clientId: string, redirectUri: string, verifier: string): CodeGrant | null {
    const grant = this.#codes.get(code);
    this.#codes.delete(code);
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const isGood =
      grant?.clientId === clientId &&
      grant.redirectUri === redirectUri &&
      grant.challenge === challenge &&
      this.#now() < grant.expiresAt;
    return isGood ? grant : null;
  }

  issueDeviceCode(clientId: string): { readonly deviceCode: string; readonly userCode: string } {
    const letters = Array.from({ length: 9 }, () => userCodeAlphabet[randomInt(userCodeAlphabet.length)]);
    const userCode = letters.join('');
    const expiresAt = this.#now() + deviceCodeLifetimeSeconds * 1000;
    const deviceCode = keep(this.#devices, { clientId, userCode, expiresAt, decision: 'pending' }, this.#now());
    return { deviceCode, userCode };
  }

  /** @returns false where no device waits with this code */
  decide(userCode: string, decision: 'approved' | 'declined'): boolean {
    const wanted = userCode.toUpperCase().replace(/[\s-]/g, '');
    const grant = [...this.#devices.values()].find((device) => device.userCode === wanted);
    if (grant?.decision !== 'pending' || this.#now() >= grant.expiresAt) {
      return false;
    }
    grant.decision = decision;
    return true;
  }

  /** How a device's request stands; an approved one is used up. */
  redeemDeviceCode(deviceCode: string, clientId: string): DeviceGrant['decision'] | 'unknown' | 'expired' {
    const grant = this.#devices.get(deviceCode);
    if (grant?.clientId !== clientId) {
      return 'unknown';
    }
    if (this.#now() >= grant.expiresAt) {
      return 'expired';
    }
    if (grant.decision === 'approved') {
      this.#devices.delete(deviceCode);
    }
    return grant.decision;
  }

  issueRefreshToken(clientId: string): string {
    return keep(this.#refresh, { clientId, expiresAt: this.#now() + refreshLifetimeMs }, this.#now());
  }

  /** As Entra's for native clients, a refresh token stays good after it was used. */
  isGoodRefreshToken(token: string, clientId: string): boolean {
    const grant = this.#refresh.get(token);
    return grant?.clientId === clientId && this.#now() < grant.expiresAt;
  }
}

/** Keeps a grant under a new random key, and drops those that have expired or are too many. */
function keep<T extends { readonly expiresAt: number }>(grants: Map<string, T>, grant: T, now: number): string {
  for (const [key, { expiresAt }] of grants) {
    // The oldest come first.
    if (expiresAt <= now || grants.size >= mostGrants) {
      grants.delete(key);
    }
  }
  const key = randomBytes(32).toString('base64url');
  grants.set(key, grant);
  return key;
}
