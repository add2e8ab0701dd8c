import assert from 'node:assert/strict';
import fs from 'node:fs';
import fsPromises, { chmod, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import { SharedFolder } from '../../../src/accounts/sharedFolder.ts';
import type { SharedAccount, SharedJob } from '../../../src/jobs/pollSharing.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../../host/temporaryFolder.ts';
import { FakeClock, settle } from '../../support/fakeClock.ts';
import { jobId, jobRecord, jobTask } from '../../support/jobs.ts';

let temporary: TemporaryFolder;
let folder: string;
let clock: FakeClock;
let log: string[];
const windows: SharedFolder[] = [];
const dead = new Set<number>();

beforeEach(async () => {
  temporary = await makeTemporaryFolder();
  folder = path.join(temporary.path, 'deep', 'windows');
  clock = new FakeClock(Date.now());
  log = [];
});

afterEach(async () => {
  mock.restoreAll();
  syncBuiltinESMExports();
  for (const window of windows.splice(0)) {
    window.dispose();
  }
  dead.clear();
  assert.equal(clock.pendingTimers, 0, 'no timer is left when all windows are closed');
  await temporary.dispose();
});

/** A window whose process has this id, as far as the others can tell. */
function openWindow(pid: number, hostName = 'here'): SharedFolder {
  const window = new SharedFolder({
    folder,
    clock,
    log: (message) => log.push(message),
    window: { id: `window ${pid}`, pid, hostName, isAlive: (other) => !dead.has(other) },
  });
  windows.push(window);
  return window;
}

/** Waits for what takes real time (files) and fake time (pauses) alike; of the latter no more than `mostMs`. */
async function done<T>(promise: Promise<T>, mostMs = 3_000): Promise<T> {
  let isSettled = false;
  const settled = promise.finally(() => {
    isSettled = true;
  });
  settled.catch(() => undefined);
  const end = clock.now() + mostMs;
  await until(async () => {
    if (!isSettled && clock.nextTimerIn !== null && clock.now() + clock.nextTimerIn <= end) {
      await clock.advance(clock.nextTimerIn);
    }
    return isSettled;
  });
  return await settled;
}

async function until(isRight: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await isRight())) {
    assert.ok(Date.now() < deadline, `It never was so: ${isRight}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Lets short delays pass until it is so. */
async function untilHeard(isRight: () => boolean): Promise<void> {
  await until(async () => {
    await clock.advance(60);
    return isRight();
  });
}

const sharedJob = (n: number, changes: Partial<SharedJob> = {}): SharedJob => ({
  record: jobRecord(n),
  tasks: [jobTask(n, { progress: 40, errors: [{ code: 'x', message: 'y' }] })],
  progress: 40,
  ...changes,
});

function sharedAccount(changes: Partial<SharedAccount> = {}): SharedAccount {
  return {
    fingerprint: 'f',
    activeAt: clock.now(),
    headAt: 0,
    goneAt: {},
    watchedAt: { [jobId(1)]: clock.now() },
    jobs: [sharedJob(1), sharedJob(2, { tasks: null, progress: null })],
    head: { ids: [jobId(2), jobId(1)], hasMore: true },
    failure: { kind: 'throttled', message: 'Busy.', at: clock.now(), count: 2, retryAfterMs: 5_000 },
    ...changes,
  };
}

/** As it comes from a file: a table of ids has nothing that objects have. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const filesEndingIn = async (end: string): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name.endsWith(end)).map((name) => path.join(folder, name));

async function fileEndingIn(end: string): Promise<string> {
  const [file, ...others] = await filesEndingIn(end);
  assert.ok(file && others.length === 0, `one file that ends in ${end}`);
  return file;
}

describe('a folder that windows share', () => {
  test('is not touched before it is used', async () => {
    const window = openWindow(1);
    window.endpoint('contoso').load();
    assert.equal(clock.pendingTimers, 0);
    void window.tracked;
    window.account('contoso', 'f');
    await settle();
    assert.deepEqual(await readdir(temporary.path), []);
    assert.equal(clock.pendingTimers, 1);
  });

  test('is for its owner alone, and so is everything in it', async () => {
    const window = openWindow(1);
    const sharing = window.account('contoso', 'f');
    await sharing.write(sharedAccount());
    await sharing.acquire();
    await window.tracked.save({});
    await window.endpoint('contoso').save('https://a.example/api/');
    await window.claim('x');
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    assert.equal(entries.filter((entry) => entry.isFile()).length, 5, 'nothing else is left');
    for (const entry of entries) {
      const { mode } = await stat(path.join(entry.parentPath, entry.name));
      assert.equal(mode & 0o777, entry.isDirectory() ? 0o700 : 0o600, entry.name);
    }
  });

  test('has no account by its name', async () => {
    const names = ['../../evil', 'a/b', 'con', 'Contoso', 'contoso', '', '\0', '\ud800', '\ud801', 'x'.repeat(9_000)];
    const window = openWindow(1);
    for (const [index, name] of names.entries()) {
      await window.account(name, 'f').write(sharedAccount({ activeAt: index }));
    }
    assert.equal((await readdir(temporary.path)).length, 1);
    assert.match((await readdir(folder)).join(), /^([0-9a-f]{40}\.jobs\.json,?)+$/);
    for (const [index, name] of names.entries()) {
      assert.equal((await openWindow(2).account(name, 'f').read())?.activeAt, index);
    }
  });

  test('is made again where somebody takes it away, and heard of again', async () => {
    const [one, two] = [openWindow(1), openWindow(2)];
    const [writer, reader] = [one.account('contoso', 'f'), two.account('contoso', 'f')];
    await writer.write(sharedAccount());
    await rm(folder, { recursive: true });
    await writer.write(sharedAccount({ activeAt: 1 }));
    assert.equal((await reader.read())?.activeAt, 1);
    const heard: number[] = [];
    reader.onDidChange(({ activeAt }) => heard.push(activeAt));
    await writer.write(sharedAccount({ activeAt: 2 }));
    await untilHeard(() => heard.includes(2));
  });

  test('that cannot be used leaves each window alone, and one line in the log for each thing', async () => {
    await mkdir(path.dirname(folder), { recursive: true });
    await writeFile(folder, 'a file');
    const window = openWindow(1);
    const sharing = window.account('contoso', 'f');
    for (let round = 0; round < 3; round++) {
      await done(sharing.write(sharedAccount({ activeAt: round })));
      assert.equal(await done(sharing.read()), null);
      assert.ok(await done(sharing.acquire()), 'it asks by itself');
      assert.equal(await done(window.claim('x')), true);
      await done(window.tracked.save({}));
      assert.equal(await done(window.tracked.load()), null);
      const endpoint = window.endpoint('contoso');
      await done(endpoint.save('https://a.example/api/'));
      assert.equal(endpoint.load(), undefined);
      await done(window.forgetAccount('contoso'));
    }
    assert.ok(log.length >= 4 && log.length <= 10, log.join('\n'));
    assert.equal(new Set(log).size, log.length);
  });

  test('works where it cannot be watched', async () => {
    mock.method(fs, 'watch', () => {
      throw new Error('ENOSPC: no watchers left');
    });
    syncBuiltinESMExports();
    const [one, two] = [openWindow(1), openWindow(2)];
    await one.account('contoso', 'f').write(sharedAccount());
    assert.ok(await two.account('contoso', 'f').read());
    assert.deepEqual(log.filter((message) => message.includes('ENOSPC')).length, 2, 'each window says so once');
  });

  test('loses what a window left that ended while it wrote, and nothing that is in use', async () => {
    await mkdir(path.join(folder, 'claims'), { recursive: true });
    const touch = async (name: string, ageMs: number): Promise<void> => {
      const file = path.join(folder, name);
      await writeFile(file, '{}');
      await utimes(file, new Date(Date.now() - ageMs), new Date(Date.now() - ageMs));
    };
    await touch('a.jobs.json.1.tmp', 7_200_000);
    await touch('a.jobs.json.2.tmp', 60_000);
    await touch('a.jobs.json', 101 * 86_400_000);
    await touch('b.jobs.json', 99 * 86_400_000);
    await touch('tracked.json', 101 * 86_400_000);
    await openWindow(1).claim('x');
    assert.deepEqual((await readdir(folder)).sort(), ['a.jobs.json.2.tmp', 'b.jobs.json', 'claims', 'tracked.json']);
  });
});

describe('what is shared of an account', () => {
  test('is read by other windows as it was written, and by the next run', async () => {
    const written = sharedAccount();
    await openWindow(1).account('contoso', 'f').write(written);
    assert.deepEqual(plain(await openWindow(2).account('contoso', 'f').read()), written);
    assert.equal(await openWindow(2).account('other', 'f').read(), null);
  });

  test('is nothing to an account of another fingerprint', async () => {
    const [one, two] = [openWindow(1), openWindow(2)];
    const other = two.account('contoso', 'g');
    const heard: SharedAccount[] = [];
    other.onDidChange((shared) => heard.push(shared));
    assert.equal(await other.read(), null);
    await one.account('contoso', 'f').write(sharedAccount());
    assert.equal(await other.read(), null);
    await clock.advance(1_000);
    await one.account('contoso', 'g').write(sharedAccount());
    await untilHeard(() => heard.length > 0);
    assert.deepEqual(
      heard.map(({ fingerprint }) => fingerprint),
      ['g'],
    );
  });

  test('is heard of by other windows alone, as it is in the end', async () => {
    const heard: string[] = [];
    const [one, two, three] = [1, 2, 3].map((pid) => {
      const sharing = openWindow(pid).account('contoso', 'f');
      sharing.onDidChange(({ activeAt }) => heard.push(`${pid}: ${activeAt}`));
      return sharing;
    });
    assert.ok(one && two && three);
    await Promise.all([one.read(), two.read(), three.read()]);
    for (let n = 1; n <= 20; n++) {
      void one.write(sharedAccount({ activeAt: n }));
    }
    await one.write(sharedAccount({ activeAt: 21 }));
    await untilHeard(() => heard.includes('2: 21') && heard.includes('3: 21'));
    await two.write(sharedAccount({ activeAt: 22 }));
    await untilHeard(() => heard.includes('1: 22') && heard.includes('3: 22'));
    for (let n = 0; n < 10; n++) {
      await clock.advance(60);
      await settle();
    }
    assert.deepEqual(heard.filter((item) => item.endsWith('22') || item.startsWith('1: ')).sort(), ['1: 22', '3: 22']);
    assert.deepEqual(new Set(heard).size, heard.length, 'nothing is heard twice');
  });

  test('is not written again where nothing changed, unless another window wrote', async () => {
    const [one, two] = [openWindow(1).account('contoso', 'f'), openWindow(2).account('contoso', 'f')];
    const written = sharedAccount();
    await one.write(written);
    const file = await fileEndingIn('.jobs.json');
    const before = await stat(file);
    await one.write(structuredClone(written));
    assert.equal((await stat(file)).ino, before.ino);
    await two.write(sharedAccount({ activeAt: 1 }));
    await one.write(written);
    assert.equal((await two.read())?.activeAt, written.activeAt);
  });

  test('is whole at any moment', async () => {
    const [one, two] = [openWindow(1).account('contoso', 'f'), openWindow(2).account('contoso', 'f')];
    const jobs = Array.from({ length: 500 }, (_, n) => sharedJob(n));
    await one.write(sharedAccount({ jobs }));
    let isWriting = true;
    const writing = (async () => {
      for (let n = 0; n < 60; n++) {
        await one.write(sharedAccount({ jobs: jobs.slice(n), activeAt: n }));
      }
      isWriting = false;
    })();
    let reads = 0;
    while (isWriting) {
      const shared = await two.read();
      assert.ok(shared, 'a reader found no whole file');
      reads++;
    }
    await writing;
    assert.ok(reads > 1);
  });

  test('is not written by somebody who has let go, and not told to them', async () => {
    const [one, two] = [openWindow(1).account('contoso', 'f'), openWindow(2).account('contoso', 'f')];
    const heard: SharedAccount[] = [];
    two.onDidChange((shared) => heard.push(shared));
    await two.read();
    two.dispose();
    await two.write(sharedAccount());
    assert.equal(await done(two.acquire()), null);
    assert.equal(await one.read(), null);
    await one.write(sharedAccount());
    for (let n = 0; n < 10; n++) {
      await clock.advance(60);
    }
    assert.deepEqual(heard, []);
  });

  test('goes with the account, and its endpoint too, of this one alone', async () => {
    const window = openWindow(1);
    for (const name of ['contoso', 'other']) {
      await window.account(name, 'f').write(sharedAccount());
      await window.endpoint(name).save('https://a.example/api/');
    }
    void window.account('contoso', 'f').write(sharedAccount({ activeAt: 1 }));
    void window.endpoint('contoso').save('https://b.example/api/');
    await window.forgetAccount('contoso');
    assert.equal(await window.account('contoso', 'f').read(), null);
    assert.equal(window.endpoint('contoso').load(), undefined);
    assert.ok(await window.account('other', 'f').read());
    assert.equal(window.endpoint('other').load(), 'https://a.example/api/');
    assert.equal((await readdir(folder)).length, 2);
    await window.account('contoso', 'f').write(sharedAccount());
    assert.ok(await openWindow(2).account('contoso', 'f').read(), 'one of the same name may come');
  });

  test('is written in the end where the file is in use for a while', async () => {
    const { rename } = fsPromises;
    const codes = ['EPERM', 'EBUSY', 'EACCES'];
    mock.method(fsPromises, 'rename', async (from: string, to: string) => {
      const code = codes.shift();
      if (code) {
        throw Object.assign(new Error(`${code}: in use`), { code });
      }
      await rename(from, to);
    });
    syncBuiltinESMExports();
    const sharing = openWindow(1).account('contoso', 'f');
    await done(sharing.write(sharedAccount()));
    assert.ok(await sharing.read());
    assert.deepEqual([codes, log], [[], []]);
  });

  test('is given up where the file stays in use, and leaves nothing but a line in the log', async () => {
    const sharing = openWindow(1).account('contoso', 'f');
    await sharing.write(sharedAccount({ activeAt: 1 }));
    let attempts = 0;
    mock.method(fsPromises, 'rename', () => {
      attempts++;
      return Promise.reject(Object.assign(new Error('EPERM: in use'), { code: 'EPERM' }));
    });
    syncBuiltinESMExports();
    await done(sharing.write(sharedAccount({ activeAt: 2 })));
    await done(sharing.write(sharedAccount({ activeAt: 3 })));
    assert.equal(attempts, 10);
    assert.equal(log.length, 1);
    assert.equal((await sharing.read())?.activeAt, 1);
    assert.equal((await readdir(folder)).length, 1);
  });

  test('stops trying when the window closes', async () => {
    mock.method(fsPromises, 'rename', () => {
      return Promise.reject(Object.assign(new Error('EPERM: in use'), { code: 'EPERM' }));
    });
    syncBuiltinESMExports();
    const window = openWindow(1);
    const writing = window.account('contoso', 'f').write(sharedAccount());
    await until(() => clock.pendingTimers > 1);
    window.dispose();
    await writing;
    assert.equal(clock.pendingTimers, 0);
  });
});

describe('a file that is damaged', () => {
  const file = (value: unknown): unknown => ({ version: 1, writer: 'w', sequence: 1, value });
  const account = (changes: object): unknown => file({ ...(plain(sharedAccount()) as object), ...changes });
  const record = (changes: object): unknown =>
    account({ jobs: [{ ...sharedJob(1), record: { ...jobRecord(1), ...changes } }] });
  const damages: readonly (readonly [string, () => string | object | unknown])[] = [
    ['empty', () => ''],
    ['no JSON', () => '{"version":1,'],
    ['a number', () => '7'],
    ['null', () => 'null'],
    ['a list', () => '[]'],
    ['of another version', () => ({ ...(account({}) as object), version: 2 })],
    ['without a writer', () => ({ version: 1, value: sharedAccount() })],
    ['without a value', () => ({ version: 1, writer: 'w' })],
    ['with a list for a value', () => file([])],
    ['with nothing but a prototype', () => `{"__proto__":${JSON.stringify(account({}))}}`],
    [
      'with a prototype for a value',
      () => `{"version":1,"writer":"w","value":{"__proto__":${JSON.stringify(sharedAccount())}}}`,
    ],
    ['with a number for a fingerprint', () => account({ fingerprint: 7 })],
    ['with text for a time', () => account({ activeAt: 'x' })],
    ['with a time before all times', () => account({ headAt: -1 })],
    ['with a time that no Date holds', () => account({ activeAt: 9e15 })],
    ['with a time in the future', () => account({ activeAt: clock.now() + 120_000 })],
    ['with a job asked for in the future', () => account({ watchedAt: { x: clock.now() + 120_000 } })],
    ['with a number beyond numbers', () => JSON.stringify(account({ activeAt: 4711 })).replace('4711', '1e999')],
    ['with a list for a table', () => account({ watchedAt: [] })],
    ['with jobs that are none', () => account({ jobs: {} })],
    ['with a job that is none', () => account({ jobs: [null] })],
    ['with too many jobs', () => account({ jobs: Array.from({ length: 60_001 }, () => sharedJob(1)) })],
    ['with an id that is too long', () => record({ id: 'x'.repeat(70_000) })],
    ['with a name that is none', () => record({ name: { toString: 'x' } })],
    ['with a state that nobody writes', () => record({ state: 'Running' })],
    ['with a creation time that no Date holds', () => record({ created: 9e15 })],
    ['with a field missing', () => record({ ended: undefined })],
    ['with a progress above all', () => account({ jobs: [sharedJob(1, { progress: 101 })] })],
    ['with a task that is none', () => account({ jobs: [{ ...sharedJob(1), tasks: [7] }] })],
    [
      'with too many tasks',
      () => account({ jobs: [sharedJob(1, { tasks: Array.from({ length: 1_001 }, () => jobTask(1)) })] }),
    ],
    [
      'with an error that is none',
      () => account({ jobs: [{ ...sharedJob(1), tasks: [{ ...jobTask(1), errors: [{}] }] }] }),
    ],
    ['with a head that is none', () => account({ head: { ids: [7], hasMore: true } })],
    ['with a head that has no end', () => account({ head: { ids: [], hasMore: 'x' } })],
    ['with a failure of no kind', () => account({ failure: { ...sharedAccount().failure, kind: 'constructor' } })],
    ['with a failure of no count', () => account({ failure: { ...sharedAccount().failure, count: -1 } })],
  ];
  for (const [what, content] of damages) {
    test(`(${what}) is as good as none, until the next one writes`, async () => {
      const sharing = openWindow(1).account('contoso', 'f');
      const heard: SharedAccount[] = [];
      sharing.onDidChange((shared) => heard.push(shared));
      await openWindow(2).account('contoso', 'f').write(sharedAccount());
      const damaged = content();
      await writeFile(
        await fileEndingIn('.jobs.json'),
        typeof damaged === 'string' ? damaged : JSON.stringify(damaged),
      );
      assert.equal(await sharing.read(), null);
      await clock.advance(100);
      await sharing.read();
      assert.deepEqual(heard, []);
      await sharing.write(sharedAccount());
      assert.ok(await sharing.read());
    });
  }

  test('and its keys reach nothing that they are not', async () => {
    const sharing = openWindow(1).account('contoso', 'f');
    await sharing.write(sharedAccount());
    const jobs = [{ ...sharedJob(1), extra: 1, record: { ...jobRecord(1), extra: 1 } }];
    const text = JSON.stringify(account({ jobs, watchedAt: { constructor: 1, x: 2 }, extra: 1 }));
    await writeFile(
      await fileEndingIn('.jobs.json'),
      text.replace('"x":2', '"__proto__":3').replace('"extra":1', '"__proto__":{"y":1}'),
    );
    const read = await sharing.read();
    assert.deepEqual(Object.entries(read?.watchedAt ?? {}), [
      ['constructor', 1],
      ['__proto__', 3],
    ]);
    assert.equal(read?.watchedAt['toString'], undefined);
    assert.equal(({} as { y?: number }).y, undefined);
    assert.deepEqual(read?.jobs, [sharedJob(1)], 'nothing that is not known comes along');
  });

  test('of more than it may have is not read', async () => {
    const window = openWindow(1);
    await window.tracked.save({ x: 1 });
    assert.deepEqual(await window.tracked.load(), { x: 1 });
    const large = JSON.stringify(file({ x: 'x'.repeat(1_100_000) }));
    await writeFile(path.join(folder, 'tracked.json'), large);
    assert.equal(await window.tracked.load(), null);
  });

  test('that is a folder is as good as none', async () => {
    await mkdir(path.join(folder, 'tracked.json'), { recursive: true });
    const window = openWindow(1);
    assert.equal(await window.tracked.load(), null);
    await window.tracked.save({ x: 1 });
    assert.equal(log.length, 1);
  });

  test('is not made by this window either: more than others read is not written', async () => {
    const sharing = openWindow(1).account('contoso', 'f');
    await sharing.write(sharedAccount());
    await sharing.write(sharedAccount({ jobs: Array.from({ length: 60_001 }, () => sharedJob(1)) }));
    assert.equal((await sharing.read())?.jobs.length, 2);
    assert.equal(log.length, 1);
  });
});

describe('the lease', () => {
  const acquire = (window: SharedFolder) => done(window.account('contoso', 'f').acquire());

  test('is one window at a time', async () => {
    const [one, two] = [openWindow(1), openWindow(2)];
    const lease = await acquire(one);
    assert.ok(lease);
    assert.equal(await acquire(two), null);
    assert.equal(await acquire(one), null, 'nor has a window two');
    assert.ok(await done(two.account('other', 'f').acquire()), 'each account has its own');
    lease.dispose();
    lease.dispose();
    const next = await acquire(two);
    assert.ok(next);
    lease.dispose();
    assert.equal(await acquire(one), null, 'what was let go of takes nothing with it');
  });

  test('stays with a window for as long as it wants', async () => {
    const [one, two] = [openWindow(1), openWindow(2)];
    await acquire(one);
    const file = await fileEndingIn('.lease.json');
    for (let n = 0; n < 12; n++) {
      const before = await readFile(file, 'utf8');
      await clock.advance(10_000);
      await until(async () => (await readFile(file, 'utf8')) !== before);
      await until(() => clock.pendingTimers > 0);
      assert.equal(await acquire(two), null);
    }
  });

  test('is free at once when the window that has it closes', async () => {
    const [one, two] = [openWindow(1), openWindow(2)];
    await acquire(one);
    one.dispose();
    assert.deepEqual(await filesEndingIn('.lease.json'), []);
    assert.ok(await acquire(two));
  });

  test('is free when the one who asked for it lets go of the account', async () => {
    const window = openWindow(1);
    const sharing = window.account('contoso', 'f');
    await done(sharing.acquire());
    sharing.dispose();
    assert.ok(await acquire(window));
  });

  test('is taken from a window whose process is dead, but not from one on another machine', async () => {
    const [one, two, elsewhere] = [openWindow(1), openWindow(2), openWindow(3, 'elsewhere')];
    await acquire(one);
    dead.add(1);
    assert.equal(await acquire(elsewhere), null);
    assert.ok(await acquire(two));
    dead.add(2);
    dead.add(3);
    assert.equal(await acquire(elsewhere), null);
  });

  test('is taken when it has expired, and the former holder lets the new one be', async () => {
    const [one, two] = [openWindow(1), openWindow(2)];
    const former = await acquire(one);
    // As over sleep: time passes, timers do not run.
    clock.jump(30_000);
    const taken = await two.account('contoso', 'f').acquire();
    assert.ok(taken);
    const mine = async (): Promise<boolean> =>
      (await readFile(await fileEndingIn('.lease.json'), 'utf8')).includes('window 2');
    assert.ok(await mine());
    for (let n = 0; n < 3; n++) {
      const before = await readFile(await fileEndingIn('.lease.json'), 'utf8');
      await clock.advance(9_000);
      await until(async () => {
        await clock.advance(25);
        return (await readFile(await fileEndingIn('.lease.json'), 'utf8')) !== before;
      });
      assert.ok(await mine(), 'the former holder renews nothing');
    }
    former?.dispose();
    assert.ok(await mine());
    assert.equal(await acquire(one), null);
  });

  test('goes to exactly one of several who find it expired', async () => {
    for (let round = 0; round < 10; round++) {
      const dying = openWindow(1_000 + round);
      await acquire(dying);
      dead.add(1_000 + round);
      const leases = await done(
        Promise.all([1, 2, 3, 4].map((pid) => openWindow(pid).account('contoso', 'f').acquire())),
      );
      const [lease, ...others] = leases.filter((item) => item !== null);
      assert.ok(lease);
      assert.deepEqual(others, []);
      lease.dispose();
    }
  });

  for (const content of ['', '{', '7', '{}', '{"token":"x"}', 'x'.repeat(10_000)]) {
    test(`is free where its file is damaged: ${content.slice(0, 20)}`, async () => {
      const window = openWindow(1);
      (await acquire(window))?.dispose();
      await acquire(openWindow(2));
      await writeFile(await fileEndingIn('.lease.json'), content);
      assert.ok(await acquire(window));
    });
  }

  for (const [what, changes] of [
    ['far in the future', { expiresAt: 8e15 }],
    ['at no time', { expiresAt: 'x' }],
    ['of no process', { pid: -1 }],
    ['of all processes', { pid: 0 }],
  ] as const) {
    test(`is free where it ends ${what}`, async () => {
      await acquire(openWindow(1));
      const file = await fileEndingIn('.lease.json');
      await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), ...changes }));
      assert.ok(await acquire(openWindow(2)));
    });
  }

  test('comes back to its holder where somebody took the file away', async () => {
    const [one, two] = [openWindow(1), openWindow(2)];
    await acquire(one);
    await rm(await fileEndingIn('.lease.json'));
    await clock.advance(10_000);
    await until(async () => (await filesEndingIn('.lease.json')).length === 1);
    await until(() => clock.pendingTimers > 0);
    assert.equal(await acquire(two), null);
  });

  test('can be had where the file system does not link', async () => {
    mock.method(fsPromises, 'link', () =>
      Promise.reject(Object.assign(new Error('EPERM: no links'), { code: 'EPERM' })),
    );
    syncBuiltinESMExports();
    const [one, two] = [openWindow(1), openWindow(2)];
    const leases = await done(
      Promise.all([one, two, openWindow(3)].map((window) => window.account('contoso', 'f').acquire())),
    );
    assert.equal(leases.filter((lease) => lease !== null).length, 1);
    assert.deepEqual(log, []);
  });

  for (const [what, content] of [
    ['a dead window', () => JSON.stringify({ token: 'x', pid: 99, host: 'here', at: clock.now() })],
    ['a window of long ago', () => JSON.stringify({ token: 'x', pid: 98, host: 'here', at: clock.now() - 61_000 })],
    ['nobody', () => ''],
  ] as const) {
    test(`can be had where ${what} left its lock`, async () => {
      const one = openWindow(1);
      (await acquire(one))?.dispose();
      const lock = path.join(folder, await lockName(one));
      await writeFile(lock, content());
      await utimes(lock, new Date(Date.now() - 10_000), new Date(Date.now() - 10_000));
      dead.add(99);
      const leases = await done(
        Promise.all([one, openWindow(2), openWindow(3)].map((window) => window.account('contoso', 'f').acquire())),
      );
      assert.equal(leases.filter((lease) => lease !== null).length, 1);
      assert.deepEqual(await filesEndingIn('.lock'), []);
      assert.deepEqual(await filesEndingIn('.tmp'), []);
    });
  }

  test('is not had while a window that is alive keeps the lock, nor for ever waited for', async () => {
    const one = openWindow(1);
    await done(one.account('contoso', 'f').read());
    const lock = path.join(folder, await lockName(one));
    await writeFile(lock, JSON.stringify({ token: 'x', pid: 98, host: 'here', at: clock.now() }));
    const before = clock.now();
    assert.equal(await done(one.account('contoso', 'f').acquire(), 30_000), null);
    assert.ok(clock.now() - before <= 3_000);
    assert.ok(await readFile(lock));
  });

  /** The name of the file that stands beside an account's lease while windows decide. */
  async function lockName(window: SharedFolder): Promise<string> {
    await done(window.account('contoso', 'f').write(sharedAccount()));
    return path.basename(await fileEndingIn('.jobs.json')).replace('.jobs.json', '.lease.lock');
  }

  test('is not kept by a window that closes while it gets it', async () => {
    for (let steps = 0; steps < 12; steps++) {
      const window = openWindow(1);
      const acquiring = window.account('contoso', 'f').acquire();
      for (let step = 0; step < steps; step++) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      window.dispose();
      await done(acquiring);
      assert.deepEqual(await filesEndingIn('.lease.json').catch(() => []), [], `after ${steps} steps`);
      assert.ok(await acquire(openWindow(2)));
      windows.pop()?.dispose();
    }
  });

  test('is the own one of each window where the folder is read-only', { skip: process.getuid?.() === 0 }, async () => {
    await openWindow(1).account('contoso', 'f').read();
    await chmod(folder, 0o500);
    const leases = await done(Promise.all([1, 2].map((pid) => openWindow(pid).account('contoso', 'f').acquire())));
    assert.ok(leases.every((lease) => lease !== null));
    await chmod(folder, 0o700);
  });
});

describe('a claim', () => {
  test('is one caller’s over all windows and runs', async () => {
    const answers = await Promise.all([1, 2, 3].map((pid) => openWindow(pid).claim('contoso\njob 1\nFinished')));
    assert.deepEqual(answers.sort(), [false, false, true]);
    assert.equal(await openWindow(4).claim('contoso\njob 1\nFinished'), false);
    assert.equal(await openWindow(4).claim('contoso\njob 2\nFinished'), true);
    assert.match((await readdir(path.join(folder, 'claims'))).join(), /^[0-9a-f]{40},[0-9a-f]{40}$/);
  });

  test('is forgotten after a hundred days', async () => {
    assert.equal(await openWindow(1).claim('x'), true);
    clock.jump(99 * 86_400_000);
    assert.equal(await openWindow(2).claim('x'), false);
    clock.jump(2 * 86_400_000);
    const third = openWindow(3);
    assert.equal(await third.claim('x'), true);
    assert.equal(await third.claim('x'), false, 'and then it is not forgotten again');
  });

  test('is everybody’s where it cannot be made', async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'claims'), 'a file');
    assert.deepEqual([await openWindow(1).claim('x'), await openWindow(2).claim('x')], [true, true]);
    assert.equal(log.length, 2);
  });

  test('is not made by a window that is closed', async () => {
    const window = openWindow(1);
    window.dispose();
    assert.equal(await window.claim('x'), false);
    assert.equal(await openWindow(2).claim('x'), true);
  });
});

describe('the endpoint of an account', () => {
  test('is there at once in the window that found it, and in others once it is written', async () => {
    const [one, two] = [openWindow(1), openWindow(2)];
    const saved = one.endpoint('contoso').save('https://a.example/api/');
    assert.equal(one.endpoint('contoso').load(), 'https://a.example/api/');
    await saved;
    assert.equal(two.endpoint('contoso').load(), 'https://a.example/api/');
    assert.equal(two.endpoint('other').load(), undefined);
    void one.endpoint('contoso').save('https://b.example/api/');
    await one.endpoint('contoso').save('https://c.example/api/');
    assert.equal(two.endpoint('contoso').load(), 'https://c.example/api/');
    const dropped = one.endpoint('contoso').save(undefined);
    assert.equal(one.endpoint('contoso').load(), undefined);
    await dropped;
    assert.equal(two.endpoint('contoso').load(), undefined);
  });

  for (const content of [
    '',
    '{',
    '7',
    'null',
    '{"root":7}',
    '{"__proto__":{"root":"x"}}',
    `{"root":"${'x'.repeat(9_000)}"}`,
    'x'.repeat(70_000),
  ]) {
    test(`is none where its file is damaged: ${content.slice(0, 30)}`, async () => {
      const endpoint = openWindow(1).endpoint('contoso');
      await endpoint.save('https://a.example/api/');
      await writeFile(await fileEndingIn('.endpoint.json'), content);
      assert.equal(endpoint.load(), undefined);
    });
  }
});

describe('the tracked job', () => {
  test('is told to other windows, as JSON gives it back', async () => {
    const [one, two] = [openWindow(1), openWindow(2)];
    const heard: unknown[] = [];
    two.tracked.onDidChange((value) => heard.push(value));
    one.tracked.onDidChange(() => assert.fail('a window hears itself'));
    assert.equal(await two.tracked.load(), null);
    await one.tracked.save({ chosenAt: 1, job: null });
    await untilHeard(() => heard.length > 0);
    assert.deepEqual(heard, [{ chosenAt: 1, job: null }]);
    assert.deepEqual(await two.tracked.load(), { chosenAt: 1, job: null });
  });

  test('of this window takes the place of what it has not heard of yet', async () => {
    const [one, two] = [openWindow(1), openWindow(2)];
    const heard: unknown[] = [];
    one.tracked.onDidChange((value) => heard.push(value));
    await one.tracked.load();
    await two.tracked.save({ from: 2 });
    const saved = one.tracked.save({ from: 1 });
    await clock.advance(60);
    await saved;
    await one.tracked.load();
    await clock.advance(60);
    await one.tracked.load();
    assert.deepEqual(heard, []);
    assert.deepEqual(await two.tracked.load(), { from: 1 });
  });
});
