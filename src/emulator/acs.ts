import { randomUUID } from 'node:crypto';
import type { JsonReply } from './jsonReply.ts';
import { type AccountSecrets, isSameSecret } from './secrets.ts';
import { acsScope, createSwt } from './swt.ts';

/** Path of the token endpoint, as on the real host. */
export const acsPath = '/v2/OAuth2-13';

/** Lifetime of the recorded token: 6 h, in seconds. */
export const acsTokenLifetime = 21_600;

export interface AcsOptions {
  readonly secrets: AccountSecrets;
  readonly issuer: string;
  readonly lifetimeSeconds: number;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Answers a token request with account name and key, as the Access Control Service did for Media Services. */
export function handleAcs(form: URLSearchParams, { secrets, issuer, lifetimeSeconds, now }: AcsOptions): JsonReply {
  if (form.get('grant_type') !== 'client_credentials') {
    return refuse('unsupported_grant_type', "ACS50009: SWT token requests need the grant_type 'client_credentials'.");
  }
  if (form.get('scope') !== acsScope) {
    return refuse(
      'invalid_scope',
      `ACS50001: Relying party with identifier '${form.get('scope') ?? ''}' was not found.`,
    );
  }
  const isAccount =
    form.get('client_id') === secrets.accountName && isSameSecret(form.get('client_secret') ?? '', secrets.accountKey);
  if (!isAccount) {
    return refuse(
      'invalid_client',
      `ACS50012: Authentication failed. Trace ID: ${randomUUID()}. Timestamp: ${new Date(now()).toISOString()}`,
      401,
    );
  }
  const expiresOnSeconds = Math.floor(now() / 1000) + lifetimeSeconds;
  const { accountName, subscriptionId, swtKey } = secrets;
  return {
    status: 200,
    body: {
      token_type: 'http://schemas.xmlsoap.org/ws/2009/11/swt-token-profile-1.0',
      access_token: createSwt({ accountName, subscriptionId, issuer, expiresOnSeconds }, swtKey),
      expires_in: String(lifetimeSeconds),
      scope: acsScope,
    },
  };
}

function refuse(error: string, description: string, status = 400): JsonReply {
  return { status, body: { error, error_description: description } };
}
