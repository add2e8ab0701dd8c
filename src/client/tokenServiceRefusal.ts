import type { Clock } from '../jobs/clock.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import { detailsOf, errorOfReply } from './errorReply.ts';
import type { HttpReply } from './httpSender.ts';
import { messageOf } from './replyMessage.ts';

/**
 * The error that a token service's answer without success means, in other words than those for the service itself, which
 * may well be there.
 * @param sentence what it means that it refuses what was sent, without its full stop
 */
export function tokenServiceRefusal(
  reply: HttpReply,
  clock: Clock,
  secrets: readonly string[],
  sentence: string,
): ServiceError {
  const details = detailsOf(reply, clock, secrets);
  if (reply.status === 400 || reply.status === 401 || reply.status === 403) {
    const message = messageOf(reply.body, reply.header('content-type'), secrets);
    return new ServiceError('signIn', message === '' ? `${sentence}.` : `${sentence}: ${message}`, details);
  }
  if (reply.status === 404 || reply.status === 410) {
    return new ServiceError('configuration', `No token service answers at this address: ${reply.url.href}`, details);
  }
  if (reply.status >= 300 && reply.status < 400) {
    // Never followed: the secret would go along.
    return new ServiceError(
      'badReply',
      `The token service redirects, which is not followed: ${reply.url.host}`,
      details,
    );
  }
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
