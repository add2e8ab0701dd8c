import type { Clock } from '../../jobs/clock.ts';
import { ServiceError } from '../../jobs/serviceError.ts';
import { type AccessToken, isSendable, readLifetime } from '../accessToken.ts';
import { parseHttpsUrl, type RavnurAccount } from '../account.ts';
import type { HttpReply, HttpSender } from '../httpSender.ts';
import { requireSecret } from '../ownSecret.ts';
import type { RequestToken } from '../tokenCache.ts';
import { tokenServiceRefusal } from '../tokenServiceRefusal.ts';

/**
 * How an account of Ravnur Media Services gets its tokens: `POST …/auth/token` with subscription ID and API key, as
 * Ravnur's sample code does (`getToken.js`). The answer is the token itself, a JWT; how long it lives is not documented,
 * but that says its `exp`.
 */
export function apiKeyTokenSource(
  account: Pick<RavnurAccount, 'name' | 'endpoint' | 'subscriptionId'>,
  getSecret: () => Promise<string | undefined>,
  sender: Pick<HttpSender, 'send'>,
  clock: Clock,
): RequestToken {
  return async (signal) => {
    const apiKey = await requireSecret(getSecret, 'API key', account);
    return await requestToken(account, apiKey, sender, clock, signal);
  };
}

async function requestToken(
  { endpoint, subscriptionId }: Pick<RavnurAccount, 'endpoint' | 'subscriptionId'>,
  apiKey: string,
  sender: Pick<HttpSender, 'send'>,
  clock: Clock,
  signal: AbortSignal,
): Promise<AccessToken> {
  const secrets = [apiKey];
  const url = parseHttpsUrl(endpoint, 'endpoint');
  url.search = '';
  url.hash = '';
  url.pathname = `${url.pathname.replace(/(?<!\/)\/*$/, '')}/auth/token`;
  const outcome = await sender.send(
    {
      method: 'POST',
      url,
      headers: [
        ['Content-Type', 'application/json'],
        ['Accept', 'text/plain, application/json'],
      ],
      body: JSON.stringify({ subscriptionId, apiKey }),
    },
    { signal, secrets, secretBodies: true },
  );
  if (!outcome.reply) {
    throw outcome.error;
  }
  if (outcome.reply.status !== 200) {
    const sentence = 'The service refuses the subscription ID or the API key';
    throw tokenServiceRefusal(outcome.reply, clock, secrets, sentence);
  }
  return readToken(outcome.reply, clock);
}

/** Samples take the body as it is; JSON would have quotes around it. */
function readToken(reply: HttpReply, clock: Clock): AccessToken {
  const token = reply.body.trim().replace(/^"(.*)"$/s, '$1');
  if (!isSendable(token) || token.split('.').length !== 3) {
    throw new ServiceError('badReply', `The token service did not answer with a token: ${reply.url.host}`, {
      status: reply.status,
    });
  }
  return { token, lifetimeMs: readLifetime(token, reply.header('date'), clock.now()) };
}
