import type { ConnectionInfo } from '../../src/emulator/emulator.ts';
import { type BareReply, send } from './emulatorRequests.ts';

type Account = ConnectionInfo & { readonly ca: string };

/** An output as both services show it. */
export interface ShownOutput {
  readonly label: string;
  readonly state: string;
  readonly progress: number | null;
  readonly startTime?: string;
  readonly endTime?: string;
  readonly assetName: string;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly category: string;
    readonly retry: string;
    readonly details?: readonly { readonly code: string; readonly message: string }[];
  };
}

/** A job as both services show it. */
export interface ShownJob {
  readonly name: string;
  readonly id: string;
  readonly properties: {
    readonly state: string;
    readonly priority: string;
    readonly description: string | null;
    readonly created: string;
    readonly lastModified: string;
    readonly startTime?: string;
    readonly endTime?: string;
    readonly correlationData?: object;
    readonly input: object;
    readonly outputs: readonly ShownOutput[];
  };
}

export interface ShownList<T = ShownJob> {
  readonly value: readonly T[];
  readonly '@odata.nextLink'?: string;
  readonly supplemental?: {
    readonly kind: string;
    readonly count: number;
    readonly operation: string;
    readonly pagination: Readonly<Record<'start' | 'end' | 'records' | 'total', number>>;
    readonly subscription: { readonly id: string; readonly name: string };
  };
}

export interface V3Reply<T> extends BareReply {
  readonly json: T;
}

export interface V3Call {
  readonly method?: string;
  readonly body?: object;
  readonly headers?: Record<string, string>;
}

/** Below the media prefix of the project, in the current family. */
export function mkio<T>(account: Account, path: string, call: V3Call = {}): Promise<V3Reply<T>> {
  const { endpoint, project, token } = account.mkio;
  return ask(account, `${endpoint}api/v1/projects/${project}/media/${path}`, token, call);
}

/** Below the account's resource; `path` brings its query but not the version. */
export function ravnur<T>(account: Account, token: string, path: string, call: V3Call = {}): Promise<V3Reply<T>> {
  return ask(account, `${ravnurRoot(account)}${path}${path.includes('?') ? '&' : '?'}${version}`, token, call);
}

export const version = 'api-version=2022-07-01';

export function ravnurRoot({ ravnur: { endpoint, subscriptionId, resourceGroup, accountName } }: Account): string {
  return `${endpoint}subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Media/mediaServices/${accountName}/`;
}

/** Signs in to Ravnur. */
export async function ravnurToken(account: Account, changes: object = {}): Promise<string> {
  const { endpoint, subscriptionId, apiKey } = account.ravnur;
  const body = JSON.stringify({ subscriptionId, apiKey, ...changes });
  const headers = { 'Content-Type': 'application/json' };
  const reply = await send(`${endpoint}auth/token`, { ca: account.ca, method: 'POST', headers, body });
  if (reply.status !== 200) {
    throw new Error(`No token: ${reply.status} ${reply.text}`);
  }
  return reply.text;
}

/** The address of a job below the prefix of either service, from its resource id. */
export function pathOf({ id }: Pick<ShownJob, 'id'>): string {
  const [, transform = '', job = ''] = /\/transforms\/([^/]+)\/jobs\/([^/]+)$/.exec(id) ?? [];
  return `transforms/${encodeURIComponent(transform)}/jobs/${encodeURIComponent(job)}`;
}

/** Any address, the answer read as JSON where it is some. */
export async function ask<T>(account: Account, url: string, token: string, call: V3Call = {}): Promise<V3Reply<T>> {
  const reply = await send(url, {
    ca: account.ca,
    method: call.method ?? 'GET',
    headers: { Accept: 'application/json', Authorization: `Bearer ${token}`, ...call.headers },
    ...(call.body ? { body: JSON.stringify(call.body) } : {}),
  });
  return { ...reply, json: (reply.text.startsWith('{') ? JSON.parse(reply.text) : undefined) as T };
}
