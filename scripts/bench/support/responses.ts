import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ServerResponse } from 'node:http';

const channel = 'http.server.request.start';

/** An answer of a server of this process, as its first byte is about to be sent. */
export interface SentResponse {
  /** Unix milliseconds. */
  readonly at: number;
  readonly body: string;
}

/** Hears of every answer that the servers of this process send in one piece, as the emulator's are. Dispose of it. */
export function onResponse(listener: (response: SentResponse) => void): { dispose(): void } {
  const watch = (message: unknown): void => {
    const { response } = message as { readonly response: ServerResponse };
    const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
    response.end = ((...args: unknown[]) => {
      const [body] = args;
      const at = Date.now();
      const result = end(...args);
      listener({ at, body: typeof body === 'string' || Buffer.isBuffer(body) ? body.toString() : '' });
      return result;
    }) as ServerResponse['end'];
  };
  subscribe(channel, watch);
  return { dispose: () => void unsubscribe(channel, watch) };
}
