import assert from 'node:assert/strict';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { emulatorAccountNames, type SharedEmulator } from '../../../src/accounts/emulatorAccounts.ts';
import { EmulatorHost } from '../../../src/accounts/emulatorHost.ts';
import type { EmulatorInfo } from '../../../src/accounts/emulatorInfo.ts';
import { EmulatorServices } from '../../../src/accounts/emulatorServices.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../../host/temporaryFolder.ts';
import { send } from '../../support/emulatorRequests.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { isAlive } from '../../support/isAlive.ts';

const realEmulator = fileURLToPath(new URL('../../../src/emulator/main.ts', import.meta.url));

interface Window {
  readonly host: EmulatorHost;
  /** Runs the delays of this window; the emulator itself runs on real time. */
  readonly clock: FakeClock;
  readonly log: string[];
  /** Every change, in order. */
  readonly changes: (SharedEmulator | null)[];
  /** The next change that is one to this. */
  next(to: 'running' | 'gone'): Promise<SharedEmulator | null>;
}

let temporary: TemporaryFolder;
let folder: string;
const windows: Window[] = [];
const emulators = new Set<number>();

beforeEach(async () => {
  temporary = await makeTemporaryFolder();
  folder = path.join(temporary.path, 'emulator');
});

afterEach(async () => {
  for (const { host } of windows.splice(0)) {
    host.dispose();
  }
  for (const pid of [...emulators, ...(await pidInStateFile())]) {
    end(pid);
  }
  emulators.clear();
  await temporary.dispose();
});

function openWindow(bundle = realEmulator): Window {
  const clock = new FakeClock();
  const log: string[] = [];
  const changes: (SharedEmulator | null)[] = [];
  const host = new EmulatorHost({ bundle, folder, clock, log: (message) => log.push(message) });
  host.onDidChange((change) => changes.push(change));
  const window: Window = {
    host,
    clock,
    log,
    changes,
    next: (to) =>
      new Promise((resolve) => {
        const subscription = host.onDidChange((change) => {
          if ((change !== null) === (to === 'running')) {
            subscription.dispose();
            resolve(change);
          }
        });
      }),
  };
  windows.push(window);
  return window;
}

interface Status {
  readonly pid: number;
  readonly leases: number;
}

async function statusOf(info: EmulatorInfo): Promise<Status> {
  const { text } = await send(`${info.admin}status`, {
    ca: info.ca,
    headers: { Authorization: `Bearer ${info.adminToken}` },
  });
  const status = JSON.parse(text) as Status;
  emulators.add(status.pid);
  return status;
}

