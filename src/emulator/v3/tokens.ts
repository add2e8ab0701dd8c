import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject, sign } from 'node:crypto';
import { type JWTPayload, jwtVerify } from 'jose';
import { ODataError } from '../api/errors.ts';
import type { AccountSecrets } from '../secrets.ts';

/** The bearer tokens of one service: JWTs signed with the emulator's key, for an audience of the service's own. */
export class ServiceTokens {
  readonly #audience: string;
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  readonly #now: () => number;

  /** @param now Unix milliseconds */
  constructor(secrets: AccountSecrets, audience: string, now: () => number) {
    const jwk = { key: secrets.jwtKey as JsonWebKey, format: 'jwk' } as const;
    this.#audience = audience;
    this.#privateKey = createPrivateKey(jwk);
    this.#publicKey = createPublicKey(jwk);
    this.#now = now;
  }

  /**
   * A token. The same of the same: RS256 has nothing random in it, so a token that was given out survives a restart
   * without being kept.
   *
   * @param issuedAt Unix milliseconds
   */
  issue(claims: Readonly<Record<string, unknown>>, issuedAt: number, lifetimeSeconds: number): string {
    const [iss, iat] = [this.#audience, Math.floor(issuedAt / 1000)];
    const parts = [
      { typ: 'JWT', alg: 'RS256' },
      { ...claims, iss, aud: iss, iat, exp: iat + lifetimeSeconds },
    ];
    const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    return `${signed}.${sign('sha256', Buffer.from(signed), this.#privateKey).toString('base64url')}`;
  }

  /**
   * The claims of a token.
   *
   * @throws ODataError 401 for a token that is missing, not of this service, or not good any more
   */
  async check(token: string | undefined): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token ?? '', this.#publicKey, {
        algorithms: ['RS256'],
        audience: this.#audience,
        issuer: this.#audience,
        requiredClaims: ['exp'],
        currentDate: new Date(this.#now()),
      });
      return payload;
    } catch {
      throw new ODataError(401, 'The token is missing, not valid or expired.');
    }
  }
}

/** The token of an `Authorization: Bearer` header. */
export function bearerOf(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}
