import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import { acsPath, acsTokenLifetime, handleAcs } from './acs.ts';
import { adminPath } from './admin.ts';
import { handleApi, refusal } from './api/apiHandler.ts';
import { ODataError } from './api/errors.ts';
import { errorFormat } from './api/negotiate.ts';
import type { Quotas } from './api/quotas.ts';
import { type Reply, serviceHeaders } from './api/serviceHeaders.ts';
import { Throttle } from './api/throttle.ts';
import type { Authority } from './authority.ts';
import type { Fault } from './faults.ts';
import { handleGlobalRoot } from './globalRoot.ts';
import { takeFault, wordsOf } from './injectedFault.ts';
import { readBody, sendJson } from './jsonReply.ts';
import { type Handler, isFromAnotherSite, sendText } from './loopbackServer.ts';
import type { Endpoint, RequestLog } from './requestLog.ts';
import type { AccountSecrets } from './secrets.ts';
import type { Settings } from './settings.ts';
import type { Simulation } from './simulation/simulation.ts';
import type { TokenVerifier } from './tokens.ts';

export interface EndpointOptions {
  /** The account's API root. */
  readonly apiRoot: string;
  readonly authorityHost: string;
  readonly secrets: AccountSecrets;
  readonly tokens: TokenVerifier;
  readonly simulation: Simulation;
  readonly settings: Settings;
  readonly quotas: Quotas;
  readonly requests: RequestLog;
  readonly authority: Authority;
  readonly tokenLifetimeSeconds: number | undefined;
  readonly admin: Handler;
}

/** What the three servers answer with. */
export function createEndpoints(options: EndpointOptions): Record<'root' | 'api' | 'authority', Handler> {
  const { apiRoot, tokens, simulation, settings, quotas, requests } = options;
  const now = () => settings.clock.now();
  // Real time, whatever the emulator's clock does: throttling protects the server from being asked too often.
  const throttle = new Throttle(() => performance.now());
  const service = (endpoint: Endpoint, answer: (request: IncomingMessage, url: URL) => Promise<Reply>): Handler => {
    return async (request, response, url) => {
      requests.note(endpoint, request, response);
      const fault = await takeFault(request, response, url, settings);
      if (response.destroyed) {
        return;
      }
      const reply = fault?.status === undefined ? await answer(request, url) : instead(request, fault, settings);
      response.writeHead(reply.status, serviceHeaders(request, reply, now()));
      response.end(reply.body);
    };
  };
  return {
    root: service('root', async (request, url) => {
      request.resume();
      return handleGlobalRoot(request, url, { apiRoot, tokens, dialects: settings.dialects });
    }),
    api: service('api', (request, url) =>
      handleApi(request, url, {
        apiRoot,
        tokens,
        account: simulation,
        dialects: settings.dialects,
        throttle,
        quotas,
        now,
      }),
    ),
    authority: signIn(options),
  };
}

function signIn({
  authorityHost,
  secrets,
  settings,
  requests,
  authority,
  tokenLifetimeSeconds,
  admin,
}: EndpointOptions): Handler {
  const now = () => settings.clock.now();
  return async (request, response, url) => {
    if (url.pathname.startsWith(adminPath)) {
      requests.note('admin', request, response);
      return admin(request, response, url);
    }
    const isAcs = url.pathname === acsPath;
    requests.note(isAcs ? 'acs' : 'authority', request, response);
    const fault = await takeFault(request, response, url, settings);
    if (response.destroyed) {
      return;
    }
    if (fault?.status !== undefined) {
      request.resume();
      const body = { error: 'injected_fault', error_description: wordsOf(fault) };
      return sendJson(response, { status: fault.status, body }, now());
    }
    if (request.method === 'POST' && isFromAnotherSite(request)) {
      return sendText(response, 403, 'A page of another site must not sign anybody in.');
    }
    const form = request.method === 'POST' ? await readForm(request) : null;
    if (form === 'too large') {
      return sendJson(response, { status: 413, body: { error: 'request_too_large' } }, now());
    }
    if (isAcs && form) {
      const issue = { secrets, issuer: authorityHost, lifetimeSeconds: tokenLifetimeSeconds ?? acsTokenLifetime, now };
      return sendJson(response, handleAcs(form, issue), now());
    }
    if (isAcs || !(await authority.handle(request, response, url, form))) {
      sendJson(response, { status: 404, body: { error: 'not_found' } }, now());
    }
  };
}

/** The answer that a fault gives in place of the service's. */
function instead(request: IncomingMessage, fault: Fault, { dialects }: Settings): Reply {
  request.resume();
  return refusal(new ODataError(fault.status ?? 500, wordsOf(fault)), errorFormat(request.headers.accept), dialects);
}

/** Null where the body is no form. */
async function readForm(request: IncomingMessage): Promise<URLSearchParams | 'too large' | null> {
  const body = await readBody(request);
  if (body === null) {
    return 'too large';
  }
  const isForm = /^application\/x-www-form-urlencoded *(;|$)/i.test(request.headers['content-type'] ?? '');
  return isForm ? new URLSearchParams(body) : null;
}
