import { type EventEmitter, getEventListeners } from 'node:events';
import { Session } from 'node:inspector';
import { TLSSocket } from 'node:tls';
import { Emitter } from '../../src/jobs/lifecycle.ts';

/** What keeps something alive, or would be told of something, in the whole process. */
export interface LiveObjects {
  /** Listeners of all emitters that anything still refers to. */
  readonly listeners: number;
  /** Listeners of all abort signals. */
  readonly abortListeners: number;
  /** Timers of Node that are still to fire, whether or not they keep the process. */
  readonly timers: number;
  /** Connections over TLS, idle ones among them. */
  readonly sockets: number;
}

const lookups: Readonly<Record<keyof LiveObjects, { readonly prototype: object; readonly count: string }>> = {
  listeners: { prototype: Emitter.prototype, count: 'one.listenerCount' },
  abortListeners: { prototype: AbortSignal.prototype, count: 'lookups.abortListenersOf(one)' },
  timers: { prototype: timeoutPrototype(), count: 'one._destroyed ? 0 : 1' },
  sockets: { prototype: TLSSocket.prototype, count: 'one.destroyed ? 0 : 1' },
};

/**
 * Counts by a look at the heap itself, so that nothing has to say of itself that it is there. Collects garbage first,
 * so that what nobody refers to any more does not count.
 */
export function countLiveObjects(): LiveObjects {
  const session = new Session();
  session.connect();
  try {
    const counted = Object.entries(lookups).map(([name, lookup]) => [name, countBy(session, name, lookup)] as const);
    return Object.fromEntries(counted) as unknown as LiveObjects;
  } finally {
    session.disconnect();
  }
}

interface Answer {
  readonly result?: { readonly objectId?: string; readonly value?: unknown };
  readonly objects?: { readonly objectId?: string };
}

/** What of `Session.post` is used here; its own types do not know all of it. */
type Post = (method: string, parameters: object, callback?: (error: unknown, answer: Answer) => void) => void;

const handOver = Symbol.for('media-services-jobs.tests.lookup');

function countBy(
  session: Session,
  name: string,
  { prototype, count }: { readonly prototype: object; readonly count: string },
): number {
  const here = globalThis as unknown as Record<symbol, unknown>;
  here[handOver] = { prototype, abortListenersOf };
  const lookup = `globalThis[Symbol.for(${JSON.stringify(Symbol.keyFor(handOver))})]`;
  const group = `live ${name}`;
  let total = Number.NaN;
  // A session within its own process answers before `post` returns.
  const post = session.post.bind(session) as Post;
  post('Runtime.evaluate', { expression: `${lookup}.prototype`, objectGroup: group }, (_, evaluated) => {
    const prototypeObjectId = evaluated.result?.objectId;
    post('Runtime.queryObjects', { prototypeObjectId, objectGroup: group }, (_, found) => {
      const functionDeclaration = `function () {
        const lookups = ${lookup};
        return this.reduce((sum, one) => one === lookups.prototype ? sum : sum + Number(${count}), 0);
      }`;
      const objectId = found.objects?.objectId;
      post('Runtime.callFunctionOn', { objectId, functionDeclaration, returnByValue: true }, (_, summed) => {
        total = Number(summed.result?.value);
      });
    });
  });
  post('Runtime.releaseObjectGroup', { objectGroup: group });
  delete here[handOver];
  if (!Number.isFinite(total)) {
    throw new Error(`The ${name} in the heap could not be counted.`);
  }
  return total;
}

function abortListenersOf(signal: AbortSignal | EventEmitter): number {
  return getEventListeners(signal, 'abort').length;
}

function timeoutPrototype(): object {
  const timer = setTimeout(() => undefined, 0);
  clearTimeout(timer);
  return Object.getPrototypeOf(timer) as object;
}
