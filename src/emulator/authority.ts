import type { IncomingMessage, ServerResponse } from 'node:http';
import { isGoodAssertion, jwtBearer } from './authorityCertificates.ts';
import { missingParameter, refuse } from './authorityErrors.ts';
import { AuthorityGrants, deviceCodeLifetimeSeconds } from './authorityGrants.ts';
import { deviceLoginPage, errorPage, formPostPage } from './authorityPages.ts';
import { clientInfo, type IssueOptions, issueAccessToken, issueIdToken, issuerOf } from './authorityTokens.ts';
import { type JsonReply, sendJson } from './jsonReply.ts';
import { isSameSecret } from './secrets.ts';
import { mediaServicesResource } from './tokens.ts';

/** Entra's usual lifetime, in seconds. */
export const entraTokenLifetime = 3600;

export interface AuthorityOptions extends IssueOptions {
  /** Certificates that the application has registered, in PEM. */
  readonly certificates?: readonly string[];
}

/** A page or a redirect, for a browser. */
interface PageReply {
  readonly status: number;
  readonly html: string;
  readonly location?: string;
}

const devicePath = '/devicelogin';
const managedIdentityPath = '/metadata/identity/oauth2/token';
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
/** As MSAL still writes it, and Entra takes it. */
const shortDeviceGrant = 'device_code';
const openIdScopes: ReadonlySet<string> = new Set(['openid', 'profile', 'email', 'offline_access']);

/**
 * As much of Microsoft Entra ID as signing in to Media Services needs: the tenant's configuration and keys; tokens of
 * both versions for a client with a secret or a certificate; tokens for a person by authorization code with PKCE, by
 * device code and by refresh token; a machine's managed identity. With Entra's error bodies. Whoever opens the sign-in
 * page is the one person of the directory, and agrees.
 */
export class Authority {
  readonly #options: AuthorityOptions;
  readonly #grants: AuthorityGrants;

  constructor(options: AuthorityOptions) {
    this.#options = options;
    this.#grants = new AuthorityGrants(options.now);
  }

