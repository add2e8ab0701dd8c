import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectSecurely, type TLSSocket } from 'node:tls';
import { AuthorityGrants } from '../../../src/emulator/authorityGrants.ts';
import type { EmulatorOptions, RunningEmulator } from '../../../src/emulator/emulator.ts';
import { LoopbackServer } from '../../../src/emulator/loopbackServer.ts';
import { startShared } from '../../../src/emulator/sharedEmulator.ts';
import { acsToken, postAdmin, send } from '../../support/emulatorRequests.ts';
import { startQuickEmulator } from '../../support/quickEmulator.ts';

const json = { 'Content-Type': 'application/json' };
const calm: EmulatorOptions = { arrivalsPerMinute: 0, jobs: 0 };

/** A connection that says what it is told, and remembers what it hears until it is closed. */
class Caller {
  readonly socket: TLSSocket;
  heard = '';
  readonly closed: Promise<unknown>;

  private constructor(socket: TLSSocket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      this.heard += chunk.toString('latin1');
    });
  }

  static async connect(port: number, host = '127.0.0.1'): Promise<Caller> {
    const caller = new Caller(connectSecurely({ host, port, rejectUnauthorized: false }));
    await once(caller.socket, 'secureConnect');
    return caller;
  }

  /** The status of the first answer; 0 where the connection is closed without one. */
  async status(): Promise<number> {
    while (!this.heard.includes('\r\n\r\n') && !this.socket.destroyed) {
      await Promise.race([once(this.socket, 'data').catch(() => {}), this.closed]);
    }
    return Number(/^HTTP\/1\.1 (\d{3})/.exec(this.heard)?.[1] ?? 0);
  }
}

async function ask(port: number, head: readonly string[], body = ''): Promise<number> {
  const caller = await Caller.connect(port);
  caller.socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  const status = await caller.status();
  caller.socket.destroy();
  return status;
}

