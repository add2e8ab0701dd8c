import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { importJWK, jwtVerify, SignJWT } from 'jose';
import { ODataError } from '../api/errors.ts';
import type { AccountSecrets } from '../secrets.ts';

/** The bearer tokens of one service: JWTs signed with the emulator's key, for an audience of the service's own. */
export class ServiceTokens {
  readonly #secrets: AccountSecrets;
  readonly #audience: string;
  readonly #publicKey: KeyObject;
  readonly #now: () => number;

  /** @param now Unix milliseconds */
  constructor(secrets: AccountSecrets, audience: string, now: () => number) {
    this.#secrets = secrets;
    this.#audience = audience;
    this.#publicKey = createPublicKey({ key: secrets.jwtKey as JsonWebKey, format: 'jwk' });
    this.#now = now;
  }

  /**
   * A token. The same of the same: RS256 has nothing random in it, so a token that was given out survives a restart
   * without being kept.
   *
   * @param issuedAt Unix milliseconds
   */
  async issue(claims: Readonly<Record<string, unknown>>, issuedAt: number, lifetimeSeconds: number): Promise<string> {
    const seconds = Math.floor(issuedAt / 1000);
    return new SignJWT({ ...claims })
      .setProtectedHeader({ typ: 'JWT', alg: 'RS256' })
      .setIssuer(this.#audience)
      .setAudience(this.#audience)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + lifetimeSeconds)
      .sign(await importJWK(this.#secrets.jwtKey, 'RS256'));
  }

  /** @throws ODataError 401 for a token that is missing, not of this service, or not good any more */
  async check(token: string | undefined): Promise<void> {
    try {
      await jwtVerify(token ?? '', this.#publicKey, {
        algorithms: ['RS256'],
        audience: this.#audience,
        issuer: this.#audience,
        requiredClaims: ['exp'],
        currentDate: new Date(this.#now()),
      });
    } catch {
      throw new ODataError(401, 'The token is missing, not valid or expired.');
    }
  }
}

/** The token of an `Authorization: Bearer` header. */
export function bearerOf(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}
