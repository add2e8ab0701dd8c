import { Agent } from 'node:https';
import fetch from 'node-fetch';
import { createMediaServicesClient } from '../../src/client/clientBundle.ts';
import type { ServiceClient } from '../../src/client/serviceClient.ts';
import { systemClock } from '../../src/jobs/clock.ts';
import type { PageToken } from '../../src/jobs/jobsClient.ts';
import { startProcess } from '../../test/host/processes.ts';
import { MemoryLogin, ScriptedPrompts } from '../../test/support/signInPrompts.ts';
import { inProject } from '../lib/project.ts';
import { type Figure, ratio } from './support/figure.ts';
import { compare } from './support/statistics.ts';

const jobs = 50_000;
const pageSize = 1000;
const samples = 31;
const startTimeoutMs = 60_000;

interface Server {
  readonly endpoint: string;
  readonly ca: string;
}

/** All jobs of a large account, page by page, from a process of its own that has its answers ready. */
export const list: Figure = {
  name: 'list',
  async measure() {
    const child = startProcess(process.execPath, [
      inProject('scripts', 'bench', 'children', 'cannedServer.ts'),
      ...[String(jobs), String(pageSize)],
    ]);
    try {
      const [line] = await child.waitForOutput(/^\{.*\}$/m, startTimeoutMs);
      const server: Server = JSON.parse(line);
      const client = connect(server);
      const agent = new Agent({ ca: server.ca, keepAlive: true });
      const ours = (): Promise<number> => timed(() => listThroughClient(client));
      const bare = (): Promise<number> => timed(() => listBare(server.endpoint, agent));
      try {
        // Connected and compiled before it counts.
        await compare(5, ours, bare);
        return [
          ratio(
            'list 50,000 jobs through the client / bare node-fetch and JSON.parse',
            1.25,
            await compare(samples, ours, bare),
            {
              unit: 'ms',
              baseline: 'node-fetch and JSON.parse',
            },
          ),
        ];
      } finally {
        client.dispose();
        agent.destroy();
      }
    } finally {
      await child.dispose();
    }
  },
};

function connect({ endpoint, ca }: Server): ServiceClient {
  return createMediaServicesClient({
    account: { name: 'bench', kind: 'ams', endpoint, authentication: { method: 'token' }, trustedHosts: [], ca },
    clock: systemClock,
    env: {},
    getSecret: () => Promise.resolve('token'),
    prompts: new ScriptedPrompts(),
    memory: new MemoryLogin(),
    loadIdentity: () => Promise.reject(new Error('A pasted token needs no sign-in.')),
    endpointCache: { load: () => undefined, save: () => undefined },
    onExchange: () => undefined,
  });
}

async function timed(listAll: () => Promise<number>): Promise<number> {
  const began = performance.now();
  const listed = await listAll();
  if (listed !== jobs) {
    throw new Error(`${listed} jobs were listed instead of ${jobs}.`);
  }
  return performance.now() - began;
}

async function listThroughClient(client: ServiceClient): Promise<number> {
  let listed = 0;
  let token: PageToken | null = null;
  do {
    const page = await client.listJobs({}, { token, pageSize });
    listed += page.jobs.length;
    token = page.next;
  } while (token !== null);
  return listed;
}

/** Asks for a page more where the last one is full, as one must who does not know how many there are. */
async function listBare(endpoint: string, agent: Agent): Promise<number> {
  const headers = { Accept: 'application/json', Authorization: 'Bearer token', 'x-ms-version': '2.19' };
  let listed = 0;
  for (;;) {
    const response = await fetch(`${endpoint}Jobs()?$top=${pageSize}&$skip=${listed}`, { agent, headers });
    const page = JSON.parse(await response.text()) as { value: unknown[] };
    listed += page.value.length;
    if (page.value.length < pageSize) {
      return listed;
    }
  }
}
