import type { ConnectionStep } from '../jobs/jobsClient.ts';
import type { ClientConnection } from './connection.ts';
import { guard } from './serviceClient.ts';

/** What can be changed of a job, as `JobsClient` has it. Each is sent once and never repeated by itself. */
export interface SentChanges {
  cancel(jobId: string, signal: AbortSignal | undefined): Promise<void>;
  delete(jobId: string, signal: AbortSignal | undefined): Promise<void>;
  changePriority(jobId: string, priority: number, signal: AbortSignal | undefined): Promise<void>;
}

/** What the clients of all services do alike, as `ServiceClient` has it. */
export abstract class ConnectedClient {
  readonly #connection: ClientConnection;
  readonly #changes: SentChanges;

  constructor(connection: ClientConnection, changes: SentChanges) {
    this.#connection = connection;
    this.#changes = changes;
  }

  /** Asks the service something plain, to see whether the account works. */
  protected abstract probe(signal: AbortSignal | undefined): Promise<unknown>;

  get endpoint(): string {
    return this.#connection.endpoint.root.href;
  }

  cancelJob(jobId: string, signal?: AbortSignal): Promise<void> {
    return guard(() => this.#changes.cancel(jobId, signal));
  }

  deleteJob(jobId: string, signal?: AbortSignal): Promise<void> {
    return guard(() => this.#changes.delete(jobId, signal));
  }

  changePriority(jobId: string, priority: number, signal?: AbortSignal): Promise<void> {
    return guard(() => this.#changes.changePriority(jobId, priority, signal));
  }

  signIn(signal?: AbortSignal): Promise<void> {
    return guard(() => this.#connection.tokens.signIn(signal));
  }

  testConnection(onStep: (step: ConnectionStep) => void, signal?: AbortSignal): Promise<{ readonly endpoint: string }> {
    return guard(async () => {
      onStep('signIn');
      await this.#connection.tokens.get(signal);
      onStep('query');
      await this.probe(signal);
      return { endpoint: this.endpoint };
    });
  }

  forgetEndpoint(): void {
    this.#connection.endpoint.forget();
  }

  forgetToken(): void {
    this.#connection.tokens.forget();
  }

  /** Ends every request under way with `aborted`. */
  dispose(): void {
    this.#connection.dispose();
  }
}
