import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK } from 'jose';

/** Who the emulator's account and directory are, and all that must stay secret about them. Kept across a resume. */
export interface AccountSecrets {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly subscriptionId: string;
  readonly accountName: string;
  /** Base64, 32 bytes, as an account's primary key is. */
  readonly accountKey: string;
  /** Signs SWTs; base64. The service's own, no client ever has it. */
  readonly swtKey: string;
  /** Signs JWTs: an RSA private key. */
  readonly jwtKey: JWK;
  readonly adminToken: string;
}

/** Makes new ones, all random except the account's name. */
export async function createSecrets(): Promise<AccountSecrets> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return {
    tenantId: randomUUID(),
    clientId: randomUUID(),
    clientSecret: randomBytes(30).toString('base64url'),
    subscriptionId: randomUUID(),
    accountName: 'emulator',
    accountKey: randomBytes(32).toString('base64'),
    swtKey: randomBytes(32).toString('base64'),
    jwtKey: { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: 'RS256', use: 'sig' },
    adminToken: randomBytes(32).toString('base64url'),
  };
}

/** Compares in a time that tells nothing about where two secrets differ. */
export function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
