import type { IncomingMessage, ServerResponse } from 'node:http';
import { type JsonReply, readBody, sendJson } from './jsonReply.ts';
import type { Leases } from './leases.ts';
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
  /** Unix milliseconds of real time. */
  readonly realNow: () => number;
  readonly onStop: () => void;
}

/**
 * The emulator's own interface, nothing of which the real service has: `GET status`, `GET lease` (a response that stays
 * open), `POST hold` (starts the grace period anew), `POST stop`. It needs the admin token, and a POST needs the JSON
 * content type: both are more than a web page can send across origins.
 */
export async function handleAdmin(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  options: AdminOptions,
): Promise<void> {
  const now = () => options.settings.clock.now();
  const refuse = (status: number, message: string) => sendJson(response, { status, body: { error: message } }, now());
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer === undefined || !isSameSecret(bearer, options.adminToken)) {
    return refuse(401, 'The admin token is missing or wrong.');
  }
  const operation = `${request.method} ${url.pathname.slice(adminPath.length)}`;
  if (request.method === 'POST') {
    if (!/^application\/json *(;|$)/i.test(request.headers['content-type'] ?? '')) {
      return refuse(415, 'Content-Type must be application/json.');
    }
    if ((await readBody(request)) === null) {
      return refuse(413, 'The body is too large.');
    }
  }
  switch (operation) {
    case 'GET status':
      return sendJson(response, status(options), now());
    case 'GET lease':
      return options.leases.open(response);
    case 'POST hold':
      options.leases.hold();
      return sendJson(response, { status: 200, body: { pid: process.pid } }, now());
    case 'POST stop':
      response.once('close', options.onStop);
      return sendJson(response, { status: 200, body: { stopping: true } }, now());
    default:
      return refuse(404, `There is no '${operation}' here.`);
  }
}

function status({ simulation, requests, leases, startedAt, settings, realNow }: AdminOptions): JsonReply {
  simulation.advanceTo(settings.clock.now());
  const jobs: Record<string, number> = {};
  for (const name of Object.keys(State)) {
    jobs[name] = 0;
  }
  const names = new Map<number, string>(Object.entries(State).map(([name, value]) => [value, name]));
  for (const job of simulation.jobs()) {
    const name = names.get(job.state) ?? '';
    jobs[name] = (jobs[name] ?? 0) + 1;
  }
  return {
    status: 200,
    body: {
      pid: process.pid,
      uptimeSeconds: Math.round((realNow() - startedAt) / 1000),
      jobs,
      leases: leases.count,
      requests: requests.counts,
    },
  };
}
