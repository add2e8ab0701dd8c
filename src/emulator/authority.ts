import { randomBytes, randomUUID } from 'node:crypto';
import { importJWK, SignJWT } from 'jose';
import type { JsonReply } from './jsonReply.ts';
import { type AccountSecrets, isSameSecret } from './secrets.ts';
import { mediaServicesResource } from './tokens.ts';

/** Entra's usual lifetime, in seconds. */
export const entraTokenLifetime = 3600;

export interface AuthorityOptions {
  readonly secrets: AccountSecrets;
  /** With its closing slash. */
  readonly authorityHost: string;
  readonly lifetimeSeconds: number;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Who the tokens of this authority name as their issuer. */
export function issuerOf(authorityHost: string, tenantId: string): string {
  return `${authorityHost}${tenantId}/v2.0`;
}

/**
 * As much of Microsoft Entra ID as a service principal with a secret needs: the tenant's configuration, keys, and the
 * token endpoints of both versions, with Entra's error bodies.
 *
 * @returns null for a path that is none of the authority's
 */
export async function handleAuthority(
  path: string,
  form: URLSearchParams | null,
  options: AuthorityOptions,
): Promise<JsonReply | null> {
  const [tenant = '', ...rest] = path.split('/').slice(1);
  const operation = rest.join('/');
  const isToken = operation === 'oauth2/v2.0/token' || operation === 'oauth2/token';
  if (!isToken && operation !== 'v2.0/.well-known/openid-configuration' && operation !== 'discovery/v2.0/keys') {
    return null;
  }
  const { secrets, now } = options;
  if (tenant.toLowerCase() !== secrets.tenantId) {
    return refuse(now(), 400, isToken ? 'invalid_request' : 'invalid_tenant', 90002, [
      `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct`,
      'cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the',
      'tenant.',
    ]);
  }
  if (!isToken) {
    return { status: 200, body: operation.startsWith('v2.0/') ? configuration(options) : keys(secrets) };
  }
  return form ? issue(form, operation === 'oauth2/token', options) : null;
}

/** The OpenID configuration, as far as there is something behind it. */
function configuration({ secrets, authorityHost }: AuthorityOptions): Record<string, unknown> {
  const tenant = `${authorityHost}${secrets.tenantId}`;
  return {
    token_endpoint: `${tenant}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post'],
    jwks_uri: `${tenant}/discovery/v2.0/keys`,
    response_types_supported: ['token'],
    issuer: issuerOf(authorityHost, secrets.tenantId),
    // Sign-in libraries refuse a configuration without it, also where they never use it.
    authorization_endpoint: `${tenant}/oauth2/v2.0/authorize`,
  };
}

function keys({ jwtKey: { kty, n, e, kid, alg, use } }: AccountSecrets): Record<string, unknown> {
  return { keys: [{ kty, use, kid, alg, n, e }] };
}

async function issue(form: URLSearchParams, isVersion1: boolean, options: AuthorityOptions): Promise<JsonReply> {
  const { secrets, lifetimeSeconds, now } = options;
  const problem = problemOf(form, isVersion1, options);
  if (problem) {
    return problem;
  }
  const issuedAt = Math.floor(now() / 1000);
  const expiresAt = issuedAt + lifetimeSeconds;
  const token = await new SignJWT({
    appid: secrets.clientId,
    azp: secrets.clientId,
    tid: secrets.tenantId,
    idtyp: 'app',
    // Tells apart two tokens of the same second.
    uti: randomBytes(16).toString('base64url'),
    ver: '1.0',
  })
    .setProtectedHeader({ typ: 'JWT', alg: 'RS256', ...(secrets.jwtKey.kid ? { kid: secrets.jwtKey.kid } : {}) })
    .setIssuer(issuerOf(options.authorityHost, secrets.tenantId))
    .setAudience(mediaServicesResource)
    .setIssuedAt(issuedAt)
    .setNotBefore(issuedAt)
    .setExpirationTime(expiresAt)
    .sign(await importJWK(secrets.jwtKey, 'RS256'));
  return {
    status: 200,
    body: isVersion1
      ? {
          token_type: 'Bearer',
          expires_in: String(lifetimeSeconds),
          ext_expires_in: String(lifetimeSeconds),
          expires_on: String(expiresAt),
          not_before: String(issuedAt),
          resource: mediaServicesResource,
          access_token: token,
        }
      : { token_type: 'Bearer', expires_in: lifetimeSeconds, ext_expires_in: lifetimeSeconds, access_token: token },
  };
}

/** What Entra would refuse, in the order it does. */
function problemOf(form: URLSearchParams, isVersion1: boolean, { secrets, now }: AuthorityOptions): JsonReply | null {
  const clientId = form.get('client_id') ?? '';
  const target = form.get(isVersion1 ? 'resource' : 'scope') ?? '';
  for (const name of ['grant_type', 'client_id', isVersion1 ? 'resource' : 'scope']) {
    if (!form.get(name)) {
      return refuse(now(), 400, 'invalid_request', 900144, [
        `The request body must contain the following parameter: '${name}'.`,
      ]);
    }
  }
  if (form.get('grant_type') !== 'client_credentials') {
    return refuse(now(), 400, 'unsupported_grant_type', 70003, [
      `The app requested an unsupported grant type '${form.get('grant_type') ?? ''}'.`,
    ]);
  }
  if (clientId.toLowerCase() !== secrets.clientId) {
    return refuse(now(), 400, 'unauthorized_client', 700016, [
      `Application with identifier '${clientId}' was not found in the directory '${secrets.tenantId}'. This can happen`,
      'if the application has not been installed by the administrator of the tenant or consented to by any user in the',
      'tenant. You may have sent your authentication request to the wrong tenant.',
    ]);
  }
  if (!isSameSecret(form.get('client_secret') ?? '', secrets.clientSecret)) {
    return refuse(now(), 401, 'invalid_client', 7000215, [
      'Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the',
      `client secret ID, for a secret added to app '${secrets.clientId}'.`,
    ]);
  }
  if (!isVersion1 && !target.endsWith('/.default')) {
    return refuse(now(), 400, 'invalid_scope', 1002012, [
      `The provided value for scope ${target} is not valid. Client credential flows must have a scope value with`,
      '/.default suffixed to the resource identifier (application ID URI).',
    ]);
  }
  if (target.replace(/\/?(\.default)?$/, '') !== mediaServicesResource) {
    return refuse(now(), 400, 'invalid_resource', 500011, [
      `The resource principal named ${target} was not found in the tenant named ${secrets.tenantId}.`,
    ]);
  }
  return null;
}

function refuse(now: number, status: number, error: string, code: number, words: readonly string[]): JsonReply {
  const timestamp = new Date(now).toISOString().replace('T', ' ').replace(/\.\d+/, '');
  const [traceId, correlationId] = [randomUUID(), randomUUID()];
  return {
    status,
    body: {
      error,
      error_description: `AADSTS${code}: ${words.join(' ')} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
      error_codes: [code],
      timestamp,
      trace_id: traceId,
      correlation_id: correlationId,
      error_uri: `https://login.microsoftonline.com/error?code=${code}`,
    },
  };
}
