import type { AccountPoller, AccountPollerOptions } from './accountPoller.ts';
import { emptyListing, idleStatus } from './accountStatus.ts';
import type { AskedJobs } from './askedJobs.ts';
import type { Clock } from './clock.ts';
import { isActive, isFinalState, type Job, type JobKey, jobKeyOf } from './job.ts';
import type { JobFilter } from './jobFilter.ts';
import type { JobQuery } from './jobQuery.ts';
import type { JobRows } from './jobRows.ts';
import type { JobStore } from './jobStore.ts';
import type { ConnectionStep, JobsClient } from './jobsClient.ts';
import { type Disposable, DisposableStore } from './lifecycle.ts';
import { type PollDemand, type PollSettings, wishesOf } from './pollDemand.ts';
import type { AccountSharing } from './pollSharing.ts';
import { ServiceError } from './serviceError.ts';
import type { TrackedJob } from './trackedJob.ts';

export interface WatchSettings extends PollSettings {
  /** Rows per page, 1 to 1000. */
  readonly pageSize: number;
}

export interface JobWatcherOptions {
  readonly store: JobStore;
  readonly tracked: TrackedJob;
  readonly clock: Clock;
  readonly random: () => number;
  readonly settings: () => WatchSettings;
  readonly filter: JobFilter;
  readonly rows: JobRows;
  /** Changes with whatever makes the jobs of an account another one's. */
  readonly fingerprintOf: (account: string) => string;
  /** What the windows of a person share of an account. */
  readonly sharing: (account: string) => AccountSharing;
  /** Loads what asks, when there is first something to ask. */
  readonly createPoller: (options: AccountPollerOptions) => AccountPoller;
  readonly onPollFailed: (account: string, error: ServiceError) => void;
}

/**
 * The only poller. It knows who looks at which jobs (the panel, the status bar, a waiting command) and asks the
 * services for as long as somebody does, one `AccountPoller` per account. What it learns goes into the store.
 */
export class JobWatcher implements Disposable {
  readonly #options: JobWatcherOptions;
  #clients: ReadonlyMap<string, JobsClient> = new Map();
  readonly #fingerprints = new Map<string, string>();
  /** One for each account that somebody has looked at. */
  readonly #pollers = new Map<string, AccountPoller>();
  readonly #subscriptions = new DisposableStore();
  /** How many callers wait for each job. */
  readonly #waiting = new Map<string, Map<string, number>>();
  /** How many views of their own show each job. */
  readonly #viewed = new Map<string, Map<string, number>>();
  /** Of the jobs in views, those that the service no longer has: they are not asked for again and again. */
  readonly #goneFromView = new Set<string>();
  /** Ends waits, with the account that each is for. */
  readonly #endWait = new Map<() => void, string>();
  #listVisible = false;
  #windowFocused = true;

