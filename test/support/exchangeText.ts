import type { Exchange } from '../../src/jobs/exchange.ts';

/** All that an exchange keeps of what was sent and answered, to look for what must not be in it. */
export function exchangeText({ request, response }: Pick<Exchange, 'request' | 'response'>): string {
  return [
    request.url,
    request.body,
    ...request.headers.flat(),
    response?.body,
    ...(response?.headers ?? []).flat(),
  ].join('\n');
}
