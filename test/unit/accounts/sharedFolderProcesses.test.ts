import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { SharedFolder } from '../../../src/accounts/sharedFolder.ts';
import { systemClock } from '../../../src/jobs/clock.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../../host/temporaryFolder.ts';

const entry = fileURLToPath(new URL('../../support/windowProcess.ts', import.meta.url));

let temporary: TemporaryFolder;
let folder: string;
let journal: string;
const processes: WindowProcess[] = [];

beforeEach(async () => {
  temporary = await makeTemporaryFolder();
  folder = path.join(temporary.path, 'windows');
  journal = path.join(temporary.path, 'journal');
});

afterEach(async () => {
  for (const window of processes.splice(0)) {
    await window.kill();
  }
  await temporary.dispose();
});

class WindowProcess {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly exited: Promise<number | null>;
  output = '';

  constructor(rounds: number) {
    const args = [entry, folder, journal, `${rounds}`];
    this.child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    this.exited = once(this.child, 'close').then(([code]) => code as number | null);
    processes.push(this);
  }

  async kill(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGKILL');
    }
    await this.exited;
  }
}

async function until(isRight: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await isRight())) {
    assert.ok(Date.now() < deadline, `It never was so: ${isRight}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/**
 * @param killed processes that may have ended with the lease
 * @returns how often each round was claimed
 */
async function checkJournal(killed: ReadonlySet<string> = new Set()): Promise<Map<string, number>> {
  const claims = new Map<string, number>();
  let holder: string | null = null;
  for (const line of (await readFile(journal, 'utf8')).trimEnd().split('\n')) {
    const [what, who = ''] = line.split(' ');
    if (what === 'begin') {
      assert.ok(holder === null || killed.has(holder), 'two windows had the lease at once');
      holder = who;
    } else if (what === 'end') {
      assert.equal(holder, who, 'two windows had the lease at once');
      holder = null;
    } else {
      claims.set(who, (claims.get(who) ?? 0) + 1);
    }
  }
  return claims;
}

describe('windows in processes of their own', () => {
  test('never have the lease two at a time, and each claim goes to one of them', async () => {
    const rounds = 40;
    const windows = [1, 2, 3, 4].map(() => new WindowProcess(rounds));
    assert.deepEqual(await Promise.all(windows.map(({ exited }) => exited)), [0, 0, 0, 0]);
    assert.deepEqual(
      windows.map(({ output }) => output),
      ['', '', '', ''],
    );
    const claims = await checkJournal();
    assert.deepEqual(
      [...claims.values()],
      Array.from({ length: rounds }, () => 1),
    );
    assert.equal((await readFile(journal, 'utf8')).match(/^begin/gm)?.length, 4 * rounds);
  });

  test('take over from one that is killed, one of them', async () => {
    const killed = new WindowProcess(0);
    await until(() => killed.output === 'held\n');
    const shared = new SharedFolder({ folder, clock: systemClock, log: (message) => assert.fail(message) });
    try {
      const sharing = shared.account('contoso', 'f');
      assert.equal(await sharing.acquire(), null);
      const before = Date.now();
      await killed.kill();
      const lease = await sharing.acquire();
      assert.ok(lease);
      assert.ok(Date.now() - before < 25_000, 'before it expired');
      lease.dispose();
      const heir = new WindowProcess(0);
      await until(() => heir.output === 'held\n');
      await heir.kill();
      const rounds = 5;
      const windows = [1, 2, 3].map(() => new WindowProcess(rounds));
      assert.deepEqual(await Promise.all(windows.map(({ exited }) => exited)), [0, 0, 0]);
      await checkJournal();
    } finally {
      shared.dispose();
    }
  });

  test('are not kept from the lease by one that was killed at any moment', async () => {
    const killed = new Set<string>();
    for (let round = 0; round < 4; round++) {
      const windows = [1, 2, 3].map(() => new WindowProcess(15));
      const [victim, ...others] = windows;
      await until(async () => (await readFile(journal, 'utf8').catch(() => '')).includes(`begin ${victim?.child.pid}`));
      await victim?.kill();
      killed.add(`${victim?.child.pid}`);
      assert.deepEqual(await Promise.all(others.map(({ exited }) => exited)), [0, 0]);
    }
    await checkJournal(killed);
  });
});