  constructor(options: JobWatcherOptions) {
    this.#options = options;
    const { store, tracked, filter } = options;
    this.#subscriptions.add(
      store.onDidChange(({ account, added }) => {
        if (this.#goneFromView.size > 0) {
          for (const job of added) {
            this.#goneFromView.delete(jobKeyOf(job));
          }
        }
        this.#wake(account);
      }),
    );
    this.#subscriptions.add(filter.onDidChange(() => this.#filterChanged()));
    this.#subscriptions.add(tracked.onDidChange(() => this.#wakeAll()));
  }

  /**
   * Says which accounts there are. One whose client is another object than before (it was signed in to) keeps its
   * jobs and asks afresh; one that is gone, or leads elsewhere by now, is forgotten with all that was known of it.
   */
  setClients(clients: ReadonlyMap<string, JobsClient>): void {
    const { store, fingerprintOf } = this.#options;
    const before = this.#clients;
    this.#clients = clients;
    for (const [account, client] of before) {
      if (clients.get(account) === client) {
        continue;
      }
      this.#endPoller(account);
      if (clients.has(account) && this.#fingerprints.get(account) === fingerprintOf(account)) {
        store.setStatus(account, idleStatus);
        store.setListing(account, emptyListing);
      } else {
        this.#forgetJobs(account);
      }
    }
    for (const account of clients.keys()) {
      this.#fingerprints.set(account, fingerprintOf(account));
    }
    this.#wakeAll();
  }

  /** Drops all that is known of an account's jobs, as at sign-out. The account itself stays. */
  forget(account: string): void {
    this.#endPoller(account);
    this.#forgetJobs(account);
    this.#wakeAll();
  }

  setListVisible(visible: boolean): void {
    if (visible !== this.#listVisible) {
      this.#listVisible = visible;
      this.#someoneLooks(visible);
    }
  }

  setWindowFocused(focused: boolean): void {
    if (focused !== this.#windowFocused) {
      this.#windowFocused = focused;
      this.#someoneLooks(focused);
    }
  }

  settingsChanged(): void {
    this.#wakeAll();
  }

  /** Asks now, whatever the schedule says; for all accounts where none is named. Failures end up in the store. */
  async refresh(account?: string): Promise<void> {
    const accounts = account === undefined ? [...this.#clients.keys()] : [account];
    await Promise.all(accounts.map((name) => this.#poller(name).refresh()));
  }

  /** Gives up the searches that are under way. */
  stopSearch(): void {
    for (const poller of this.#pollers.values()) {
      poller.stopSearch();
    }
  }

  async loadMore(account: string): Promise<void> {
    await this.#poller(account).loadMore();
  }

  async loadTasks(key: JobKey): Promise<void> {
    await this.#poller(key.account).loadTasks(key.id);
  }

  /**
   * Lists up to `top` jobs for a caller, in the service's own order, and leaves what people see as it is.
   * @throws ServiceError
   */
  async list(account: string, query: JobQuery, top: number, signal?: AbortSignal): Promise<readonly Job[]> {
    return await this.#poller(account).ask((asked, either) => asked.list(query, top, either), signal);
  }

  /**
   * Asks for one job now.
   * @throws ServiceError
   */
  check(key: JobKey, signal?: AbortSignal): Promise<Job> {
    return this.ask(key, (asked, either) => asked.check(key.id, either), signal);
  }

  /**
   * Asks something of a job now, or has it changed; see `AskedJobs`. The store has what came of it.
   * @throws ServiceError
   */
  async ask<T>(
    { account }: Pick<JobKey, 'account'>,
    request: (asked: AskedJobs, signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    return await this.#poller(account).ask(request, signal);
  }

  /**
   * Somebody looks at a job: for as long as the result lives, it is asked about like the tracked one, until it is final
   * or the service no longer has it.
   */
  watch(key: JobKey): Disposable {
    this.#goneFromView.delete(jobKeyOf(key));
    return this.#count(this.#viewed, key);
  }

  /**
   * Walks through what it takes to ask an account's service.
   * @throws ServiceError
   */
  async testConnection(
    account: string,
    onStep: (step: ConnectionStep) => void,
    signal?: AbortSignal,
  ): Promise<{ readonly endpoint: string }> {
    return await this.#poller(account).client.testConnection(onStep, signal);
  }

  /**
   * Resolves once the job is in a final state. Meanwhile the job is asked about like a tracked one; a failed poll does
   * not end the wait. The job must be in the store.
   * @throws ServiceError of the kind `aborted` when the signal is aborted or the account goes, `notFound` when the job does.
   */
  async waitUntilFinal(key: JobKey, signal: AbortSignal): Promise<Job> {
    const { store } = this.#options;
    this.#poller(key.account);
    return await new Promise<Job>((resolve, reject) => {
      const done = new DisposableStore();
      const settle = (finish: () => void): void => {
        done.dispose();
        finish();
      };
      const look = (): void => {
        const job = store.get(key);
        if (job && isFinalState(job.state)) {
          settle(() => resolve(job));
        } else if (signal.aborted) {
          settle(() => reject(new ServiceError('aborted', 'The wait was canceled.')));
        } else if (!job) {
          settle(() => reject(new ServiceError('notFound', `The service no longer has this job: ${key.id}`)));
        }
      };
      const end = (): void =>
        settle(() => reject(new ServiceError('aborted', 'The account was removed or signed out.')));
      this.#endWait.set(end, key.account);
      done.add({ dispose: () => this.#endWait.delete(end) });
      done.add(this.#count(this.#waiting, key));
      done.add(store.onDidChange(({ account }) => account === key.account && look()));
      signal.addEventListener('abort', look, { once: true });
      done.add({ dispose: () => signal.removeEventListener('abort', look) });
      look();
    });
  }

  dispose(): void {
    this.#subscriptions.dispose();
    for (const poller of this.#pollers.values()) {
      poller.dispose();
    }
    this.#pollers.clear();
    for (const end of [...this.#endWait.keys()]) {
      end();
    }
  }

  #endPoller(account: string): void {
    this.#pollers.get(account)?.dispose();
    this.#pollers.delete(account);
  }

  /** Whoever waits is told first, lest they take the job for one that the service does not have. */
  #forgetJobs(account: string): void {
    for (const [end, waitsFor] of [...this.#endWait]) {
      if (waitsFor === account) {
        end();
      }
    }
    this.#options.store.dropAccount(account);
  }

  #createPoller(account: string, client: JobsClient): AccountPoller {
    const { store, tracked, clock, random, settings, filter, rows, sharing, onPollFailed } = this.#options;
    return this.#options.createPoller({
      account,
      client,
      store,
      clock,
      random,
      settings,
      filter,
      sharing: sharing(account),
      demand: () => this.#demand(account),
      watchedIds: () => this.#watchedIds(account),
      rowIds: () => rows.ids(account),
      onPollFailed: (error) => onPollFailed(account, error),
      onJobGone: (id) => {
        tracked.markGone({ account, id });
        if (this.#viewed.get(account)?.has(id)) {
          this.#goneFromView.add(jobKeyOf({ account, id }));
        }
      },
      isKept: (id) =>
        tracked.isTracked({ account, id }) ||
        [this.#waiting, this.#viewed].some((wanted) => wanted.get(account)?.has(id)),
    });
  }

  #demand(account: string): PollDemand {
    const { store, tracked } = this.#options;
    return {
      windowFocused: this.#windowFocused,
      listVisible: this.#listVisible,
      listActive: store.hasActive(account),
      tracked: tracked.isWatched && tracked.job?.account === account,
      waitedFor: this.#waiting.has(account),
      viewed: this.#stillActive(account, this.#viewedIds(account)).length > 0,
      canceling: store.cancelingIds(account).length > 0,
    };
  }

  /** @throws ServiceError `configuration` */
  #poller(account: string): AccountPoller {
    const client = this.#clients.get(account);
    if (!client) {
      throw new ServiceError('configuration', `There is no account of this name: ${account}`);
    }
    let poller = this.#pollers.get(account);
    if (!poller) {
      poller = this.#createPoller(account, client);
      this.#pollers.set(account, poller);
    }
    return poller;
  }

  #watchedIds(account: string): string[] {
    const { store, tracked } = this.#options;
    const ids = new Set([
      ...(this.#waiting.get(account)?.keys() ?? []),
      ...this.#viewedIds(account),
      ...store.cancelingIds(account),
    ]);
    if (tracked.isWatched && tracked.job?.account === account) {
      ids.add(tracked.job.id);
    }
    return this.#stillActive(account, ids);
  }

  #viewedIds(account: string): readonly string[] {
    const ids = [...(this.#viewed.get(account)?.keys() ?? [])];
    return ids.filter((id) => !this.#goneFromView.has(jobKeyOf({ account, id })));
  }

  #stillActive(account: string, ids: Iterable<string>): string[] {
    return [...ids].filter((id) => {
      const job = this.#options.store.get({ account, id });
      return job === undefined || isActive(job);
    });
  }

  /** Counts that somebody wants to know of a job, until the result is disposed of. */
  #count(wanted: Map<string, Map<string, number>>, { account, id }: JobKey): Disposable {
    const counts = wanted.get(account) ?? new Map<string, number>();
    wanted.set(account, counts);
    counts.set(id, (counts.get(id) ?? 0) + 1);
    this.#wake(account);
    let isOver = false;
    return {
      dispose: () => {
        if (isOver) {
          return;
        }
        isOver = true;
        const left = (counts.get(id) ?? 1) - 1;
        if (left > 0) {
          counts.set(id, left);
        } else {
          counts.delete(id);
        }
        if (counts.size === 0) {
          wanted.delete(account);
        }
        this.#wake(account);
      },
    };
  }

  #someoneLooks(looks: boolean): void {
    if (looks) {
      for (const poller of this.#pollers.values()) {
        poller.calm();
      }
    }
    this.#wakeAll();
  }

  #filterChanged(): void {
    for (const poller of this.#pollers.values()) {
      poller.filterChanged();
    }
  }

  #wakeAll(): void {
    for (const account of this.#clients.keys()) {
      this.#wake(account);
    }
  }

  /** Where nobody wants to know anything, nothing is even loaded that could ask. */
  #wake(account: string): void {
    const poller = this.#pollers.get(account);
    if (poller) {
      poller.wake();
    } else if (this.#clients.has(account) && this.#isWanted(account)) {
      this.#poller(account).wake();
    }
  }

  #isWanted(account: string): boolean {
    return Object.values(wishesOf(this.#options.settings(), this.#demand(account))).includes(true);
  }
}