describe('an emulator among strangers', () => {
  let emulator: RunningEmulator;
  before(async () => {
    emulator = await startQuickEmulator(calm);
  });
  after(() => emulator.close());

  const bearer = (): Record<string, string> => ({ Authorization: `Bearer ${emulator.adminToken}`, ...json });
  const ports = (): [string, number][] => Object.entries(emulator.ports);

  it('can be reached from this machine alone', async (t) => {
    const others = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).filter(({ internal }) => !internal));
    for (const [name, port] of ports()) {
      for (const { address, scopeid } of others) {
        const socket = connect({ host: scopeid ? `${address}%${scopeid}` : address, port });
        const [error] = (await Promise.race([once(socket, 'error'), once(socket, 'connect')])) as [unknown];
        socket.destroy();
        assert.ok(error instanceof Error, `${name} at ${address}`);
      }
    }
    t.diagnostic(`${others.length} other addresses of this machine: 0 connections`);
    for (const host of ['0.0.0.0', '::', '192.0.2.1', 'emulator.example', '127.0.0.1.example']) {
      const options = { host, port: 0, whenTaken: 'fail', key: '', cert: '', handler: async () => {} } as const;
      await assert.rejects(LoopbackServer.listen(options), /loopback/, host);
    }
  });

  it('answers to no name but its own, to whoever has pointed one at it', async (t) => {
    let asked = 0;
    for (const [name, port] of ports()) {
      const admin = name === 'authority' ? new URL(emulator.admin).pathname : '/';
      for (const host of [
        `evil.example:${port}`,
        `evil.example`,
        `localhost.evil.example:${port}`,
        `127.0.0.1.nip.io:${port}`,
        `localhost:${port}@evil.example`,
        `evil.example:${port}#localhost:${port}`,
        `localhost:${port + 1}`,
        'localhost',
        '127.0.0.1',
        `127.0.0.2:${port}`,
        `0.0.0.0:${port}`,
        `[::]:${port}`,
        `2130706433:${port}`,
        `localhost.:${port}`,
        `localhost:0${port}`,
        '',
      ]) {
        const lines = [
          `Host: ${host}`,
          `Authorization: Bearer ${emulator.adminToken}`,
          'Content-Type: application/json',
          'Content-Length: 2',
        ];
        for (const operation of ['stop', 'jobs', 'faults']) {
          asked++;
          assert.equal(await ask(port, [`POST ${admin}${operation} HTTP/1.1`, ...lines], '{}'), 421, `${name} ${host}`);
        }
      }
      // A target with a host in it says more than the header does (RFC 9112, section 3.2.2).
      for (const target of [`https://evil.example${admin}status`, `//evil.example${admin}status`]) {
        asked++;
        const head = [
          `GET ${target} HTTP/1.1`,
          `Host: localhost:${port}`,
          `Authorization: Bearer ${emulator.adminToken}`,
        ];
        assert.equal(await ask(port, head), 421, `${name} ${target}`);
      }
      for (const host of [[], [`Host: localhost:${port}`, 'Host: evil.example']]) {
        const head = [`GET ${admin}status HTTP/1.1`, ...host, `Authorization: Bearer ${emulator.adminToken}`];
        assert.notEqual(await ask(port, head), 200, `${name} ${host.join()}`);
      }
    }
    assert.equal(await ask(emulator.ports.authority, ['GET / HTTP/1.1', 'Host: media.windows.net']), 421);
    assert.equal(emulator.simulation.size, 1, 'only the documented job');
    assert.deepEqual(emulator.settings.faults.list(), []);
    assert.equal((await send(`${emulator.admin}status`, { ca: emulator.ca, headers: bearer() })).status, 200);
    t.diagnostic(`${asked} requests to other names: 0 were answered`);
  });

  it('does nothing for a page of a browser, even one that knows the admin token', async () => {
    for (const origin of [
      'https://evil.example',
      'null',
      'http://localhost:3000',
      emulator.authorityHost.slice(0, -1),
    ]) {
      const headers = { ...bearer(), Origin: origin };
      for (const operation of ['stop', 'jobs', 'faults', 'dialects', 'clock']) {
        const options = { ca: emulator.ca, method: 'POST', headers, body: '{}' };
        const reply = await send(`${emulator.admin}${operation}`, options);
        assert.equal(reply.status, 403, `${operation} of ${origin}`);
        assert.equal(reply.headers['access-control-allow-origin'], undefined);
      }
      for (const path of ['status', 'lease']) {
        assert.equal((await send(`${emulator.admin}${path}`, { ca: emulator.ca, headers })).status, 403);
      }
      const preflight = { ...headers, 'Access-Control-Request-Method': 'POST' };
      const reply = await send(`${emulator.admin}stop`, { ca: emulator.ca, method: 'OPTIONS', headers: preflight });
      assert.equal(reply.status, 403);
    }
    for (const site of ['cross-site', 'same-site', 'same-origin']) {
      const headers = { ...bearer(), 'Sec-Fetch-Site': site };
      assert.equal((await send(`${emulator.admin}status`, { ca: emulator.ca, headers })).status, 403, site);
    }
    assert.equal(emulator.simulation.size, 1);
  });

  it('lets no page of another site answer for the person at the sign-in', async () => {
    const grants = `${emulator.authorityHost}devicelogin`;
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const post = (headers: Record<string, string>) =>
      send(grants, { ca: emulator.ca, method: 'POST', headers: { ...form, ...headers }, body: 'user_code=ABCDEFGHJ' });
    assert.equal((await post({ Origin: 'https://evil.example' })).status, 403);
    assert.equal((await post({ Origin: 'null' })).status, 403);
    assert.equal((await post({ 'Sec-Fetch-Site': 'cross-site' })).status, 403);
    assert.notEqual((await post({ Origin: emulator.authorityHost.slice(0, -1) })).status, 403);
    assert.notEqual((await post({})).status, 403);
  });
});

