import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { EndpointFile } from '../../../src/accounts/endpointFile.ts';
import { SharedFiles } from '../../../src/accounts/sharedFiles.ts';
import type { ServiceClient } from '../../../src/client/serviceClient.ts';
import { isTrusted, trustedHostEntry } from '../../../src/client/trust.ts';
import { systemClock } from '../../../src/jobs/clock.ts';
import type { ServiceErrorKind } from '../../../src/jobs/serviceError.ts';
import { CountingListener, routeConnections } from '../../support/countingListener.ts';
import { type Answer, ScriptedServer } from '../../support/httpsServer.ts';
import {
  certificates,
  documentedJob,
  type Fixture,
  failure,
  impatientClock,
  jobId,
  makeClient,
} from './clientFixture.ts';
import { addressesOf, hostileAddresses, hostileLocations, hostileNextLinks } from './hostileAddresses.ts';

const endpoint = 'https://media.windows.net/';
const token = 'token-that-no-stranger-may-see';
const nothing = { connections: 0, requests: 0, tokens: 0 };
const redirects = [301, 302, 303, 307, 308];

/** What a client can ask: queries, pages and changes. */
const asks: readonly ((client: ServiceClient) => Promise<unknown>)[] = [
  (client) => client.getJob(jobId),
  (client) => client.listJobs({}, { token: null, pageSize: 50 }),
  (client) => client.listActiveJobs(),
  (client) => client.deleteJob(jobId),
  (client) => client.changePriority(jobId, 7),
  (client) => client.cancelJob(jobId),
];

