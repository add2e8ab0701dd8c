import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { isCode } from './sharedFiles.ts';

/** Which window this is, and how to tell whether another one is still there. */
export interface WindowIdentity {
  readonly id: string;
  readonly pid: number;
  readonly hostName: string;
  readonly isAlive: (pid: number) => boolean;
}

/** This process, as one window; what is given takes precedence. */
export function windowIdentity(given: Partial<WindowIdentity>): WindowIdentity {
  return { id: randomUUID(), pid: process.pid, hostName: hostname(), isAlive: isRunning, ...given };
}

/** Whether a window has certainly ended. Of one on another machine nobody here can say. */
export function hasEnded(own: WindowIdentity, { pid, host }: { readonly pid: number; readonly host: string }): boolean {
  return host === own.hostName && !own.isAlive(pid);
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

/** What names a window in a file, where it is sound. */
export interface WindowMark {
  readonly token: string;
  readonly pid: number;
  readonly host: string;
}

export function isWindowMark(value: unknown): value is WindowMark {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const { token, pid, host } = value as Partial<Record<keyof WindowMark, unknown>>;
  return typeof token === 'string' && typeof host === 'string' && Number.isInteger(pid) && (pid as number) > 0;
}
