import type { Clock } from '../jobs/clock.ts';
import { ServiceError, type ServiceErrorDetails, type ServiceErrorKind } from '../jobs/serviceError.ts';
import type { HttpReply } from './httpSender.ts';
import { plainLine, redactText } from './redact.ts';
import { messageOf } from './replyMessage.ts';

const kinds: ReadonlyMap<number, readonly [kind: ServiceErrorKind, sentence: string]> = new Map([
  [400, ['badRequest', 'The service does not accept the request']],
  [401, ['signIn', 'The service does not accept the sign-in. Sign in again']],
  [403, ['permission', 'The service does not allow this to the account']],
  [404, ['notFound', 'The service does not know what was asked for']],
  [407, ['unreachable', 'The proxy asks for a sign-in. Check the proxy settings of VS Code']],
  [408, ['unreachable', 'The service took too long to answer']],
  [409, ['conflict', 'The service refuses this in the present state']],
  [410, ['notFound', 'What was asked for is gone']],
  [429, ['throttled', 'The service is busy. It is asked again later']],
  [503, ['throttled', 'The service is busy. It is asked again later']],
]);

/** What a status means to one service, in a sentence without its full stop. */
export type StatusSentences = ReadonlyMap<number, string>;

const noSentences: StatusSentences = new Map();

/**
 * The error that an answer without success means. Causes by status are those of Microsoft's "Azure Media Services error
 * codes".
 * @param own the sentences of the service that answered, before those for all
 */
export function errorOfReply(
  reply: HttpReply,
  clock: Clock,
  secrets: readonly string[],
  own: StatusSentences = noSentences,
): ServiceError {
  const [kind, common] = kinds.get(reply.status) ?? kindOfOther(reply.status);
  const sentence = own.get(reply.status) ?? common;
  const message = messageOf(reply.body, reply.header('content-type'), secrets);
  const skew = reply.status === 401 ? clockSkewSentence(reply.header('date'), clock.now()) : '';
  const plain = message === '' ? `${sentence}.` : `${sentence}: ${message}`;
  // Our own words first: behind the service's they would not be found, and not be translated.
  const text = skew === '' ? plain : [`${sentence}.`, skew, message].filter(Boolean).join(' ');
  const details = detailsOf(reply, clock, secrets);
  return new ServiceError(kind, text, reply.status === 407 ? { ...details, remedy: 'proxySettings' } : details);
}

/** Beyond this, tokens that are good elsewhere are refused as expired or not valid yet. */
const tolerableSkewMs = 5 * 60_000;

/** A wrong clock makes a good sign-in fail, and nothing else in the answer says so. */
function clockSkewSentence(date: string | null, now: number): string {
  const skew = date === null ? Number.NaN : now - Date.parse(date);
  if (Number.isNaN(skew) || Math.abs(skew) <= tolerableSkewMs) {
    return '';
  }
  const minutes = Math.round(Math.abs(skew) / 60_000);
  return skew > 0
    ? `The clock of this machine is ${minutes} minutes ahead of the service's: set it right.`
    : `The clock of this machine is ${minutes} minutes behind the service's: set it right.`;
}

function kindOfOther(status: number): readonly [kind: ServiceErrorKind, sentence: string] {
  if (status >= 500) {
    return ['unreachable', `The service failed to answer (status ${status})`];
  }
  return status >= 400
    ? ['badRequest', `The service does not accept the request (status ${status})`]
    : ['badReply', `The service answered in a way that is not expected (status ${status})`];
}

/** Status, request id and waiting time of an answer, as an error carries them. */
export function detailsOf(reply: HttpReply, clock: Clock, secrets: readonly string[] = []): ServiceErrorDetails {
  const requestId = reply.header('x-ms-request-id') ?? reply.header('request-id');
  const retryAfterMs = parseRetryAfter(reply.header('retry-after'), reply.header('date'), clock.now());
  return {
    status: reply.status,
    ...(requestId === null ? {} : { requestId: plainLine(redactText(requestId, secrets)).slice(0, 100) }),
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
  };
}

/**
 * How long a service asks to wait, in milliseconds (RFC 9110 section 10.2.3: seconds, or a date).
 * @param date the answer's own Date header: a date counts from there, so that this machine's clock need not be right.
 */
export function parseRetryAfter(value: string | null, date: string | null, now: number): number | null {
  const text = value?.trim() ?? '';
  if (/^\d{1,10}$/.test(text)) {
    return Number(text) * 1000;
  }
  // `Date.parse` reads far more than HTTP dates; only those begin with a day's name.
  if (!/^[A-Z][a-z]{2,8},? /.test(text)) {
    return null;
  }
  const at = Date.parse(text);
  const from = date === null ? Number.NaN : Date.parse(date);
  return Number.isNaN(at) ? null : Math.max(0, at - (Number.isNaN(from) ? now : from));
}
