import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { connect as connectPlainly, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'node:tls';
import { parseCommandLine, UsageError } from '../../../src/emulator/commandLine.ts';
import type { ConnectionInfo } from '../../../src/emulator/emulator.ts';
import { EmulatorProcess } from '../../support/emulatorProcess.ts';
import { acsToken, getJson, send } from '../../support/emulatorRequests.ts';

describe('the command line', () => {
  it('has defaults for all', () => {
    assert.deepEqual(parseCommandLine([]), {
      kind: 'serve',
      shared: null,
      options: { ports: { root: 0, api: 0, authority: 0, mkio: 0, ravnur: 0 }, whenPortTaken: 'next' },
    });
  });

  it('is read into options', () => {
    const args = '--port 4000 --jobs 7 --speed 2.5 --seed 3 --arrivals 0 --reserved-units 4 --token-lifetime 60';
    const paths = '--data-dir d --state s.json --lease-grace 10 --dialect or=on --dialect throttle=503/5';
    assert.deepEqual(parseCommandLine(`${args} ${paths}`.split(' ')), {
      kind: 'serve',
      shared: { file: 's.json', resumeOnly: false },
      options: {
        ports: { root: 4000, api: 4001, authority: 4002, mkio: 4003, ravnur: 4004 },
        whenPortTaken: 'next',
        jobs: 7,
        speed: 2.5,
        seed: 3,
        arrivalsPerMinute: 0,
        reservedUnits: 4,
        tokenLifetimeSeconds: 60,
        dataDirectory: 'd',
        leaseGraceSeconds: 10,
        dialects: { or: true, throttle: { status: 503, perSecond: 5 } },
      },
    });
  });

  const wrong: readonly [string, string][] = [
    ['--bogus', "Unknown option '--bogus'."],
    ['--resume', '--resume needs --state.'],
    ['extra', "Unexpected argument 'extra'."],
    ['--port', '--port needs a value.'],
    ['--jobs -1', '--jobs needs a value.'],
    ['--jobs=-1', "--jobs needs a whole number from 0 to 50000, but got '-1'."],
    ['--port x', "--port needs a whole number from 0 to 65531, but got 'x'."],
    ['--port 70000', "--port needs a whole number from 0 to 65531, but got '70000'."],
    ['--jobs 1.5', "--jobs needs a whole number from 0 to 50000, but got '1.5'."],
    ['--speed 0', "--speed needs a number from 0.001 to 10000, but got '0'."],
    ['--speed Infinity', "--speed needs a number from 0.001 to 10000, but got 'Infinity'."],
    ['--reserved-units 0', "--reserved-units needs a whole number from 1 to 1000, but got '0'."],
    ['--token-lifetime 0', "--token-lifetime needs a whole number from 1 to 31536000, but got '0'."],
    ['--arrivals many', "--arrivals needs a number from 0 to 1000, but got 'many'."],
    ['--state=', '--state needs a path.'],
    ['--dialect or', "--dialect needs KEY=VALUE, but got 'or'."],
    ['--dialect colour=blue', "There is no dialect 'colour'."],
    ['--dialect or=maybe', "The dialect 'or' takes on, off, but got 'maybe'."],
  ];
  for (const [args, message] of wrong) {
    it(`refuses ${args} in one sentence`, () => {
      assert.throws(
        () => parseCommandLine(args.split(' ')),
        (error) => error instanceof UsageError && error.message === message,
      );
    });
  }
});

/**
 * The first of a few ports below those that systems give out by themselves (from 32768 on Linux, from 49152 elsewhere):
 * another process gets such a port only by asking for it, so it is still free when an emulator comes back to it.
 */
function firstPort(): number {
  return randomInt(20_000, 30_000);
}

describe('the process', () => {
  let directory: string;
  const processes: EmulatorProcess[] = [];
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'emulator-process-test-'));
  });
  afterEach(async () => {
    for (const one of processes.splice(0)) {
      await one.dispose();
    }
  });
  after(() => rm(directory, { recursive: true }));

  function run(...args: string[]): EmulatorProcess {
    const started = new EmulatorProcess(args);
    processes.push(started);
    return started;
  }
  async function account(connection: ConnectionInfo): Promise<ConnectionInfo & { ca: string }> {
    return { ...connection, ca: await readFile(connection.caFile, 'utf8') };
  }

  it('prints the line of JSON first, serves, and leaves on SIGTERM with connections open', async () => {
    const emulator = run('--port', '0', '--jobs', '3', '--arrivals', '0');
    const connection = await emulator.connection();
    assert.ok(emulator.stdout.startsWith('{'));
    assert.deepEqual(Object.keys(connection), [
      'root',
      'endpoint',
      'authorityHost',
      'tenantId',
      'clientId',
      'clientSecret',
      'acsTokenUrl',
      'accountName',
      'accountKey',
      'caFile',
      'admin',
      'adminToken',
      'mkio',
      'ravnur',
    ]);
    const served = await account(connection);
    const { json } = await getJson(served, await acsToken(served), 'Jobs');
    assert.equal((json as { value: unknown[] }).value.length, 4);
    // One connection idle and kept alive, one in the middle of a request, one in the middle of an endless answer.
    const agent = new Agent({ keepAlive: true });
    await send(connection.root, { ca: served.ca, agent });
    const lease = request(`${connection.admin}lease`, {
      ca: served.ca,
      agent,
      headers: { Authorization: `Bearer ${connection.adminToken}` },
    });
    await new Promise<void>((resolve) => {
      lease.on('error', () => {});
      lease.on('response', (response) => {
        response.on('error', () => {});
        response.resume();
        resolve();
      });
      lease.end();
    });
    const { port, hostname } = new URL(connection.authorityHost);
    const unfinished = connect({ port: Number(port), host: '127.0.0.1', servername: hostname, ca: served.ca });
    unfinished.on('error', () => {});
    await once(unfinished, 'secureConnect');
    unfinished.write(`POST /v2/OAuth2-13 HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Length: 9\r\n`);
    unfinished.write('Expect: 100-continue\r\n\r\n');
    // Its answer to that says that it waits for the rest.
    await once(unfinished, 'data');
    const began = performance.now();
    // One that never says a word does not hold it up either.
    const silent = connectPlainly(Number(new URL(connection.admin).port), '127.0.0.1');
    silent.on('error', () => {});
    await once(silent, 'connect');
    emulator.child.kill('SIGTERM');
    assert.equal(await emulator.exited, 0);
    // The first of them to be cut off anyway would be so after ten seconds.
    assert.ok(performance.now() - began < 5_000, 'promptly');
    agent.destroy();
    assert.equal(emulator.stderr, '');
    await assert.rejects(stat(connection.caFile), /ENOENT/);
  });

  it('leaves on SIGINT', async () => {
    const emulator = run('--jobs', '0');
    await emulator.connection();
    emulator.child.kill('SIGINT');
    assert.equal(await emulator.exited, 0);
  });

  it('goes on where nobody reads what it says', async () => {
    const state = join(directory, 'unread', 'emulator.json');
    const emulator = run('--jobs', '0', '--state', state);
    // Before it has written anything, so that writing fails.
    emulator.child.stdout.destroy();
    emulator.child.stderr.destroy();
    while (!existsSync(state)) {
      assert.equal(emulator.child.exitCode, null);
      await delay(20);
    }
    const served = await account(JSON.parse(await readFile(state, 'utf8')).connection);
    assert.equal((await getJson(served, await acsToken(served), 'Jobs')).status, 200);
    emulator.child.kill('SIGTERM');
    assert.equal(await emulator.exited, 0);
  });

  it('explains a wrong option on stderr with the usage, exit 2', async () => {
    const emulator = run('--bogus');
    assert.equal(await emulator.exited, 2);
    assert.equal(emulator.stdout, '');
    assert.match(emulator.stderr, /^Unknown option '--bogus'\.\n\nUsage: emulator /);
  });

  it('shows the usage when asked, exit 0', async () => {
    const emulator = run('--help');
    assert.equal(await emulator.exited, 0);
    assert.match(emulator.stdout, /^Usage: emulator .*--lease-grace SEC/s);
  });

  it('names a port that is in use, exit 1', async () => {
    const squatter = createServer();
    const port = await new Promise<number>((resolve) => {
      squatter.listen(0, '127.0.0.1', () => resolve((squatter.address() as { port: number }).port));
    });
    try {
      const emulator = run('--port', String(port));
      assert.equal(await emulator.exited, 1);
      assert.equal(emulator.stderr, `Port ${port} is in use; choose another with --port, or 0 for any.\n`);
    } finally {
      await new Promise((resolve) => squatter.close(resolve));
    }
  });

  it('is one for all that name the same state file, and ends with its last lease', async () => {
    const state = join(directory, 'shared', 'emulator.json');
    const args = ['--state', state, '--lease-grace', '0.2', '--jobs', '3'];
    const port = String(firstPort());
    const both = [run(...args, '--port', port), run(...args, '--port', port)];
    const [first, second] = await Promise.all(both.map((one) => one.connection()));
    assert.deepEqual(second, first);
    const finder = await Promise.race(both.map(async (one) => ((await one.exited) === 0 ? one : null)));
    const server = both.find((one) => one !== finder);
    assert.ok(first && server && server.child.exitCode === null);
    const { ca } = await account(first);
    const lease = request(`${first.admin}lease`, { ca, headers: { Authorization: `Bearer ${first.adminToken}` } });
    lease.on('error', () => {});
    lease.on('response', () => lease.destroy());
    lease.end();
    assert.equal(await server.exited, 0);
    const kept = JSON.parse(await readFile(state, 'utf8'));
    assert.deepEqual(kept.connection, first);
    // Without the port: it comes from the file.
    const resumed = run(...args);
    assert.deepEqual(await resumed.connection(), first);
    const headers = { Authorization: `Bearer ${first.adminToken}`, 'Content-Type': 'application/json' };
    assert.equal((await send(`${first.admin}stop`, { ca, method: 'POST', headers, body: '{}' })).status, 200);
    assert.equal(await resumed.exited, 0);
    await assert.rejects(stat(state), /ENOENT/);
  });
});
