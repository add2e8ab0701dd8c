import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isSendable, readExpiry } from '../../../src/client/accessToken.ts';
import { requestAcsToken } from '../../../src/client/ams/acsToken.ts';
import { explainAzureCli } from '../../../src/client/azureCliToken.ts';
import { identityOf } from '../../../src/client/identityOf.ts';
import { explainManagedIdentity } from '../../../src/client/managedIdentityToken.ts';
import { MsalNetwork } from '../../../src/client/msalNetwork.ts';
import { explainAnswer } from '../../../src/client/signInRefusal.ts';
import { requestUserToken } from '../../../src/client/userToken.ts';
import { ServiceError } from '../../../src/jobs/serviceError.ts';
import { FakeClock } from '../fakeClock.ts';
import { type Decoder, decoder, jwt, nothing, replies, replyOf } from './decoder.ts';
import { clock, errorBodies, guid, now } from './samples.ts';
import { soundValue } from './sound.ts';
import { nearJsonText, nearText } from './values.ts';

const claims = nearJsonText(
  { exp: 1_700_000_000, upn: 'a@b.c', appid: guid },
  { exp: 1e308, preferred_username: 'x', app_displayname: '\u202ex' },
);

const swt =
  'http%3a%2f%2fschemas.xmlsoap.org%2fws%2f2005%2f05%2fidentity%2fclaims%2fnameidentifier=contoso&ExpiresOn=1700000000&HMACSHA256=x';
const tokens = fc.oneof(claims.map(jwt), nearText(swt, jwt('{"exp":1}')));

const login = {
  Account: {
    'a.b-login-t': {
      home_account_id: 'a.b',
      environment: 'login',
      realm: 't',
      local_account_id: 'a',
      username: 'u',
      authority_type: 'MSSTS',
    },
  },
  RefreshToken: {
    'a.b-login-refreshtoken-c--': {
      home_account_id: 'a.b',
      environment: 'login',
      credential_type: 'RefreshToken',
      client_id: 'c',
      secret: 'r',
    },
  },
  AppMetadata: { 'appmetadata-login-c': { client_id: 'c', environment: 'login' } },
};

/** The decoders of tokens, of who gives them, and of what is kept of a login. */
export const ofSignIn: readonly Decoder[] = [
  decoder(
    'the answer of the Access Control Service',
    ['client/ams/acsToken.ts', 'client/accessToken.ts'],
    replies(
      fc.oneof(
        nearJsonText(
          { access_token: swt, expires_in: '3600' },
          { access_token: jwt('{"exp":1e306}'), expires_in: 9e307 },
        ),
        errorBodies,
      ),
    ),
    async (reply) => {
      const sender = { send: () => Promise.resolve({ reply: replyOf(reply) }) };
      const request = { tokenUrl: new URL('https://acs.example.com/'), accountName: 'n', accountKey: 'key-1' };
      const { token, lifetimeMs } = await requestAcsToken(
        request,
        sender as never,
        clock,
        new AbortController().signal,
      );
      assert.ok(isSendable(token));
      assert.ok(lifetimeMs === null || (Number.isFinite(lifetimeMs) && lifetimeMs > 0), `${lifetimeMs}`);
    },
  ),
  decoder(
    'an answer of Entra ID',
    ['client/msalNetwork.ts', 'client/signInRefusal.ts'],
    replies(errorBodies),
    async (reply) => {
      const authority = new URL('https://login.microsoftonline.com/');
      const sender = { send: () => Promise.resolve({ reply: replyOf(reply) }) };
      const network = new MsalNetwork({ authority, sender, clock, signal: new AbortController().signal });
      const thrown = await network.sendPostRequestAsync(`${authority.href}t/token`).then(
        () => new Error('MSAL makes nothing of it'),
        (error: unknown) => error,
      );
      soundValue(explainAnswer({ ...reply, contentType: null, retryAfterMs: null }, authority, []).message);
      throw network.explain(thrown);
    },
  ),
  decoder(
    'an address that Entra ID names',
    ['client/msalNetwork.ts'],
    nearText('https://login.microsoftonline.com/t/oauth2/token', 'https://[::1]/'),
    async (address) => {
      const authority = new URL('https://login.microsoftonline.com/');
      const sender = { send: () => Promise.resolve({ reply: replyOf({ body: '{}' }) }) };
      const network = new MsalNetwork({ authority, sender, clock, signal: new AbortController().signal });
      await network.sendGetRequestAsync(address).catch((error: unknown) => {
        throw network.explain(error);
      });
    },
  ),
  decoder(
    'a token',
    ['client/accessToken.ts', 'client/identityOf.ts'],
    tokens,
    (token) => {
      const expiry = readExpiry(token);
      assert.ok(expiry === null || (Number.isFinite(expiry) && expiry > 0), `${expiry}`);
      const identity = identityOf(token);
      assert.ok(identity === null || (identity.length > 0 && identity.length <= 100));
    },
    nothing,
  ),
  decoder(
    'what az and a managed identity say',
    ['client/azureCliToken.ts', 'client/managedIdentityToken.ts'],
    nearText(
      'ERROR: AADSTS50020: User account',
      'Please run az login',
      'Unexpected token { in JSON',
      'identity not found',
      'network_error',
    ),
    (text) => {
      soundValue(explainManagedIdentity(text, false).message);
      throw explainAzureCli(text, undefined);
    },
  ),
  decoder(
    'the login of a person',
    ['client/userToken.ts', 'client/keptLogin.ts'],
    nearJsonText(login),
    async (text) => {
      const asked = new ServiceError('unreachable', 'The test has no network.');
      await requestUserToken(
        {
          by: 'browser',
          tenantId: 't',
          clientId: 'c',
          authorityHost: 'https://login.microsoftonline.com/',
          scope: 's',
          clock: new FakeClock(now),
          sender: { send: () => Promise.resolve({ failure: 'network', error: asked }) } as never,
          prompts: {} as never,
          memory: { load: () => Promise.resolve(text), save: () => Promise.resolve() } as never,
          interactive: false,
        },
        new AbortController().signal,
      );
    },
  ),
];
