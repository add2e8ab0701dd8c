import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import type { Disposable } from '../jobs/lifecycle.ts';
import type { EmulatorInfo } from './emulatorInfo.ts';

/** What a window says to the emulator beside the API: that it wants it, and that it does not any more. */

const answerTimeoutMs = 10_000;

/**
 * Keeps a request open for as long as this window wants the emulator.
 * @param onLost hears why, once, should the emulator end it
 */
export function holdLease(emulator: EmulatorInfo, onLost: (reason: string) => void): Disposable {
  const sent = request(adminUrl(emulator, 'lease'), { headers: adminHeaders(emulator), agent: agentFor(emulator) });
  let ended = false;
  const lost = (reason: string): void => {
    if (!ended) {
      ended = true;
      onLost(reason);
    }
  };
  sent.on('response', (response: IncomingMessage) => {
    response.on('close', () => lost(response.statusCode === 200 ? 'it ended' : `status ${response.statusCode}`));
    response.on('error', () => undefined);
    response.resume();
  });
  sent.on('error', (error) => lost(error.message));
  sent.end();
  return {
    dispose: () => {
      ended = true;
      sent.destroy();
    },
  };
}

/**
 * Tells the emulator to end, and to leave nothing to go on with.
 * @throws Error with a plain sentence when it cannot be told.
 */
export function stopEmulator(emulator: EmulatorInfo): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause?: Error): void => reject(new Error('The local emulator could not be told to stop.', { cause }));
    const sent = request(adminUrl(emulator, 'stop'), {
      method: 'POST',
      headers: { ...adminHeaders(emulator), 'Content-Type': 'application/json', 'Content-Length': 2 },
      agent: agentFor(emulator),
      timeout: answerTimeoutMs,
    });
    sent.on('response', (response: IncomingMessage) => {
      response.resume();
      response.on('error', () => undefined);
      response.on('close', () => ((response.statusCode ?? 500) < 300 ? resolve() : fail()));
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', fail);
    sent.end('{}');
  });
}

function adminUrl(emulator: EmulatorInfo, action: string): URL {
  return new URL(action, emulator.admin);
}

function adminHeaders(emulator: EmulatorInfo): Record<string, string> {
  return { Authorization: `Bearer ${emulator.adminToken}` };
}

/** An agent of its own, so that the emulator's certificate is trusted for the emulator and for nothing else. */
function agentFor(emulator: EmulatorInfo): Agent {
  return new Agent({ ca: emulator.ca, keepAlive: false });
}