describe('an account at media.windows.net', () => {
  let service: ScriptedServer;
  let listener: CountingListener;
  let unroute: () => void;
  /** Who listens at which host; every other one is the listener's. */
  const own = new Map<string, ScriptedServer>();

  before(async () => {
    service = await ScriptedServer.start(() => ({}), await certificates());
    listener = await CountingListener.start(await certificates(), [token], { value: [documentedJob] });
    own.set('media.windows.net:443', service);
    unroute = routeConnections((host) => (own.get(host) ?? listener).port);
  });
  after(async () => {
    unroute();
    await Promise.all([service.stop(), listener.stop()]);
  });
  beforeEach(() => {
    service.requests.length = 0;
    listener.take();
  });

  const account = (more: Partial<Parameters<typeof makeClient>[0]> = {}): Promise<Fixture> =>
    makeClient({ endpoint, secret: token, clock: impatientClock, ...more });
  const locations = () => addressesOf({ ...hostileAddresses, ...hostileLocations }, listener.port);
  const nextLinks = () => addressesOf({ ...hostileAddresses, ...hostileNextLinks }, listener.port);

  let hops = 0;
  const redirect = (status: number, location: string): void => {
    service.handler = (_, response) => {
      const there = location.replaceAll('{next}', `hop${++hops}`);
      if (/\p{Cc}/u.test(there)) {
        // As bytes: a header that no honest server would let out.
        const head = `HTTP/1.1 ${status} Moved\r\nLocation: ${there}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
        response.socket?.end(head);
        return undefined;
      }
      return { status, headers: { Location: Buffer.from(there, 'utf8').toString('latin1') } };
    };
  };

  /** Nothing of the token in what a person sees of the failure, and nothing kept of the address. */
  const refused = async (fixture: Fixture, asked: Promise<unknown>, what: string): Promise<ServiceErrorKind> => {
    const error = await failure(asked);
    assert.ok(!JSON.stringify([error.message, error.untrustedOrigin]).includes(token), what);
    assert.ok(!error.untrustedOrigin?.includes('@'), what);
    assert.equal(fixture.kept, undefined, what);
    assert.equal(fixture.client.endpoint, `${endpoint}api/`, what);
    return error.kind;
  };

  it('is told of by a listener that counts what arrives', async () => {
    // By the rule, by agreement, and by carelessness: each of these gets there, so that it would be seen.
    for (const [location, trustedHosts] of [
      ['https://contoso.restv2.westus.media.azure.net/api/', []],
      ['https://ams.fabrikam.example/api/', ['ams.fabrikam.example']],
      [`https://[::1]:${listener.port}/api/`, [`[::1]:${listener.port}`]],
    ] as const) {
      redirect(301, location);
      const { client } = await account({ trustedHosts });
      await client.getJob(jobId);
      assert.deepEqual(listener.take(), { connections: 1, requests: 1, tokens: 1 }, location);
      client.dispose();
    }
    for (const address of listener.addresses) {
      const host = address.includes(':') ? `[${address}]` : address;
      await fetch(`http://${host}:${listener.port}/?${token}`);
      assert.deepEqual(listener.take(), { connections: 1, requests: 1, tokens: 2 }, address);
    }
  });

  it('goes to none of these with a redirect of any status, in a query, a page or a change', async (t) => {
    const fixture = await account();
    const all = locations();
    let asked = 0;
    for (const [index, { trick, address }] of all.entries()) {
      for (const [turn, status] of redirects.entries()) {
        redirect(status, address);
        const before = service.requests.length;
        // Every status with every address; every request with each of them in its turn.
        for (const ask of asks.filter((_, which) => which % redirects.length === (index + turn) % redirects.length)) {
          asked++;
          const what = `${status} ${trick}: ${JSON.stringify(address)}`;
          await refused(fixture, ask(fixture.client), what);
          assert.deepEqual(listener.take(), nothing, what);
        }
        assert.ok(service.requests.length > before, 'the service was asked');
      }
    }
    const distinct = new Set(all.map(({ address }) => address)).size;
    assert.ok(distinct >= 25);
    assert.ok(service.tokens.every((sent) => sent === token));
    t.diagnostic(
      `${distinct} hostile redirects, asked ${asked} times by ${redirects.join(', ')}: 0 connections, 0 requests and 0 tokens arrived`,
    );
    fixture.client.dispose();
  });

  it('goes to none of these with a next link, light or verbose, of any list', async (t) => {
    const fixture = await account();
    const all = nextLinks();
    const lists = [
      (client: ServiceClient) => client.listJobs({}, { token: null, pageSize: 50 }),
      (client: ServiceClient) => client.listActiveJobs(),
      (client: ServiceClient) => client.listTasks(jobId),
    ];
    let asked = 0;
    for (const { trick, address } of all) {
      for (const body of [
        { value: [documentedJob], 'odata.nextLink': address },
        { d: { results: [documentedJob], __next: address } },
      ]) {
        service.handler = (): Answer => ({ body });
        for (const list of lists) {
          asked++;
          const what = `${trick}: ${JSON.stringify(address)}`;
          const kind = await refused(fixture, list(fixture.client), what);
          assert.ok(kind === 'untrustedRedirect' || kind === 'badReply', `${what}: ${kind}`);
          assert.deepEqual(listener.take(), nothing, what);
        }
      }
    }
    const distinct = new Set(all.map(({ address }) => address)).size;
    assert.ok(distinct >= 25);
    assert.equal(service.requests.length, asked);
    t.diagnostic(
      `${distinct} hostile next links in two forms, asked ${asked} times: 0 connections, 0 requests and 0 tokens arrived`,
    );
    fixture.client.dispose();
  });

  it('goes to none of these with a page token that somebody has written', async (t) => {
    const fixture = await account();
    service.handler = () => ({ body: { value: [documentedJob] } });
    const all = nextLinks();
    for (const { address } of all) {
      const made = JSON.stringify({ query: 'Jobs()?', skip: 0, link: { resource: address, left: 1 } });
      // What is no https address is a path at the service, and harmless there.
      await fixture.client.listJobs({}, { token: made, pageSize: 1 }).catch(() => undefined);
      assert.deepEqual(listener.take(), nothing, address);
    }
    t.diagnostic(`${all.length} hostile page tokens: 0 connections, 0 requests and 0 tokens arrived`);
    fixture.client.dispose();
  });

  it('goes to none of these where somebody has written one into the file of its endpoint', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'hostile-endpoint-'));
    const files = new SharedFiles({ folder, clock: systemClock, log: assert.fail, onTouched: () => undefined });
    const all = locations();
    service.handler = () => ({ body: { value: [documentedJob] } });
    try {
      for (const { address } of all) {
        const root = JSON.stringify({ configured: `${endpoint}api/`, root: address });
        await writeFile(files.path('contoso.endpoint.json'), JSON.stringify({ version: 1, root }));
        const file = new EndpointFile(files, 'contoso.endpoint.json');
        const kept = file.load();
        assert.equal(kept, root);
        const { client } = await account({ kept });
        await client.getJob(jobId).catch(() => undefined);
        assert.deepEqual(listener.take(), nothing, address);
        client.dispose();
      }
    } finally {
      files.dispose();
      await rm(folder, { recursive: true });
    }
    assert.ok(service.requests.length >= all.length, 'asked instead is the endpoint of the settings');
    t.diagnostic(`${all.length} hostile endpoint files: 0 connections, 0 requests and 0 tokens arrived`);
  });

  it('is kept from them by the rule of trust and by nothing else', async (t) => {
    // The same addresses, once a person has agreed to their hosts: now they do get there.
    let arrived = 0;
    for (const { address } of addressesOf(hostileAddresses, listener.port)) {
      const url = URL.parse(address, `${endpoint}api/Jobs`);
      if (url?.protocol !== 'https:' || url.host === '' || url.username !== '' || url.hostname.endsWith('.')) {
        continue;
      }
      const trustedHosts = [trustedHostEntry(url.origin)];
      if (!isTrusted(url, { endpoint, trustedHosts }) || url.origin === new URL(endpoint).origin) {
        continue;
      }
      // In its own form, since a header holds no other letters than ASCII.
      redirect(307, url.href);
      const { client } = await account({ trustedHosts });
      await client.getJob(jobId);
      const { requests, tokens } = listener.take();
      assert.deepEqual({ requests, tokens }, { requests: 1, tokens: 1 }, address);
      arrived++;
      client.dispose();
    }
    assert.ok(arrived >= 25, String(arrived));
    t.diagnostic(`${arrived} of the same addresses, once agreed to: ${arrived} requests and ${arrived} tokens arrived`);
  });

  it('has a neighbour on loopback, which trusts loopback by https and goes to none of these either', async (t) => {
    const local = await ScriptedServer.start(
      (request, response) => service.handler(request, response),
      await certificates(),
    );
    own.set(`127.0.0.1:${local.port}`, local);
    try {
      const fixture = await makeClient({ endpoint: local.origin(), secret: token, clock: impatientClock });
      const all = addressesOf(
        {
          ...{ a: hostileAddresses['another host'], b: hostileAddresses['a host that looks like it'] },
          ...{ c: hostileAddresses['without https'], d: hostileAddresses['another scheme'] },
          ...{ e: hostileAddresses['a user name that looks like a host'] },
          ...{ f: hostileAddresses['letters that look like others'] },
          ...{ g: hostileAddresses['a name that anyone can register'] },
          ...{ h: hostileAddresses['a host that only another account trusts'] },
        },
        listener.port,
      );
      for (const [index, { address }] of all.entries()) {
        redirect(redirects[index % redirects.length] ?? 301, address);
        await failure(fixture.client.getJob(jobId));
        service.handler = () => ({ body: { value: [documentedJob], 'odata.nextLink': address } });
        await failure(fixture.client.listActiveJobs());
        assert.deepEqual(listener.take(), nothing, address);
      }
      assert.equal(local.requests.length >= 2 * all.length, true);
      t.diagnostic(`${all.length} hostile redirects and next links of a server on loopback: 0 connections arrived`);
      fixture.client.dispose();
    } finally {
      own.delete(`127.0.0.1:${local.port}`);
      await local.stop();
    }
  });

  it('does not learn from another account whom to trust', async () => {
    for (const [location, entry] of [
      ['https://ams.fabrikam.example/api/', 'ams.fabrikam.example'],
      ['https://eu.media.fabrikam.example/api/', '*.media.fabrikam.example'],
    ] as const) {
      redirect(301, location);
      const trusting = await account({ trustedHosts: [entry] });
      const other = await account();
      await trusting.client.getJob(jobId);
      assert.equal(listener.take().tokens, 1);
      await refused(other, other.client.getJob(jobId), location);
      assert.deepEqual(listener.take(), nothing);
      // What the one has found is nothing to the other, even where they share its file.
      const shared = await account({ ...(trusting.kept === undefined ? {} : { kept: trusting.kept }) });
      await refused(shared, shared.client.getJob(jobId), location);
      assert.deepEqual(listener.take(), nothing);
      for (const { client } of [trusting, other, shared]) {
        client.dispose();
      }
    }
  });
});
