import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

export type Endpoint = 'root' | 'api' | 'authority' | 'acs' | 'admin' | 'mkio' | 'ravnur';

/** One request as it was answered; never a secret. */
export interface LoggedRequest {
  readonly endpoint: Endpoint;
  readonly method: string;
  /** Path and query as sent, as far as the log goes. */
  readonly path: string;
  readonly status: number;
  /** Tells tokens apart without being one; undefined where none was sent. */
  readonly tokenFingerprint: string | undefined;
}

const longest = 2000;
/** Of a path, characters. */
const longestPath = 2000;

/** What was asked of the emulator: counts since its start, and the latest requests. */
export class RequestLog {
  readonly #counts = new Map<Endpoint, number>();
  readonly #latest: LoggedRequest[] = [];

  /** Notes the request once it is answered. */
  note(endpoint: Endpoint, request: IncomingMessage, response: ServerResponse): void {
    const older = request.headers['x-mkio-token'];
    const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? older?.toString();
    response.once('close', () => {
      this.#counts.set(endpoint, (this.#counts.get(endpoint) ?? 0) + 1);
      this.#latest.push({
        endpoint,
        method: request.method ?? '',
        path: (request.url ?? '').slice(0, longestPath),
        status: response.statusCode,
        tokenFingerprint: bearer && createHash('sha256').update(bearer).digest('hex').slice(0, 12),
      });
      if (this.#latest.length > longest) {
        this.#latest.splice(0, longest / 2);
      }
    });
  }

  /** How many requests an endpoint answered; with a pattern, how many of the latest whose path matches it. */
  count(endpoint: Endpoint, path?: RegExp): number {
    return path
      ? this.#latest.filter((request) => request.endpoint === endpoint && path.test(request.path)).length
      : (this.#counts.get(endpoint) ?? 0);
  }

  /** The latest requests, oldest first. */
  get latest(): readonly LoggedRequest[] {
    return this.#latest;
  }

  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }
}
