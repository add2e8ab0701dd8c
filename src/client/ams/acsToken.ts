import type { Clock } from '../../jobs/clock.ts';
import { ServiceError } from '../../jobs/serviceError.ts';
import { type AccessToken, isSendable, readExpiry } from '../accessToken.ts';
import { detailsOf, errorOfReply } from '../errorReply.ts';
import type { HttpReply, HttpSender } from '../httpSender.ts';
import { ownProperty, readNumber } from '../odata.ts';
import { messageOf } from '../replyMessage.ts';

export interface AcsTokenRequest {
  readonly tokenUrl: URL;
  readonly accountName: string;
  readonly accountKey: string;
}

/** What the token is for, as "Connecting to Media Services with the REST API" gives it. */
const scope = 'urn:WindowsAzureMediaServices';

/**
 * Gets a Simple Web Token for an account name and key from the Access Control Service, as documented for Media Services
 * before Entra ID (`POST …/v2/OAuth2-13`, client credentials). Its lifetime is read from the token's `ExpiresOn`, as
 * the .NET SDK does, else from `expires_in`.
 * @throws ServiceError `signIn` where name or key are refused, `configuration` where no token service answers there.
 */
export async function requestAcsToken(
  request: AcsTokenRequest,
  sender: Pick<HttpSender, 'send'>,
  clock: Clock,
  signal: AbortSignal,
): Promise<AccessToken> {
  const secrets = [request.accountKey];
  const outcome = await sender.send(
    {
      method: 'POST',
      url: request.tokenUrl,
      headers: [
        ['Content-Type', 'application/x-www-form-urlencoded'],
        ['Accept', 'application/json'],
      ],
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: request.accountName,
        client_secret: request.accountKey,
        scope,
      }).toString(),
    },
    { signal, secrets, secretBodies: true },
  );
  if (!outcome.reply) {
    throw outcome.error;
  }
  if (outcome.reply.status !== 200) {
    throw refusal(outcome.reply, clock, secrets);
  }
  return readToken(outcome.reply, clock);
}

function refusal(reply: HttpReply, clock: Clock, secrets: readonly string[]): ServiceError {
  const details = detailsOf(reply, clock, secrets);
  if (reply.status === 400 || reply.status === 401 || reply.status === 403) {
    const message = messageOf(reply.body, reply.header('content-type'), secrets);
    const sentence = 'The token service refuses the account name or the account key';
    return new ServiceError('signIn', message === '' ? `${sentence}.` : `${sentence}: ${message}`, details);
  }
  if (reply.status === 404 || reply.status === 410) {
    return new ServiceError('configuration', `No token service answers at this address: ${reply.url.href}`, details);
  }
  if (reply.status >= 300 && reply.status < 400) {
    // Never followed: the account key would go along.
    return new ServiceError(
      'badReply',
      `The token service redirects, which is not followed: ${reply.url.host}`,
      details,
    );
  }
  // In other words than those for the service itself, which may well be there.
  if (reply.status === 429 || reply.status === 503) {
    return new ServiceError(
      'throttled',
      `The sign-in service is busy. It is asked again later: ${reply.url.host}`,
      details,
    );
  }
  if (reply.status >= 500) {
    return new ServiceError(
      'unreachable',
      `The sign-in service failed to answer (status ${reply.status}): ${reply.url.host}`,
      details,
    );
  }
  return errorOfReply(reply, clock, secrets);
}

function readToken(reply: HttpReply, clock: Clock): AccessToken {
  let document: unknown;
  try {
    document = JSON.parse(reply.body);
  } catch {
    // Reported below; the parser's own message would quote the body.
  }
  const token = ownProperty(document, 'access_token');
  if (typeof token !== 'string' || !isSendable(token)) {
    throw new ServiceError('badReply', `The token service did not answer with a token: ${reply.url.host}`, {
      status: reply.status,
    });
  }
  const expiresInMs = (readNumber(ownProperty(document, 'expires_in')) ?? 0) * 1000;
  // By the clock that wrote the token, where the answer tells what it says.
  const issuedAt = Date.parse(reply.header('date') ?? '');
  const expiresAt = readExpiry(token);
  const lifetimeMs = expiresAt === null ? 0 : expiresAt - (Number.isNaN(issuedAt) ? clock.now() : issuedAt);
  return { token, lifetimeMs: [lifetimeMs, expiresInMs].find((span) => span > 0 && Number.isFinite(span)) ?? null };
}
