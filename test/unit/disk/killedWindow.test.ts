import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { SharedFolder } from '../../../src/accounts/sharedFolder.ts';
import type { ConnectionInfo } from '../../../src/emulator/emulator.ts';
import { readState } from '../../../src/emulator/stateFile.ts';
import { systemClock } from '../../../src/jobs/clock.ts';
import { makeTemporaryFolder } from '../../host/temporaryFolder.ts';
import { send } from '../../support/emulatorRequests.ts';
import { isAlive } from '../../support/isAlive.ts';

const entry = fileURLToPath(new URL('../../support/emulatorWindow.ts', import.meta.url));

/** Whether anything listens at an address. */
function isOpen(address: string): Promise<boolean> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on('connect', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

async function until(isRight: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await isRight())) {
    assert.ok(Date.now() < deadline, `It never was so: ${isRight}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('a window that is killed leaves no lease, no process and no port behind', async () => {
  const temporary = await makeTemporaryFolder();
  const folder = path.join(temporary.path, 'storage');
  const shared = new SharedFolder({ folder: path.join(folder, 'windows'), clock: systemClock, log: assert.fail });
  const window = spawn(process.execPath, [entry, folder, '1'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let emulator: number | undefined;
  window.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  window.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  try {
    await until(() => output.includes('\n'));
    const { root, endpoint, authorityHost, admin, adminToken, caFile } = JSON.parse(output) as ConnectionInfo;
    emulator = readState(path.join(folder, 'state.json'))?.pid;
    assert.ok(emulator !== undefined && emulator !== window.pid && isAlive(emulator));
    const addresses = [root, endpoint, authorityHost];
    assert.deepEqual(await Promise.all(addresses.map(isOpen)), [true, true, true]);
    const sharing = shared.account('contoso', 'f');
    assert.equal(await sharing.acquire(), null, 'the window has the lease');

    // An emulator that nobody holds yet waits a minute for its first window.
    const ca = await readFile(caFile, 'utf8');
    const headers = { Authorization: `Bearer ${adminToken}` };
    const isHeld = async (): Promise<boolean> => {
      const { text } = await send(`${admin}status`, { ca, headers });
      return (JSON.parse(text) as { readonly leases: number }).leases === 1;
    };
    await until(isHeld);

    window.kill('SIGKILL');
    await until(() => window.signalCode !== null);

    const lease = await sharing.acquire();
    assert.ok(lease, 'the next window gets the lease at once');
    lease.dispose();
    await until(() => !isAlive(Number(emulator)));
    assert.deepEqual(await Promise.all(addresses.map(isOpen)), [false, false, false]);
    assert.deepEqual(
      (await readdir(folder, { recursive: true })).filter((name) => /\.(?:lock|tmp)$|\.lease\.json$/.test(name)),
      [],
    );
  } finally {
    window.kill('SIGKILL');
    if (emulator !== undefined && isAlive(emulator)) {
      process.kill(emulator, 'SIGKILL');
    }
    shared.dispose();
    await temporary.dispose();
  }
});