describe('bodies, connections and headers of an emulator', () => {
  const running: RunningEmulator[] = [];
  const begin = async (options: EmulatorOptions = {}): Promise<RunningEmulator> => {
    const emulator = await startQuickEmulator({ ...calm, ...options });
    running.push(emulator);
    return emulator;
  };
  afterEach(async () => {
    await Promise.all(running.splice(0).map((emulator) => emulator.close()));
  });

  it('are refused by their length before a byte of them has come', async () => {
    const emulator = await begin();
    const token = await acsToken(emulator);
    const { authority, api, root, mkio, ravnur } = emulator.ports;
    for (const [port, path, bytes, status, more] of [
      [
        authority,
        new URL(`${emulator.admin}jobs`).pathname,
        65_537,
        413,
        [`Authorization: Bearer ${emulator.adminToken}`],
      ],
      [authority, new URL(emulator.acsTokenUrl).pathname, 65_537, 413, []],
      [authority, `/${emulator.tenantId}/oauth2/v2.0/token`, 65_537, 413, []],
      [authority, '/devicelogin', 1e12, 413, []],
      [api, '/api/Jobs', 16 * 1024 * 1024 + 1, 413, [`Authorization: Bearer ${token}`, 'x-ms-version: 2.19']],
      [api, '/api/Jobs', 1e12, 401, ['Authorization: Bearer nonsense', 'x-ms-version: 2.19']],
      [root, '/api/Jobs', 1e12, 401, []],
      [mkio, '/api/v1/projects', 1e12, 401, []],
      [ravnur, '/auth/token', 65_537, 413, []],
      [ravnur, '/subscriptions/x', 1e12, 401, []],
    ] as const) {
      const isForm = port === authority && more.length === 0;
      const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
      const host = `Host: localhost:${port}`;
      const head = [`POST ${path} HTTP/1.1`, host, `Content-Type: ${type}`, `Content-Length: ${bytes}`, ...more];
      assert.equal(await ask(port, head), status, path);
    }
  });

  it('are not read to an end that never comes, nor kept', async () => {
    const emulator = await begin({ limits: { unreadMs: 50 } });
    const { authority, api, root, mkio, ravnur } = emulator.ports;
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    for (const [port, path, status] of [
      [authority, new URL(`${emulator.admin}jobs`).pathname, 413],
      [authority, new URL(emulator.acsTokenUrl).pathname, 413],
      [api, '/api/Jobs', 401],
      [root, '/api/Jobs', 401],
      [mkio, '/api/v1/projects', 401],
      [ravnur, '/auth/token', 413],
    ] as const) {
      const caller = await Caller.connect(port);
      const { socket } = caller;
      const auth = path.includes('jobs') ? [`Authorization: Bearer ${emulator.adminToken}`] : [];
      const type = path.includes('OAuth') ? 'application/x-www-form-urlencoded' : 'application/json';
      const head = [`POST ${path} HTTP/1.1`, `Host: localhost:${port}`, `Content-Type: ${type}`, ...auth];
      socket.write(`${head.join('\r\n')}\r\nTransfer-Encoding: chunked\r\n\r\n`);
      const pour = (): void => {
        while (!socket.destroyed && socket.write(chunk)) {}
      };
      socket.on('drain', pour);
      pour();
      assert.equal(await caller.status(), status, path);
      await caller.closed;
    }
  });

  it('do not cost a client its connection where they are small and are not looked at', async () => {
    const emulator = await begin();
    const { api } = emulator.ports;
    const caller = await Caller.connect(api);
    for (let time = 1; time <= 3; time++) {
      caller.heard = '';
      const head = ['POST /api/Jobs HTTP/1.1', `Host: localhost:${api}`, 'x-ms-version: 2.19', 'Content-Length: 2'];
      caller.socket.write(`${head.join('\r\n')}\r\n\r\n{}`);
      assert.equal(await caller.status(), 401, String(time));
      await delay(5);
    }
    assert.ok(!caller.socket.destroyed);
    caller.socket.destroy();
  });

  it('have an end in size, as headers and as the path that is noted', async () => {
    const emulator = await begin();
    const { authority } = emulator.ports;
    const host = `Host: localhost:${authority}`;
    assert.equal(await ask(authority, ['GET / HTTP/1.1', host, `X: ${'x'.repeat(20_000)}`]), 431);
    const many = Array.from({ length: 4000 }, (_, index) => `X${index}: x`);
    assert.equal(await ask(authority, ['GET / HTTP/1.1', host, ...many]), 431);
    await ask(authority, [`GET /${'x'.repeat(12_000)} HTTP/1.1`, host]);
    await delay(20);
    assert.ok((emulator.requests.latest.at(-1)?.path.length ?? Infinity) <= 2000);
  });

  it('are cut off where they come too slowly, or not at all', async () => {
    const emulator = await begin({ limits: { handshakeMs: 300, headMs: 300, requestMs: 500, checkEveryMs: 50 } });
    const { authority } = emulator.ports;
    const started = performance.now();
    const silent = connect(authority, '127.0.0.1');
    silent.on('error', () => {});
    const [idle, head, body] = await Promise.all([1, 2, 3].map(() => Caller.connect(authority)));
    assert.ok(idle && head && body);
    head.socket.write(`GET / HTTP/1.1\r\nHost: localhost:${authority}\r\nX-Slow: `);
    const drip = setInterval(() => head.socket.write('x'), 10);
    const path = new URL(emulator.acsTokenUrl).pathname;
    const type = 'Content-Type: application/x-www-form-urlencoded';
    body.socket.write(
      `POST ${path} HTTP/1.1\r\nHost: localhost:${authority}\r\n${type}\r\nContent-Length: 60000\r\n\r\n`,
    );
    const dripBody = setInterval(() => body.socket.write('x'), 10);
    try {
      await Promise.all([once(silent, 'close'), idle.closed, head.closed, body.closed]);
    } finally {
      clearInterval(drip);
      clearInterval(dripBody);
    }
    // The usual limits would let the last of them wait for a minute.
    assert.ok(performance.now() - started < 30_000);
    assert.equal(await head.status(), 408);
    assert.equal(await body.status(), 408);
  });

  it('do not end a lease, which is an answer and not a request', async () => {
    const emulator = await begin({ limits: { handshakeMs: 200, headMs: 200, requestMs: 200, checkEveryMs: 20 } });
    const { authority } = emulator.ports;
    const caller = await Caller.connect(authority);
    const auth = `Authorization: Bearer ${emulator.adminToken}`;
    caller.socket.write(`GET /admin/lease HTTP/1.1\r\nHost: localhost:${authority}\r\n${auth}\r\n\r\n`);
    assert.equal(await caller.status(), 200);
    await delay(300);
    assert.ok(!caller.socket.destroyed);
    caller.socket.destroy();
  });

  it('are only so many at a time', async () => {
    const emulator = await begin({ limits: { connections: 5 } });
    const { authority } = emulator.ports;
    const callers = await Promise.all(Array.from({ length: 4 }, () => Caller.connect(authority)));
    const more = Array.from({ length: 20 }, () => connect(authority, '127.0.0.1'));
    await Promise.all(
      more.slice(1).map((socket) => {
        socket.on('error', () => {});
        return once(socket, 'close');
      }),
    );
    for (const { socket } of callers) {
      socket.destroy();
    }
    more[0]?.destroy();
    await delay(20);
    assert.equal(await ask(authority, ['GET / HTTP/1.1', `Host: localhost:${authority}`]), 404);
  });

  it('are only so many requests under way, however they are lined up', async () => {
    const emulator = await begin({ limits: { requests: 20 } });
    await postAdmin(emulator, 'faults', { path: 'Jobs', delayMs: 600_000, count: 1000 });
    const { api } = emulator.ports;
    const caller = await Caller.connect(api);
    caller.socket.write(`GET /api/Jobs HTTP/1.1\r\nHost: localhost:${api}\r\n\r\n`.repeat(500));
    await caller.closed;
    const left = emulator.settings.faults.list()[0]?.left ?? 0;
    assert.ok(left >= 980, `${1000 - left} requests were let in`);
    // They are gone with their connection, those that waited in line too, and hold nobody up.
    emulator.settings.faults.clear();
    for (let time = 0; time < 25; time++) {
      assert.equal(await ask(api, ['GET /api/Jobs HTTP/1.1', `Host: localhost:${api}`]), 401, String(time));
    }
  });

  it('leave a bounded memory behind', async () => {
    const emulator = await begin({ quotas: { jobs: 3 } });
    const add = () => postAdmin(emulator, 'jobs', {});
    await Promise.all([add(), add(), add()]);
    await assert.rejects(add(), /403/);
    for (let count = 0; count < 1000; count++) {
      emulator.settings.faults.add({ path: 'never', status: 500 }, 1);
    }
    await assert.rejects(postAdmin(emulator, 'faults', { path: 'never', status: 500 }), /409/);
    const grants = new AuthorityGrants(() => 0);
    const first = grants.issueDeviceCode('client').deviceCode;
    const refresh = grants.issueRefreshToken('client');
    for (let count = 0; count < 5000; count++) {
      grants.issueDeviceCode('client');
      grants.issueRefreshToken('client');
    }
    assert.equal(grants.redeemDeviceCode(first, 'client'), 'unknown');
    assert.equal(grants.isGoodRefreshToken(refresh, 'client'), false);
    assert.equal(grants.isGoodRefreshToken(grants.issueRefreshToken('client'), 'client'), true);
    assert.ok(grants.size <= 3000, String(grants.size));
  });
});

