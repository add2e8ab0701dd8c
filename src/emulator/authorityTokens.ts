import { randomBytes } from 'node:crypto';
import { importJWK, SignJWT } from 'jose';
import type { AccountSecrets } from './secrets.ts';
import { mediaServicesResource } from './tokens.ts';

/** The one person that the emulator's directory knows. */
export const emulatorUser = {
  upn: 'operator@emulator.example',
  name: 'Emulator Operator',
  objectId: '3f2c8a52-6f0f-4d0e-9a0b-7c1de2f5a901',
} as const;

export interface IssueOptions {
  readonly secrets: AccountSecrets;
  readonly authorityHost: string;
  readonly lifetimeSeconds: number;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Who the tokens of this authority name as their issuer. */
export function issuerOf(authorityHost: string, tenantId: string): string {
  return `${authorityHost}${tenantId}/v2.0`;
}

export interface IssuedToken {
  readonly token: string;
  /** Unix seconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** An access token for Media Services, of the application itself or of a person who uses it. */
export function issueAccessToken(options: IssueOptions, clientId: string, of: 'app' | 'user'): Promise<IssuedToken> {
  const { secrets } = options;
  return sign(options, mediaServicesResource, {
    appid: clientId,
    azp: clientId,
    tid: secrets.tenantId,
    idtyp: of,
    ...(of === 'user'
      ? { upn: emulatorUser.upn, name: emulatorUser.name, oid: emulatorUser.objectId, scp: 'user_impersonation' }
      : {}),
    // Tells apart two tokens of the same second.
    uti: randomBytes(16).toString('base64url'),
    ver: '1.0',
  });
}

/** The ID token that tells a client who has signed in. */
export async function issueIdToken(options: IssueOptions, clientId: string, nonce: string | null): Promise<string> {
  const { token } = await sign(options, clientId, {
    tid: options.secrets.tenantId,
    oid: emulatorUser.objectId,
    sub: emulatorUser.objectId,
    preferred_username: emulatorUser.upn,
    name: emulatorUser.name,
    ...(nonce === null ? {} : { nonce }),
    ver: '2.0',
  });
  return token;
}

/** What Entra adds beside the ID token: which account it is of, by its home. */
export function clientInfo({ tenantId }: AccountSecrets): string {
  return Buffer.from(JSON.stringify({ uid: emulatorUser.objectId, utid: tenantId })).toString('base64url');
}

async function sign(
  { secrets, authorityHost, lifetimeSeconds, now }: IssueOptions,
  audience: string,
  claims: Readonly<Record<string, unknown>>,
): Promise<IssuedToken> {
  const issuedAt = Math.floor(now() / 1000);
  const expiresAt = issuedAt + lifetimeSeconds;
  const token = await new SignJWT({ ...claims })
    .setProtectedHeader({ typ: 'JWT', alg: 'RS256', ...(secrets.jwtKey.kid ? { kid: secrets.jwtKey.kid } : {}) })
    .setIssuer(issuerOf(authorityHost, secrets.tenantId))
    .setAudience(audience)
    .setIssuedAt(issuedAt)
    .setNotBefore(issuedAt)
    .setExpirationTime(expiresAt)
    .sign(await importJWK(secrets.jwtKey, 'RS256'));
  return { token, issuedAt, expiresAt };
}
