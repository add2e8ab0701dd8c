import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Json, parseBody, RequestError } from './adminBody.ts';
import { type Operated, operations } from './adminOperations.ts';
import type { Quotas } from './api/quotas.ts';
import { writeDialects } from './dialects.ts';
import { type JsonReply, readBody, sendJson } from './jsonReply.ts';
import type { Leases } from './leases.ts';
import { isFromPage } from './loopbackServer.ts';
import type { RequestLog } from './requestLog.ts';
import { isSameSecret } from './secrets.ts';
import type { Settings } from './settings.ts';
import { State } from './simulation/run.ts';
import type { Simulation } from './simulation/simulation.ts';

/** Path under which the admin interface is, on the authority's origin. */
export const adminPath = '/admin/';

export interface AdminOptions {
  readonly adminToken: string;
  readonly startedAt: number;
  readonly simulation: Simulation;
  readonly requests: RequestLog;
  readonly leases: Leases;
  readonly settings: Settings;
  readonly quotas: Quotas;
  /** Unix milliseconds of real time. */
  readonly realNow: () => number;
  readonly issueMkioToken: Operated['issueMkioToken'];
  readonly onStop: () => void;
}

/**
 * The emulator's own interface, nothing of which the real service has: `GET status`, `GET lease` (a response that stays
 * open), `POST hold` (starts the grace period anew), `POST stop`, and what `operations` has. It needs the admin token,
 * and whatever changes something needs the JSON content type: both are more than a web page can send across origins.
 */
export async function handleAdmin(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  options: AdminOptions,
): Promise<void> {
  const now = () => options.settings.clock.now();
  try {
    if (isFromPage(request)) {
      throw new RequestError(403, 'The admin interface is not for pages in a browser.');
    }
    const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (bearer === undefined || !isSameSecret(bearer, options.adminToken)) {
      throw new RequestError(401, 'The admin token is missing or wrong.');
    }
    const body = request.method === 'GET' ? {} : parseBody(await readJsonBody(request));
    options.simulation.advanceTo(now());
    const reply = answer(`${request.method} ${url.pathname.slice(adminPath.length)}`, body, response, options);
    if (reply) {
      sendJson(response, { status: 200, body: reply }, now());
    }
  } catch (error) {
    if (!(error instanceof RequestError)) {
      throw error;
    }
    sendJson(response, { status: error.status, body: { error: error.message } }, now());
  }
}

/** Null where it answers by itself. @throws RequestError */
function answer(
  operation: string,
  body: Json,
  response: ServerResponse,
  options: AdminOptions,
): JsonReply['body'] | null {
  switch (operation) {
    case 'GET status':
      return status(options);
    case 'GET lease':
      options.leases.open(response);
      return null;
    case 'POST hold':
      options.leases.hold();
      return { pid: process.pid };
    case 'POST stop':
      response.once('close', options.onStop);
      return { stopping: true };
    default: {
      const operate = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
      if (!operate) {
        throw new RequestError(404, `There is no '${operation}' here.`);
      }
      return operate(body, options);
    }
  }
}

async function readJsonBody(request: IncomingMessage): Promise<string> {
  if (!/^application\/json *(;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw new RequestError(415, 'Content-Type must be application/json.');
  }
  const body = await readBody(request);
  if (body === null) {
    throw new RequestError(413, 'The body is too large.');
  }
  return body;
}

function status({ simulation, requests, leases, startedAt, settings, realNow }: AdminOptions): JsonReply['body'] {
  const jobs: Record<string, number> = {};
  for (const name of Object.keys(State)) {
    jobs[name] = 0;
  }
  const names = new Map<number, string>(Object.entries(State).map(([name, value]) => [value, name]));
  for (const job of simulation.jobs()) {
    const name = names.get(job.state) ?? '';
    jobs[name] = (jobs[name] ?? 0) + 1;
  }
  const { rss, heapUsed } = process.memoryUsage();
  return {
    pid: process.pid,
    uptimeSeconds: Math.round((realNow() - startedAt) / 1000),
    clock: { time: new Date(settings.clock.now()).toISOString(), speed: settings.clock.speed },
    jobs,
    assets: simulation.assetCount,
    memory: { rssBytes: rss, heapUsedBytes: heapUsed },
    dialects: writeDialects(settings.dialects),
    faults: settings.faults.list().length,
    leases: leases.count,
    requests: requests.counts,
  };
}