  /**
   * Answers a request.
   * @param form the body of a POST
   * @returns false where nothing was answered because the path is none of the authority's
   */
  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    form: URLSearchParams | null,
  ): Promise<boolean> {
    const reply = await this.#reply(request, url, form);
    if (!reply) {
      return false;
    }
    if ('body' in reply) {
      sendJson(response, reply, this.#options.now());
    } else {
      response.writeHead(reply.status, {
        'Cache-Control': 'no-store',
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Length': Buffer.byteLength(reply.html),
        ...(reply.location === undefined ? {} : { Location: reply.location }),
      });
      response.end(reply.html);
    }
    return true;
  }

  async #reply(
    request: IncomingMessage,
    url: URL,
    form: URLSearchParams | null,
  ): Promise<JsonReply | PageReply | null> {
    if (url.pathname === devicePath) {
      return this.#devicePage(form);
    }
    // MSAL appends a slash where the environment names the address.
    if (url.pathname.replace(/\/$/, '') === managedIdentityPath) {
      return this.#managedIdentity(url.searchParams, request.headers['metadata']);
    }
    const [tenant = '', ...rest] = url.pathname.split('/').slice(1);
    const operation = rest.join('/');
    const answer = this.#operations(form, url)[operation];
    if (!answer) {
      return null;
    }
    const { secrets, now } = this.#options;
    if (tenant.toLowerCase() !== secrets.tenantId) {
      const error = operation.startsWith('oauth2/') ? 'invalid_request' : 'invalid_tenant';
      return refuse(now(), 400, error, 90002, [
        `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct`,
        'cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the',
        'tenant.',
      ]);
    }
    return answer();
  }

  #operations(
    form: URLSearchParams | null,
    url: URL,
  ): Readonly<Record<string, () => Promise<JsonReply | null> | JsonReply | PageReply | null>> {
    return {
      'v2.0/.well-known/openid-configuration': () => this.#configuration(),
      'discovery/v2.0/keys': () => this.#keys(),
      'oauth2/v2.0/authorize': () => this.#authorize(form ?? url.searchParams),
      'oauth2/v2.0/devicecode': () => (form ? this.#deviceCode(form) : null),
      'oauth2/v2.0/token': () => (form ? this.#token(form, false) : null),
      'oauth2/token': () => (form ? this.#token(form, true) : null),
    };
  }

  /** The OpenID configuration, as far as there is something behind it. */
  #configuration(): JsonReply {
    const { secrets, authorityHost } = this.#options;
    const tenant = `${authorityHost}${secrets.tenantId}`;
    const body = {
      token_endpoint: `${tenant}/oauth2/v2.0/token`,
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
      jwks_uri: `${tenant}/discovery/v2.0/keys`,
      response_modes_supported: ['query', 'form_post'],
      response_types_supported: ['token', 'code'],
      issuer: issuerOf(authorityHost, secrets.tenantId),
      authorization_endpoint: `${tenant}/oauth2/v2.0/authorize`,
      device_authorization_endpoint: `${tenant}/oauth2/v2.0/devicecode`,
    };
    return { status: 200, body };
  }

  #keys(): JsonReply {
    const { kty, n, e, kid, alg, use } = this.#options.secrets.jwtKey;
    return { status: 200, body: { keys: [{ kty, use, kid, alg, n, e }] } };
  }

  /** The sign-in page, where the one person of the directory agrees at once. */
  #authorize(query: URLSearchParams): PageReply {
    const redirectUri = query.get('redirect_uri') ?? '';
    const clientId = (query.get('client_id') ?? '').toLowerCase();
    const problem = this.#unknownClient(clientId) ?? this.#badScope(query.get('scope') ?? '');
    if (problem) {
      return { status: 200, html: errorPage(String(problem.body['error_description'])) };
    }
    if (!isNativeRedirect(redirectUri)) {
      const { body } = refuse(this.#options.now(), 400, 'invalid_request', 50011, [
        `The redirect URI '${redirectUri}' specified in the request does not match the redirect URIs configured for the`,
        `application '${clientId}'.`,
      ]);
      return { status: 200, html: errorPage(body.error_description) };
    }
    const answer = { ...this.#decide(query, clientId, redirectUri), state: query.get('state') ?? '' };
    if (query.get('response_mode') === 'form_post') {
      return { status: 200, html: formPostPage(redirectUri, answer) };
    }
    const location = new URL(redirectUri);
    location.search = new URLSearchParams(answer).toString();
    return { status: 302, html: '', location: location.href };
  }

  #decide(query: URLSearchParams, clientId: string, redirectUri: string): Record<string, string> {
    const challenge = query.get('code_challenge');
    if (query.get('response_type') !== 'code' || !challenge || query.get('code_challenge_method') !== 'S256') {
      const { body } = refuse(this.#options.now(), 400, 'invalid_request', 501491, [
        'Proof Key for Code Exchange is required, with response type code and method S256.',
      ]);
      return { error: body.error, error_description: body.error_description };
    }
    const code = this.#grants.issueCode({ clientId, redirectUri, challenge, nonce: query.get('nonce') });
    return { code, client_info: clientInfo(this.#options.secrets) };
  }

  #deviceCode(form: URLSearchParams): JsonReply {
    const clientId = (form.get('client_id') ?? '').toLowerCase();
    const problem = this.#unknownClient(clientId) ?? this.#badScope(form.get('scope') ?? '');
    if (problem) {
      return problem;
    }
    const { deviceCode, userCode } = this.#grants.issueDeviceCode(clientId);
    const address = `${this.#options.authorityHost}${devicePath.slice(1)}`;
    const message = `To sign in, use a web browser to open the page ${address} and enter the code ${userCode} to authenticate.`;
    const body = {
      user_code: userCode,
      device_code: deviceCode,
      verification_uri: address,
      expires_in: deviceCodeLifetimeSeconds,
      interval: 1,
      message,
    };
    return { status: 200, body };
  }

  #devicePage(form: URLSearchParams | null): PageReply {
    if (!form) {
      return { status: 200, html: deviceLoginPage('Enter the code displayed on your app or device.') };
    }
    const decision = form.get('decision') === 'declined' ? 'declined' : 'approved';
    const isKnown = this.#grants.decide(form.get('user_code') ?? '', decision);
    return isKnown
      ? { status: 200, html: deviceLoginPage(`The sign-in is ${decision}. You may close this window.`) }
      : { status: 200, html: deviceLoginPage('That code did not work. Check the code and try again.') };
  }

  async #token(form: URLSearchParams, isVersion1: boolean): Promise<JsonReply> {
    const { now, secrets } = this.#options;
    for (const name of ['grant_type', 'client_id']) {
      if (!form.get(name)) {
        return missingParameter(now(), name);
      }
    }
    const clientId = (form.get('client_id') ?? '').toLowerCase();
    const grantType = form.get('grant_type') ?? '';
    switch (grantType) {
      case 'client_credentials':
        return (await this.#refusedClient(form, clientId, isVersion1)) ?? this.#applicationToken(isVersion1);
      case 'authorization_code': {
        const [code, redirect, verifier] = ['code', 'redirect_uri', 'code_verifier'].map(
          (name) => form.get(name) ?? '',
        );
        const grant = this.#grants.redeemCode(code ?? '', clientId, redirect ?? '', verifier ?? '');
        return grant
          ? this.#userTokens(clientId, grant.nonce)
          : this.#invalidGrant('The authorization code is not valid.');
      }
      case 'refresh_token':
        return this.#grants.isGoodRefreshToken(form.get('refresh_token') ?? '', clientId)
          ? this.#userTokens(clientId, null)
          : refuse(now(), 400, 'invalid_grant', 700082, ['The refresh token has expired due to inactivity.']);
      case deviceGrant:
      case shortDeviceGrant:
        return this.#deviceToken(form.get('device_code') ?? '', clientId);
      default:
        return refuse(now(), 400, 'unsupported_grant_type', 70003, [
          `The app requested an unsupported grant type '${grantType}'. The tenant is '${secrets.tenantId}'.`,
        ]);
    }
  }

  async #deviceToken(deviceCode: string, clientId: string): Promise<JsonReply> {
    const now = this.#options.now();
    switch (this.#grants.redeemDeviceCode(deviceCode, clientId)) {
      case 'approved':
        return await this.#userTokens(clientId, null);
      case 'pending':
        return refuse(now, 400, 'authorization_pending', 70016, [
          'OAuth 2.0 device flow error. Authorization is pending. Continue polling.',
        ]);
      case 'declined':
        return refuse(now, 400, 'authorization_declined', 70018, ['The person declined the sign-in.']);
      case 'expired':
        return refuse(now, 400, 'expired_token', 70020, ['The provided value for the device_code is expired.']);
      case 'unknown':
        return this.#invalidGrant('The device code is not valid.');
    }
  }

  async #applicationToken(isVersion1: boolean): Promise<JsonReply> {
    const { secrets, lifetimeSeconds } = this.#options;
    const { token, issuedAt, expiresAt } = await issueAccessToken(this.#options, secrets.clientId, 'app');
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

  async #userTokens(clientId: string, nonce: string | null): Promise<JsonReply> {
    const { secrets, lifetimeSeconds } = this.#options;
    const { token } = await issueAccessToken(this.#options, clientId, 'user');
    return {
      status: 200,
      body: {
        token_type: 'Bearer',
        scope: `${mediaServicesResource}/user_impersonation ${mediaServicesResource}/.default`,
        expires_in: lifetimeSeconds,
        ext_expires_in: lifetimeSeconds,
        access_token: token,
        refresh_token: this.#grants.issueRefreshToken(clientId),
        id_token: await issueIdToken(this.#options, clientId, nonce),
        client_info: clientInfo(secrets),
      },
    };
  }

  /** The Instance Metadata Service of an Azure machine, which knows one identity. */
  async #managedIdentity(query: URLSearchParams, metadata: string | string[] | undefined): Promise<JsonReply> {
    const { secrets, lifetimeSeconds } = this.#options;
    const invalid = (error_description: string): JsonReply => ({
      status: 400,
      body: { error: 'invalid_request', error_description },
    });
    if (metadata !== 'true') {
      return invalid('Required metadata header not specified');
    }
    const clientId = query.get('client_id');
    if (clientId !== null && clientId.toLowerCase() !== secrets.clientId) {
      return invalid('Identity not found');
    }
    if (query.get('resource')?.replace(/\/$/, '') !== mediaServicesResource) {
      return invalid(`The resource named ${query.get('resource') ?? ''} was not found.`);
    }
    const { token, issuedAt, expiresAt } = await issueAccessToken(this.#options, secrets.clientId, 'app');
    return {
      status: 200,
      body: {
        access_token: token,
        client_id: secrets.clientId,
        expires_in: String(lifetimeSeconds),
        expires_on: String(expiresAt),
        ext_expires_in: String(lifetimeSeconds),
        not_before: String(issuedAt),
        resource: mediaServicesResource,
        token_type: 'Bearer',
      },
    };
  }

  /** What Entra would refuse of a client that signs in as itself, in the order it does. */
  async #refusedClient(form: URLSearchParams, clientId: string, isVersion1: boolean): Promise<JsonReply | null> {
    const { secrets, now, authorityHost, certificates = [] } = this.#options;
    const name = isVersion1 ? 'resource' : 'scope';
    const target = form.get(name) ?? '';
    if (target === '') {
      return missingParameter(now(), name);
    }
    const unknown = this.#unknownClient(clientId);
    if (unknown) {
      return unknown;
    }
    if (form.get('client_assertion_type') === jwtBearer) {
      const tenant = `${authorityHost}${secrets.tenantId}`;
      const audiences = [`${tenant}/oauth2/v2.0/token`, `${tenant}/oauth2/token`, `${tenant}/v2.0`];
      const expected = { clientId, audiences, now: now() };
      if (!(await isGoodAssertion(form.get('client_assertion') ?? '', certificates, expected))) {
        return refuse(now(), 401, 'invalid_client', 700027, [
          'The certificate with identifier used to sign the client assertion is not registered on application.',
        ]);
      }
    } else if (!isSameSecret(form.get('client_secret') ?? '', secrets.clientSecret)) {
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
    return this.#wrongResource(target);
  }

  #unknownClient(clientId: string): JsonReply | null {
    const { secrets, now } = this.#options;
    return clientId === secrets.clientId
      ? null
      : refuse(now(), 400, 'unauthorized_client', 700016, [
          `Application with identifier '${clientId}' was not found in the directory '${secrets.tenantId}'. This can happen`,
          'if the application has not been installed by the administrator of the tenant or consented to by any user in the',
          'tenant. You may have sent your authentication request to the wrong tenant.',
        ]);
  }

  #badScope(scope: string): JsonReply | null {
    const targets = scope.split(' ').filter((item) => item !== '' && !openIdScopes.has(item));
    return targets.length === 0
      ? missingParameter(this.#options.now(), 'scope')
      : (targets.map((target) => this.#wrongResource(target)).find((problem) => problem !== null) ?? null);
  }

  #wrongResource(target: string): JsonReply | null {
    const { secrets, now } = this.#options;
    return target.replace(/\/?(\.default|user_impersonation)?$/, '') === mediaServicesResource
      ? null
      : refuse(now(), 400, 'invalid_resource', 500011, [
          `The resource principal named ${target} was not found in the tenant named ${secrets.tenantId}.`,
        ]);
  }

  #invalidGrant(sentence: string): JsonReply {
    return refuse(this.#options.now(), 400, 'invalid_grant', 70000, [sentence]);
  }
}

/** Applications on a machine take their answer on loopback, at any port (RFC 8252 section 7.3). */
function isNativeRedirect(redirectUri: string): boolean {
  const url = URL.parse(redirectUri);
  return url?.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
}
