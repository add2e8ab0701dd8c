import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { damageAnswer } from './damage.ts';
import type { Fault } from './faults.ts';
import type { Settings } from './settings.ts';

/** The fault that is due for this request, its delay over and the answer damaged or the connection closed. */
export async function takeFault(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  { faults }: Settings,
): Promise<Fault | null> {
  const fault = faults.take(request.method ?? '', `${url.pathname}${url.search}`);
  if (!fault) {
    return null;
  }
  if (fault.delayMs !== undefined) {
    await delay(fault.delayMs, undefined, { ref: false });
  }
  if (fault.drop) {
    response.destroy();
  } else {
    damageAnswer(response, fault);
  }
  return fault;
}

/** Those of a busy server are documented (MS docs "Azure Media Services error codes"). */
export function wordsOf({ status, message }: Fault): string {
  return (
    message ??
    (status === 503 ? 'Server is busy. More than 20 requests per second can be throttled.' : 'Injected fault.')
  );
}
