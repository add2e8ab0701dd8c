import type { AmsAccount } from '../client/account.ts';
import type { AccountProblem, AccountsModel } from '../jobs/accountStatus.ts';
import type { JobsClient } from '../jobs/jobsClient.ts';
import { type Disposable, DisposableStore, Emitter } from '../jobs/lifecycle.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import type { AccountSecrets, SecretState } from './accountSecrets.ts';
import { emulatorAccountName, readAccountSettings } from './accountSettings.ts';
import type { EmulatorInfo } from './emulatorInfo.ts';
import { LazyJobsClient } from './lazyJobsClient.ts';
import { type SecretKind, secretKindOf } from './secretDestination.ts';

/** An account that can be watched. */
export interface Account {
  readonly name: string;
  readonly config: AmsAccount;
  /** The emulator's account is virtual: it is not in the settings, and its secret is not a person's. */
  readonly isEmulator: boolean;
  /** What a person has to enter, or `null` where nothing is to be entered. */
  readonly secretKind: SecretKind | null;
}

/** What a client needs from its account, beside the account itself. */
export interface ClientContext {
  getSecret(): Promise<string | undefined>;
  readonly endpointCache: { load(): string | undefined; save(root: string | undefined): void };
}

export type CreateClient = (account: AmsAccount, context: ClientContext) => JobsClient & Disposable;

/** The part of `vscode.Memento` that is needed. */
export interface StateStorage {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

export interface AccountRegistryOptions {
  /** The value of the setting `mediaServices.accounts`, whatever it is. */
  readonly readSetting: () => unknown;
  readonly secrets: AccountSecrets;
  readonly state: StateStorage;
  readonly createClient: CreateClient;
}

interface Entry {
  readonly account: Account;
  readonly client: LazyJobsClient;
  /** Equal as long as the client may stay. */
  readonly fingerprint: string;
}

const signedOutKey = 'mediaServices.signedOut';

/** Which accounts there are, with one client each. An account that did not change keeps its client, and so its polls. */
export class AccountRegistry implements Disposable {
  readonly #options: AccountRegistryOptions;
  readonly #disposables = new DisposableStore();
  readonly #change = this.#disposables.add(new Emitter<void>());
  #entries: ReadonlyMap<string, Entry> = new Map();
  #problems: readonly AccountProblem[] = [];
  #emulator: EmulatorInfo | null = null;

  /** Fires when accounts, their clients or the problems in the setting became others. */
  readonly onDidChange = this.#change.event;

  constructor(options: AccountRegistryOptions) {
    this.#options = options;
    this.reload();
  }