describe('the end of an emulator', () => {
  /** One of each that could hold it up. */
  const occupy = async (emulator: RunningEmulator): Promise<{ readonly closed: readonly Promise<unknown>[] }> => {
    const { api, authority, mkio, ravnur } = emulator.ports;
    const sockets: Socket[] = [];
    const open = async (port: number, text: string): Promise<void> => {
      const { socket } = await Caller.connect(port);
      socket.write(text);
      sockets.push(socket);
    };
    for (const port of Object.values(emulator.ports)) {
      const silent = connect(port, '127.0.0.1');
      await once(silent, 'connect');
      silent.on('error', () => {});
      sockets.push(silent);
      await open(port, '');
      await open(port, `GET / HTTP/1.1\r\nHost: local`);
      await open(port, `POST /api/Jobs HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Length: 500\r\n\r\n{`);
    }
    await postAdmin(emulator, 'faults', { path: 'hang', delayMs: 600_000, count: 10 });
    for (const port of [api, mkio, ravnur]) {
      await open(port, `GET /api/Jobs?hang HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
    }
    await open(authority, `GET /hang HTTP/1.1\r\nHost: localhost:${authority}\r\n\r\n`);
    const auth = `Authorization: Bearer ${emulator.adminToken}`;
    await open(authority, `GET /admin/lease HTTP/1.1\r\nHost: localhost:${authority}\r\n${auth}\r\n\r\n`);
    await delay(30);
    return { closed: sockets.map((socket) => (socket.destroyed ? Promise.resolve() : once(socket, 'close'))) };
  };
  const isFree = async (port: number): Promise<void> => {
    const server = createServer().listen({ port, host: '127.0.0.1', exclusive: true });
    await once(server, 'listening');
    await new Promise((resolve) => server.close(resolve));
  };

  it('waits for nobody: not for a handshake, a head, a body, an answer or a lease', async (t) => {
    const emulator = await startQuickEmulator({ ...calm, leaseGraceSeconds: 60 });
    const { closed } = await occupy(emulator);
    const started = performance.now();
    await emulator.close();
    const took = Math.round(performance.now() - started);
    await Promise.all(closed);
    // The first of them to be cut off anyway would be so after ten seconds.
    assert.ok(took < 5_000, `${took} ms`);
    await Promise.all(Object.values(emulator.ports).map(isFree));
    await emulator.close();
    t.diagnostic(`${closed.length} connections in every state: closed in ${took} ms, ports free`);
  });

  for (const forGood of [true, false]) {
    it(`leaves no lock, lease or half-written file ${forGood ? 'when it is for good' : 'when it may go on'}`, async () => {
      const directory = await mkdtemp(join(tmpdir(), 'emulator-end-'));
      try {
        const started = await startShared({ file: join(directory, 'emulator.json') }, calm);
        assert.equal(started.kind, 'started');
        if (started.kind === 'started') {
          const { emulator, end } = started;
          await occupy(emulator);
          await postAdmin(emulator, 'jobs', {});
          await end(forGood);
          await Promise.all(Object.values(emulator.ports).map(isFree));
        }
        const left = (await readdir(directory)).sort();
        assert.deepEqual(left, forGood ? ['emulator-certificate'] : ['emulator-certificate', 'emulator.json']);
      } finally {
        await rm(directory, { recursive: true });
      }
    });
  }
});
