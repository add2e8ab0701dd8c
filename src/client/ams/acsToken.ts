import type { Clock } from '../../jobs/clock.ts';
import { ServiceError } from '../../jobs/serviceError.ts';
import { type AccessToken, isSendable, readLifetime } from '../accessToken.ts';
import type { HttpReply, HttpSender } from '../httpSender.ts';
import { ownProperty, readNumber } from '../odata.ts';
import { tokenServiceRefusal } from '../tokenServiceRefusal.ts';

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
    throw tokenServiceRefusal(
      outcome.reply,
      clock,
      secrets,
      'The token service refuses the account name or the account key',
    );
  }
  return readToken(outcome.reply, clock);
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
  const lifetimeMs = readLifetime(token, reply.header('date'), clock.now());
  return { token, lifetimeMs: lifetimeMs ?? (expiresInMs > 0 && Number.isFinite(expiresInMs) ? expiresInMs : null) };
}
