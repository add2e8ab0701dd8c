import type { ServerResponse } from 'node:http';
import type { Remedy, ServiceErrorKind } from '../../../src/jobs/serviceError.ts';
import type { Answer, Handler } from '../../support/httpsServer.ts';
import type { FaultWorld, SignIn } from './faultWorld.ts';

/** One way for a service, its authority, the network or the clock to misbehave. */
export interface FaultCase {
  readonly name: string;
  /** How the account signs in; by name and key where left out. */
  readonly signIn?: SignIn;
  /** Whether requests go through a proxy. */
  readonly isProxied?: boolean;
  /** Whether an API root that a redirect named is remembered from before. */
  readonly hasFoundRoot?: boolean;
  /** The panel is hidden, and only the tracked job is asked about. */
  readonly isPanelHidden?: boolean;
  /** It takes a while until it is noticed, as when the token in use lasts. */
  readonly isNoticedLater?: boolean;
  /** How long it lasts; three quarters of a minute where left out, which are some failed polls. */
  readonly minutes?: number;
  /** How long the tracked job takes at least, where that is longer. */
  readonly jobMinutes?: number;
  /** How long the service asks to wait, as far as that is done. */
  readonly retryAfterSeconds?: number;
  readonly begin: (world: FaultWorld) => Promise<void> | void;
  /** What is wrong while it lasts; `null` where people must not notice anything. */
  readonly says: Said | null;
  /** Within how many minutes of its end all is well again, by itself; five, the longest back-off, where left out. */
  readonly recovers?: number;
}

export interface Said {
  readonly kind: ServiceErrorKind;
  /** What a person reads in English. `{api}` and `{authority}` stand for hosts. */
  readonly text: string;
  /** The part of it that the service said itself, which is not translated. */
  readonly quoted?: string;
  /** What the button beside it helps with, where there is one of its own. */
  readonly remedy?: Remedy;
}

export const json = 'application/json;odata=minimalmetadata;charset=utf-8';
export const busy = 'Server is busy. More than 30 requests per second can be throttled.';

/** What a person reads. */
export function said(kind: ServiceErrorKind, text: string, quoted?: string, remedy?: Remedy): Said {
  return { kind, text, ...(quoted === undefined ? {} : { quoted }), ...(remedy === undefined ? {} : { remedy }) };
}

export const unreachable = (text: string, remedy?: Remedy): Said => said('unreachable', text, undefined, remedy);
export const inTime = unreachable('The server did not answer in time: {api}');
export const dropped = unreachable('The connection was closed before an answer came: {api}');
export const refused = unreachable('The connection was refused. Nothing answers at this address: {api}');
export const untrusted = unreachable(
  'The certificate of the server is not trusted. Add its root certificate to the operating system, or name its file in NODE_EXTRA_CA_CERTS: {api}',
  'certificateSettings',
);

export const handles =
  (handler: Handler, of: 'api' | 'authority' = 'api') =>
  (world: FaultWorld): void => {
    world[of].handler = handler;
  };

export const answers = (answer: Answer, of: 'api' | 'authority' = 'api'): ((world: FaultWorld) => void) =>
  handles(() => answer, of);

/** Takes the response over. */
export const writes = (write: (response: ServerResponse) => void): ((world: FaultWorld) => void) =>
  handles((_request, response) => {
    write(response);
    return undefined;
  });

export const hangs =
  (begin: (world: FaultWorld) => Promise<void> | void, what: 'answers' | 'connections' = 'answers') =>
  async (world: FaultWorld): Promise<void> => {
    world.mayHang = what;
    await begin(world);
  };

export const status = (status: number, type: string, body: string, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'Content-Type': type, ...headers },
  body,
});
export const verbose = (code: number, message: string): Answer =>
  status(
    code,
    'application/json;odata=verbose;charset=utf-8',
    `{"error":{"code":"","message":{"lang":"en-US","value":"${message}"}}}`,
    { DataServiceVersion: '1.0;' },
  );
export const html = (code: number, title: string): Answer =>
  status(
    code,
    'text/html',
    `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
  );
