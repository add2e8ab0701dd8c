import { Agent } from 'node:https';
import { documentedHeaders, send } from '../../../test/support/emulatorRequests.ts';
import type { WatchedAccount } from './watchedAccount.ts';

const parallel = 4;

/**
 * The loop that "How to check job progress" leads to: for each running job the job by its id, then its tasks, as the
 * documented requests ask for them. Connections are kept, as any client does today.
 */
export class NaiveLoop {
  readonly #account: WatchedAccount;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: parallel });

  constructor(account: WatchedAccount) {
    this.#account = account;
  }

  async poll(): Promise<void> {
    const { emulator, token, jobIds } = this.#account;
    const waiting = [...jobIds];
    const ask = async (path: string): Promise<void> => {
      const url = `${emulator.endpoint}${path}`;
      const reply = await send(url, { ca: emulator.ca, headers: documentedHeaders(token), agent: this.#agent });
      if (reply.status !== 200) {
        throw new Error(`The emulator answered ${reply.status} to ${path}.`);
      }
      JSON.parse(reply.text);
    };
    const work = async (): Promise<void> => {
      for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
        const job = `Jobs('${encodeURIComponent(id)}')`;
        await ask(job);
        await ask(`${job}/Tasks`);
      }
    };
    await Promise.all(Array.from({ length: parallel }, work));
    // The emulator counts a request once its connection has let go of it.
    await this.#account.idle();
  }

  dispose(): void {
    this.#agent.destroy();
  }
}
