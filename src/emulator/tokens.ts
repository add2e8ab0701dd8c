import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { errors, jwtVerify } from 'jose';
import { ODataError } from './api/errors.ts';
import type { AccountSecrets } from './secrets.ts';
import { verifySwt } from './swt.ts';

/** The audience of Entra tokens for the global cloud's Media Services (MS docs "Azure AD authentication"). */
export const mediaServicesResource = 'https://rest.media.azure.net';

/** Checks the tokens that clients bring: JWTs of the authority and SWTs of ACS, by signature, audience and expiry. */
export class TokenVerifier {
  readonly #secrets: AccountSecrets;
  readonly #publicKey: KeyObject;
  readonly #issuer: string;
  readonly #swtIssuer: string;
  readonly #now: () => number;

  constructor(options: {
    readonly secrets: AccountSecrets;
    /** Who issues JWTs. */
    readonly issuer: string;
    readonly swtIssuer: string;
    /** Unix milliseconds. */
    readonly now: () => number;
  }) {
    this.#secrets = options.secrets;
    this.#publicKey = createPublicKey({ key: options.secrets.jwtKey as JsonWebKey, format: 'jwk' });
    this.#issuer = options.issuer;
    this.#swtIssuer = options.swtIssuer;
    this.#now = options.now;
  }

  /** @throws ODataError 401 for a header that is missing, malformed, or carries a token that is not (or no longer) good */
  async check(authorization: string | undefined): Promise<void> {
    const token = /^Bearer +(?<token>\S+)$/i.exec(authorization ?? '')?.groups?.['token'];
    if (token === undefined) {
      throw unauthorized(
        authorization === undefined ? 'The Authorization header is missing.' : 'The Authorization header is malformed.',
      );
    }
    // Only an SWT has its pairs in the open; a JWT's alphabet knows no `=` before an optional padding.
    await (token.includes('&HMACSHA256=') ? this.#checkSwt(token) : this.#checkJwt(token));
  }

  #checkSwt(token: string): void {
    const problem = verifySwt(token, {
      key: this.#secrets.swtKey,
      issuer: this.#swtIssuer,
      nowSeconds: Math.floor(this.#now() / 1000),
    });
    if (problem) {
      throw unauthorized(problem);
    }
  }

  async #checkJwt(token: string): Promise<void> {
    try {
      await jwtVerify(token, this.#publicKey, {
        algorithms: ['RS256'],
        audience: mediaServicesResource,
        issuer: this.#issuer,
        requiredClaims: ['exp'],
        currentDate: new Date(this.#now()),
      });
    } catch (error) {
      if (error instanceof errors.JWTExpired) {
        throw unauthorized('The token is expired.');
      }
      if (error instanceof errors.JWTClaimValidationFailed) {
        throw unauthorized(`The token's claim '${error.claim}' is not accepted.`);
      }
      throw unauthorized('The token is malformed or its signature is not valid.');
    }
  }
}

function unauthorized(message: string): ODataError {
  return new ODataError(401, `Unauthorized: ${message}`);
}