  /** In the order of the settings; the emulator's account first. */
  get accounts(): readonly Account[] {
    return [...this.#entries.values()].map((entry) => entry.account);
  }

  get problems(): readonly AccountProblem[] {
    return this.#problems;
  }

  /** The accounts as views see them. */
  get model(): AccountsModel {
    const accounts = this.accounts.map(({ name, isEmulator, secretKind }) => ({
      name,
      isEmulator,
      asksForSecret: secretKind !== null,
    }));
    return { accounts, problems: this.#problems };
  }

  get(name: string): Account | undefined {
    return this.#entries.get(name)?.account;
  }

  get clients(): ReadonlyMap<string, JobsClient> {
    return new Map([...this.#entries].map(([name, entry]) => [name, entry.client]));
  }

  /** Reads the settings again. */
  reload(): void {
    const { accounts, problems } = readAccountSettings(this.#options.readSetting());
    const configs = this.#emulator ? [emulatorAccount(this.#emulator), ...accounts] : accounts;
    const entries = new Map<string, Entry>();
    for (const config of configs) {
      const before = this.#entries.get(config.name);
      const same = before?.fingerprint === this.#fingerprintOf(config);
      entries.set(config.name, before && same ? before : this.#createEntry(config));
    }
    const known = [...this.#entries.values()];
    const changed =
      JSON.stringify(problems) !== JSON.stringify(this.#problems) ||
      entries.size !== known.length ||
      [...entries.values()].some((entry, index) => entry !== known[index]);
    this.#problems = problems;
    if (changed) {
      this.#replace(entries);
    }
  }

  /** Takes up the emulator's account while the emulator runs, and drops it after. */
  setEmulator(emulator: EmulatorInfo | null): void {
    if (emulator && !this.#emulator && this.#isSignedOut(emulatorAccountName)) {
      // Nobody starts it to stay signed out of it.
      void this.#setSignedOut(emulatorAccountName, false);
    }
    this.#emulator = emulator;
    this.reload();
  }

  async secretState(name: string): Promise<SecretState> {
    const account = this.get(name);
    return account ? await this.#options.secrets.read(account.config) : { state: 'none' };
  }

  /**
   * Signs in afresh: with this secret where the account needs one, else with what it has.
   * @param account as the person saw it: the secret is bound to where it went then, whatever the settings say by now
   */
  async signIn(account: Pick<Account, 'name' | 'config'>, secret?: string): Promise<void> {
    if (secret !== undefined) {
      await this.#options.secrets.store(account.config, secret);
    }
    await this.#setSignedOut(account.name, false);
    this.#renew(account.name);
  }

  /** Forgets the account's secret, its tokens and its endpoint, and stays signed out until a person signs in. */
  async signOut(name: string): Promise<void> {
    if (this.get(name)) {
      // A memento has the value at once. So nothing is sent any more, however long the rest takes, or should it fail.
      const noted = this.#setSignedOut(name, true);
      this.#renew(name);
      await noted;
      await this.#options.secrets.delete(name);
      await this.#options.state.update(endpointKey(name), undefined);
    }
  }

  dispose(): void {
    for (const { client } of this.#entries.values()) {
      client.dispose();
    }
    this.#disposables.dispose();
  }

  /** Gives the account a new client, as the settings describe it by now; there may be no such account any more. */
  #renew(name: string): void {
    const entry = this.#entries.get(name);
    if (entry) {
      this.#replace(new Map(this.#entries).set(name, this.#createEntry(entry.account.config)));
    }
  }

  #replace(entries: ReadonlyMap<string, Entry>): void {
    const before = this.#entries;
    this.#entries = entries;
    this.#change.fire();
    for (const [name, entry] of before) {
      if (entries.get(name) !== entry) {
        entry.client.dispose();
      }
    }
  }

  #createEntry(config: AmsAccount): Entry {
    const { name } = config;
    const isEmulator = name === emulatorAccountName;
    const account: Account = { name, config, isEmulator, secretKind: isEmulator ? null : secretKindOf(config) };
    const client: LazyJobsClient = new LazyJobsClient(() => {
      const isCurrent = (): boolean => this.#entries.get(name)?.client === client;
      return this.#isSignedOut(name)
        ? signedOutClient
        : this.#options.createClient(config, this.#contextOf(account, isCurrent));
    });
    return { account, client, fingerprint: this.#fingerprintOf(config) };
  }

  #fingerprintOf(config: AmsAccount): string {
    const emulatorSecret = config.name === emulatorAccountName ? this.#emulator?.clientSecret : undefined;
    return JSON.stringify([config, emulatorSecret]);
  }

  /** A client that was replaced may still be at work: it gets no secret any more and leaves nothing behind. */
  #contextOf(account: Account, isCurrent: () => boolean): ClientContext {
    const { state, secrets } = this.#options;
    const key = endpointKey(account.name);
    return {
      getSecret: async () => {
        if (!isCurrent()) {
          return undefined;
        }
        if (account.isEmulator) {
          return this.#emulator?.clientSecret;
        }
        const stored = await secrets.read(account.config);
        return stored.state === 'ready' && isCurrent() ? stored.secret : undefined;
      },
      endpointCache: {
        load: () => {
          const stored = state.get(key);
          return typeof stored === 'string' ? stored : undefined;
        },
        save: (root) => {
          if (isCurrent()) {
            void state.update(key, root);
          }
        },
      },
    };
  }

  #isSignedOut(name: string): boolean {
    return this.#signedOut().includes(name);
  }

  #signedOut(): readonly string[] {
    const stored = this.#options.state.get(signedOutKey);
    return Array.isArray(stored) ? stored.filter((item) => typeof item === 'string') : [];
  }

  async #setSignedOut(name: string, signedOut: boolean): Promise<void> {
    const others = this.#signedOut().filter((other) => other !== name);
    await this.#options.state.update(signedOutKey, signedOut ? [...others, name] : others);
  }
}

const signedOut = (): Promise<never> =>
  Promise.reject(new ServiceError('secretMissing', 'You signed out of this account.'));

const signedOutClient: JobsClient & Disposable = {
  listJobs: signedOut,
  getJob: signedOut,
  listTasks: signedOut,
  cancelJob: signedOut,
  dispose: () => undefined,
};

function endpointKey(accountName: string): string {
  return `mediaServices.endpoint.${accountName}`;
}

function emulatorAccount(emulator: EmulatorInfo): AmsAccount {
  return {
    name: emulatorAccountName,
    kind: 'ams',
    endpoint: emulator.root,
    authentication: {
      method: 'servicePrincipal',
      tenantId: emulator.tenantId,
      clientId: emulator.clientId,
      authorityHost: emulator.authorityHost,
      scope: undefined,
    },
    trustedHosts: [],
    ca: emulator.ca,
  };
}
