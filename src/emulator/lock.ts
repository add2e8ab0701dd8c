import { randomUUID } from 'node:crypto';
import { link, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const retryMs = 50;
/** No honest holder keeps it so long. */
const staleAfterMs = 60_000;
/** A file this young may just not have its content yet. */
const unreadableAfterMs = 5_000;

export class LockTimeoutError extends Error {
  constructor(file: string, waitMs: number) {
    super(`Another process held ${file} for more than ${waitMs / 1000} seconds.`);
    this.name = 'LockTimeoutError';
  }
}

/**
 * Runs an action while no other process runs one under the same lock file. The file of a process that died with it is
 * taken over.
 *
 * @throws LockTimeoutError where the lock cannot be had in time
 */
export async function withLock<T>(file: string, waitMs: number, action: () => Promise<T>): Promise<T> {
  const token = randomUUID();
  const deadline = Date.now() + waitMs;
  while (!(await tryLock(file, token))) {
    if (await isStale(file)) {
      await takeAway(file);
    } else if (Date.now() > deadline) {
      throw new LockTimeoutError(file, waitMs);
    } else {
      await delay(retryMs);
    }
  }
  try {
    return await action();
  } finally {
    if ((await read(file))?.token === token) {
      await unlink(file);
    }
  }
}

async function tryLock(file: string, token: string): Promise<boolean> {
  try {
    await writeFile(file, JSON.stringify({ pid: process.pid, token }), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    // Windows refuses with EPERM while another process is just deleting the file.
    if (isCode(error, 'EEXIST') || (process.platform === 'win32' && isCode(error, 'EPERM'))) {
      return false;
    }
    throw error;
  }
}

export interface Holder {
  readonly pid: number;
  readonly token: string;
}

async function read(file: string): Promise<Holder | null> {
  try {
    return holderIn(await readFile(file, 'utf8'));
  } catch {
    return null;
  }
}

/** Who a lock file says has it. @throws SyntaxError where it is no JSON */
export function holderIn(text: string): Holder | null {
  const { pid, token } = (JSON.parse(text) ?? {}) as Partial<Record<keyof Holder, unknown>>;
  return Number.isInteger(pid) && Number(pid) > 0 && typeof token === 'string' ? { pid: Number(pid), token } : null;
}

async function isStale(file: string): Promise<boolean> {
  const holder = await read(file);
  try {
    const age = Date.now() - (await stat(file)).mtimeMs;
    return age > staleAfterMs || (holder ? !isRunning(holder.pid) : age > unreadableAfterMs);
  } catch {
    // Gone already.
    return false;
  }
}

/**
 * Removes a stale lock by renaming it, which only one process can do. Between looking and renaming another may have
 * done so and locked anew; then what was taken is its live lock, and goes back.
 */
async function takeAway(file: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  if (!(await isStale(aside))) {
    await link(aside, file).catch(() => {});
  }
  await unlink(aside);
}

/** Whether a process exists; one of another user counts. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, 'EPERM');
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