/** Asks until the answer is right. */
async function until(isRight: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await isRight())) {
    assert.ok(Date.now() < deadline, `It never was so: ${isRight}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Lets this window's short delays pass until it has the emulator, but not the time that a start may take. */
async function untilRunning({ host, clock }: Window): Promise<void> {
  await until(async () => {
    const delay = clock.nextTimerIn;
    if (delay !== null && delay <= 8000) {
      await clock.advance(delay);
    }
    return host.running !== null;
  });
}

function end(pid: number): void {
  if (isAlive(pid)) {
    process.kill(pid, 'SIGKILL');
  }
}

/** Also one that a failed test did not get to know. */
async function pidInStateFile(): Promise<number[]> {
  const text = await readFile(path.join(folder, 'state.json'), 'utf8').catch(() => '{}');
  const { pid } = JSON.parse(text) as { pid?: number };
  return pid === undefined ? [] : [pid];
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

describe('the real emulator', () => {
  test('starts, says so, and is held by a lease', async () => {
    const { host, changes } = openWindow();
    assert.equal(host.running, null);
    const [info, again] = await Promise.all([host.start(), host.start()]);
    assert.equal(again, info, 'one process however many ask');
    assert.equal(await host.start(), info);
    assert.equal(host.running, info);
    assert.deepEqual(changes, [info]);
    assert.match(info.ca, /^-----BEGIN CERTIFICATE-----/);
    await until(async () => (await statusOf(info)).leases === 1);
  });

  test('is shared: a second window joins the first one', async () => {
    const [one, two] = [openWindow(), openWindow()];
    const info = await one.host.start();
    assert.deepEqual(await two.host.start(), info);
    await until(async () => (await statusOf(info)).leases === 2);
    two.host.dispose();
    await until(async () => (await statusOf(info)).leases === 1);
    assert.equal(one.host.running, info);
  });

  test('is found by a window that opens later, once however often it looks', async () => {
    const [one, two] = [openWindow(), openWindow()];
    const info = await one.host.start();
    await Promise.all([two.host.watch(), two.host.watch()]);
    assert.deepEqual(two.changes, [info]);
    await until(async () => (await statusOf(info)).leases === 2);
  });

  test('appears in a window that was open before', async () => {
    const [one, two] = [openWindow(), openWindow()];
    await two.host.watch();
    assert.equal(two.host.running, null);
    assert.equal(await exists(path.join(folder, 'state.json')), false, 'looking starts nothing');
    const appeared = two.next('running');
    const info = await one.host.start();
    await untilRunning(two);
    assert.deepEqual(await appeared, info);
  });

  test('is stopped for all windows, and stays so', async () => {
    const [one, two] = [openWindow(), openWindow()];
    const info = await one.host.start();
    await two.host.start();
    await until(async () => (await statusOf(info)).leases === 2);
    const { pid } = await statusOf(info);
    const gone = two.next('gone');
    await one.host.stop();
    assert.equal(one.host.running, null);
    await gone;
    await until(() => !isAlive(pid));
    assert.equal(await exists(path.join(folder, 'state.json')), false);
    await one.clock.advance(60_000);
    await two.clock.advance(60_000);
    assert.deepEqual([one.host.running, two.host.running], [null, null]);
    assert.deepEqual(one.changes, [info, null]);
    assert.deepEqual(two.changes, [info, null]);
    await one.host.stop();
  });

  test('is as many services as windows want it as, for all of them, until it is stopped', async () => {
    const [one, two] = [openWindow(), openWindow()];
    const names = (info: SharedEmulator | null | undefined): string[] | undefined =>
      info?.accounts.map(({ config }) => config.name);
    const all = Object.values(emulatorAccountNames);
    const first = await one.host.start(['mkio']);
    assert.deepEqual(names(first), [emulatorAccountNames.mkio]);
    await two.host.watch();
    assert.deepEqual(names(two.host.running), [emulatorAccountNames.mkio], 'a window that opens later has the same');

    const appeared = two.next('running');
    assert.deepEqual(names(await one.host.start(['ravnur', 'ams'])), all);
    await until(async () => {
      await two.clock.advance(two.clock.nextTimerIn ?? 0);
      return names(two.host.running)?.length === 3;
    });
    assert.deepEqual(names(await appeared), all);
    const count = one.changes.length;
    await one.host.start(['mkio']);
    assert.equal(one.changes.length, count, 'what it is already is no news');
    const [ams, mkio, ravnur] = one.host.running?.accounts ?? [];
    assert.equal(ams?.config.endpoint, first.root);
    assert.deepEqual([mkio?.config.endpoint, mkio?.secret], [first.mkio?.endpoint, first.mkio?.token]);
    assert.deepEqual([ravnur?.config.endpoint, ravnur?.secret], [first.ravnur?.endpoint, first.ravnur?.apiKey]);

    // Both windows reload.
    one.host.dispose();
    two.host.dispose();
    const later = openWindow();
    await later.host.watch();
    assert.deepEqual(names(later.host.running), all);
    await later.host.stop();
    assert.equal(await exists(path.join(folder, 'services.json')), false);
    assert.deepEqual(names(await later.host.start()), [emulatorAccountNames.ams], 'and begins anew');
  });

  for (const damaged of ['', '{', '7', '["ams2"]', '{"0":"mkio"}']) {
    test(`is what it always was where ${JSON.stringify(damaged)} says what else it is`, async () => {
      const services = new EmulatorServices(folder, () => undefined);
      await mkdir(folder, { recursive: true });
      await writeFile(services.file, damaged);
      assert.deepEqual(await services.read(), ['ams']);
    });
  }

  test('is brought back when it was killed, where it was', async () => {
    const window = openWindow();
    const { host, next } = window;
    const info = await host.start();
    await until(async () => (await statusOf(info)).leases === 1);
    const { pid } = await statusOf(info);
    const [gone, back] = [next('gone'), next('running')];
    process.kill(pid, 'SIGKILL');
    await gone;
    assert.equal(host.running, null);
    await untilRunning(window);
    const resumed = await back;
    assert.ok(resumed);
    assert.equal(resumed.endpoint, info.endpoint);
    assert.equal(resumed.clientSecret, info.clientSecret);
    assert.notEqual((await statusOf(resumed)).pid, pid);
  });

  test('is not brought back without end when it keeps dying', async () => {
    const window = openWindow();
    const { host, clock, log, next } = window;
    await host.start();
    for (let deaths = 0; deaths < 4; deaths++) {
      await untilRunning(window);
      const info = host.running;
      assert.ok(info);
      await until(async () => (await statusOf(info)).leases === 1);
      const { pid } = await statusOf(info);
      const gone = next('gone');
      process.kill(pid, 'SIGKILL');
      await gone;
    }
    assert.match(log.at(-1) ?? '', /ended too often in a row/);
    assert.equal(clock.nextTimerIn, null);
    assert.ok((await host.start()).endpoint, 'a person can still start it');
  });
});

describe('an emulator that does not come up', () => {
  const line = {
    root: 'https://127.0.0.1:1/',
    endpoint: 'https://127.0.0.1:1/api/',
    authorityHost: 'https://127.0.0.1:1/',
    tenantId: 't',
    clientId: 'c',
    clientSecret: 's',
    accountName: 'a',
    admin: 'https://127.0.0.1:1/admin/',
    adminToken: 'x',
    caFile: 'ca.pem',
  };

  /** A window whose emulator is this program. */
  async function withProgram(program: string): Promise<Window> {
    const bundle = path.join(temporary.path, 'emulator.cjs');
    await writeFile(bundle, program);
    return openWindow(bundle);
  }

  const failures: readonly [what: string, program: string, message: string][] = [
    [
      'says why',
      `console.error('Port 8443 is in use; choose another.\\nUsage: …'); process.exit(1);`,
      'The local emulator did not start: Port 8443 is in use; choose another.',
    ],
    ['says nothing', 'process.exit(7);', 'The local emulator did not start: it ended with code 7'],
    [
      'crashes',
      `throw new TypeError('No certificate could be made.');`,
      'The local emulator did not start: No certificate could be made.',
    ],
    [
      'is killed',
      `process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);`,
      'The local emulator did not start: it was ended by SIGKILL',
    ],
    ['says something else in JSON', `console.log('{"hello":1}');`, 'The local emulator said something unexpected.'],
    ['names no endpoint', `console.log('{}');`, 'The local emulator said something unexpected.'],
    [
      'names a certificate that is not there',
      `console.log(${JSON.stringify(JSON.stringify({ ...line, caFile: '/nowhere/ca.pem' }))});`,
      "The local emulator's certificate cannot be read: /nowhere/ca.pem",
    ],
  ];
  for (const [what, program, message] of failures) {
    test(`because it ${what}`, async () => {
      const { host, changes } = await withProgram(program);
      await assert.rejects(host.start(), { message });
      assert.equal(host.running, null);
      assert.deepEqual(changes, []);
      await assert.rejects(host.start(), { message }, 'it can be tried again');
    });
  }

  test('because there is no such program', async () => {
    await assert.rejects(openWindow(path.join(temporary.path, 'none.cjs')).host.start(), {
      message: /^The local emulator did not start: Cannot find module '.*none\.cjs'$/,
    });
  });

  test('because a file is where its folder should be', async () => {
    await writeFile(folder, '');
    const window = openWindow();
    const message = `The local emulator cannot use this folder: ${folder}`;
    await assert.rejects(window.host.start(), { message });
    await window.host.watch();
    assert.match(window.log.join('\n'), /not seen/);
  });

  test('because it says nothing for too long; it is ended then', async () => {
    const pidFile = path.join(temporary.path, 'pid');
    const { host, clock } = await withProgram(
      `require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000);`,
    );
    const failed = assert.rejects(host.start(), { message: 'The local emulator did not start within 30 seconds.' });
    await until(() => exists(pidFile));
    await until(async () => (await readFile(pidFile, 'utf8')) !== '');
    const pid = Number(await readFile(pidFile, 'utf8'));
    await clock.advance(30_000);
    await failed;
    await until(() => !isAlive(pid));
  });

  test('what it says while it ends is heard', async () => {
    // The line comes from a child of it, after it has ended itself: an order that a busy machine makes by itself.
    const later = `setTimeout(() => console.error('It was too late.'), 100)`;
    const { host } = await withProgram(
      `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(later)}], { stdio: 'inherit' }).unref(); process.exit(1);`,
    );
    await assert.rejects(host.start(), { message: 'The local emulator did not start: It was too late.' });
  });

  test('after the window has closed holds nothing', async () => {
    await mkdir(folder, { recursive: true });
    const caFile = path.join(temporary.path, 'ca.pem');
    await writeFile(caFile, 'PEM');
    const { host, changes } = await withProgram(`console.log(${JSON.stringify(JSON.stringify({ ...line, caFile }))});`);
    const starting = host.start();
    host.dispose();
    await assert.rejects(starting, { message: 'The window closed before the local emulator was up.' });
    assert.deepEqual(changes, []);
  });

  test('is no news to a window that only looked', async () => {
    const window = await withProgram('process.exit(3);');
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'state.json'), '{}');
    await window.host.watch();
    assert.equal(window.host.running, null);
    assert.deepEqual(window.log, []);
  });

  test('does not keep a person from starting it while a window looks for an earlier one', async () => {
    const program = `
      const resume = process.argv.includes('--resume');
      process.stderr.write(resume ? 'nothing' : 'Started afresh.');
      setTimeout(() => process.exit(resume ? 3 : 1), 100);`;
    const { host } = await withProgram(program);
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'state.json'), '{}');
    const watching = host.watch();
    await assert.rejects(host.start(), { message: 'The local emulator did not start: Started afresh.' });
    await watching;
  });
});
