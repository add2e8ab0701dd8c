import { isInteractive, type ServiceAccount } from '../client/account.ts';
import { capabilitiesOf } from '../client/capabilitiesOf.ts';
import type { SignInMemory } from '../client/signInPrompts.ts';
import type { AccountProblem, AccountSummary, AccountsModel } from '../jobs/accountStatus.ts';
import type { JobsClient } from '../jobs/jobsClient.ts';
import { type Disposable, DisposableStore, Emitter } from '../jobs/lifecycle.ts';
import type { ServiceCapabilities } from '../jobs/serviceCapabilities.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import type { AccountSecrets, SecretState } from './accountSecrets.ts';
import { readAccountSettings } from './accountSettings.ts';
import type { EmulatorAccount, SharedEmulator } from './emulatorAccounts.ts';
import { type AccountClient, LazyJobsClient } from './lazyJobsClient.ts';
import { type SecretKind, secretDestinationOf, secretKindOf } from './secretDestination.ts';

/** An account that can be watched. */
export interface Account {
  readonly name: string;
  readonly config: ServiceAccount;
  /** The emulator's accounts are virtual: they are not in the settings, and their secrets are not a person's. */
  readonly isEmulator: boolean;
  /** What a person has to enter, or `null` where nothing is to be entered. */
  readonly secretKind: SecretKind | null;
  /** Whether a person signs in to it in VS Code or a browser. */
  readonly isInteractive: boolean;
  /** What its service can do. */
  readonly capabilities: ServiceCapabilities;
}

/** What a client needs from its account, beside the account itself. */
export interface ClientContext {
  getSecret(): Promise<string | undefined>;
  readonly endpointCache: { load(): string | undefined; save(root: string | undefined): void };
  /** What is kept between two sign-ins of a person. */
  readonly memory: SignInMemory;
  /** Takes note as whom the account is signed in, and when its token expires, in milliseconds since the Unix epoch. */
  onIdentity(identity: string | null, expiresAt: number | null): void;
}

export type CreateClient = (account: ServiceAccount, context: ClientContext) => AccountClient;

/** What the windows of a person keep of accounts together. Nothing here rejects. */
export interface AccountFiles {
  endpoint(name: string): { load(): string | undefined; save(root: string | undefined): unknown };
  /** Removes all that is kept of an account. */
  forgetAccount(name: string): Promise<void>;
}

/** The part of `vscode.Memento` that is needed. */
export interface StateStorage {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

export interface AccountRegistryOptions {
  /** The value of the setting `mediaServices.accounts`, whatever it is. */
  readonly readSetting: () => unknown;
  readonly secrets: AccountSecrets;
  /** Holds only what may be lost. */
  readonly state: StateStorage;
  readonly files: AccountFiles;
  readonly createClient: CreateClient;
}

interface Entry {
  readonly account: Account;
  readonly client: LazyJobsClient;
  /** Equal as long as the client may stay. */
  readonly fingerprint: string;
}

/** As whom an account was signed in last, and until when, as far as that is known. */
type SignIn = Pick<AccountSummary, 'identity' | 'expiresAt'>;

const signedOutKey = 'mediaServices.signedOut';

/** Which accounts there are, with one client each. An account that did not change keeps its client, and so its polls. */
export class AccountRegistry implements Disposable {
  readonly #options: AccountRegistryOptions;
  readonly #disposables = new DisposableStore();
  readonly #change = this.#disposables.add(new Emitter<void>());
  #entries: ReadonlyMap<string, Entry> = new Map();
  #problems: readonly AccountProblem[] = [];
  #emulated: readonly EmulatorAccount[] = [];
  /** The token of each account that its service has refused last; outlives its clients, but no window. */
  readonly #refusedTokens = new Map<string, string | null>();

  /** Fires when accounts, their clients or the problems in the setting became others. */
  readonly onDidChange = this.#change.event;

  constructor(options: AccountRegistryOptions) {
    this.#options = options;
    this.reload();
  }

  /** In the order of the settings; the emulator's accounts first. */
  get accounts(): readonly Account[] {
    return [...this.#entries.values()].map((entry) => entry.account);
  }

  get problems(): readonly AccountProblem[] {
    return this.#problems;
  }

  /** The accounts as views see them. */
  get model(): AccountsModel {
    const accounts = this.accounts.map((account) => ({
      name: account.name,
      isEmulator: account.isEmulator,
      asksForSecret: account.secretKind !== null || account.isInteractive,
      capabilities: account.capabilities,
      ...this.#signInOf(account),
    }));
    return { accounts, problems: this.#problems };
  }

  get(name: string): Account | undefined {
    return this.#entries.get(name)?.account;
  }

  /** When the token expires that a person has entered for the account, in milliseconds since the Unix epoch. */
  expiryOf(name: string): number | undefined {
    const account = this.get(name);
    return account && this.#signInOf(account).expiresAt;
  }

  /** Changes with whatever makes the jobs of an account another one's. */
  fingerprintOf(name: string): string {
    const config = this.#entries.get(name)?.account.config;
    return config ? secretDestinationOf(config).fingerprint : '';
  }

  get clients(): ReadonlyMap<string, JobsClient> {
    return new Map([...this.#entries].map(([name, entry]) => [name, entry.client]));
  }

  /** Reads the settings again. */
  reload(): void {
    const { accounts, problems } = readAccountSettings(this.#options.readSetting());
    const configs = [...this.#emulated.map(({ config }) => config), ...accounts];
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

  /** Takes up the emulator's accounts while the emulator runs, and drops them after. */
  setEmulator(emulator: Pick<SharedEmulator, 'accounts'> | null): void {
    const before = this.#emulated;
    this.#emulated = emulator?.accounts ?? [];
    for (const { config } of this.#emulated) {
      if (!before.some((known) => known.config.name === config.name) && this.isSignedOut(config.name)) {
        // Nobody starts it to stay signed out of it.
        void this.#setSignedOut(config.name, false);
      }
    }
    this.reload();
  }

  async secretState(name: string): Promise<SecretState> {
    const account = this.get(name);
    return account ? await this.#options.secrets.read(account.config) : { state: 'none' };
  }

  /**
   * Signs in afresh: with this secret where the account needs one, by asking the person where they sign in themselves,
   * else with what the account has. An empty secret takes the one there is away.
   * @param account as the person saw it: the secret is bound to where it went then, whatever the settings say by now
   * @throws ServiceError where a person signs in themselves and that did not work; `aborted` where they gave up
   */
  async signIn(account: Pick<Account, 'name' | 'config'>, secret?: string, signal?: AbortSignal): Promise<void> {
    const { name } = account;
    if (secret === '') {
      await this.#options.secrets.delete(name);
    } else if (secret !== undefined) {
      await this.#options.secrets.store(account.config, secret);
    }
    const wasSignedOut = this.isSignedOut(name);
    await this.#setSignedOut(name, false);
    this.#renew(name);
    const entry = this.#entries.get(name);
    if (!entry?.account.isInteractive) {
      return;
    }
    try {
      await entry.client.signIn(signal);
    } catch (error) {
      if (wasSignedOut && this.#entries.get(name) === entry) {
        // Who gives up wants to stay signed out.
        await this.#setSignedOut(name, true);
        this.#renew(name);
      }
      throw error;
    }
  }

  /** Forgets the account's secret, its tokens and its endpoint, and stays signed out until a person signs in. */
  async signOut(name: string): Promise<void> {
    if (this.get(name)) {
      // A memento has the value at once. So nothing is sent any more, however long the rest takes, or should it fail.
      const noted = this.#setSignedOut(name, true);
      this.#renew(name);
      await noted;
      await this.#forgetKept(name);
    }
  }

  /** Forgets all that is kept of an account that was removed, so that one of the same name begins with nothing. */
  async forget(name: string): Promise<void> {
    await this.#forgetKept(name);
    await this.#setSignedOut(name, false);
    this.#renew(name);
  }

  dispose(): void {
    for (const { client } of this.#entries.values()) {
      client.dispose();
    }
    this.#disposables.dispose();
  }

  async #forgetKept(name: string): Promise<void> {
    const { secrets, state, files } = this.#options;
    this.#refusedTokens.delete(name);
    // Begun first, so that jobs do not stay on disk because a secret does.
    const forgotten = files.forgetAccount(name);
    await secrets.delete(name);
    await state.update(identityKey(name), undefined);
    this.#dropFormerEndpoint(name);
    await forgotten;
  }

  /** How the account was signed in last; nothing of an account of the same name that signed in otherwise. */
  #signInOf({ name, config }: Account): SignIn {
    const kept = (this.#options.state.get(identityKey(name)) ?? {}) as {
      [key in keyof SignIn | 'fingerprint']?: unknown;
    };
    const { identity, expiresAt, fingerprint } = kept;
    return fingerprint === secretDestinationOf(config).fingerprint
      ? {
          ...(typeof identity === 'string' && { identity }),
          ...(typeof expiresAt === 'number' && { expiresAt }),
        }
      : {};
  }

  #keepSignIn(account: Account, identity: string | null, expiry: number | null): void {
    // A token that the account gets by itself is no matter of the person's.
    const expiresAt = account.secretKind === 'token' ? expiry : null;
    const known = this.#signInOf(account);
    // The emulator's account is the same application each time, and the id of that tells nobody anything.
    if (
      account.isEmulator ||
      (known.identity === (identity ?? undefined) && known.expiresAt === (expiresAt ?? undefined))
    ) {
      return;
    }
    const { fingerprint } = secretDestinationOf(account.config);
    const isNothing = identity === null && expiresAt === null;
    void this.#options.state.update(
      identityKey(account.name),
      isNothing ? undefined : { identity, expiresAt, fingerprint },
    );
    this.#change.fire();
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

  #createEntry(config: ServiceAccount): Entry {
    const { name } = config;
    const isEmulator = this.#emulatedAccount(name) !== undefined;
    const account: Account = {
      name,
      config,
      isEmulator,
      secretKind: isEmulator ? null : secretKindOf(config),
      isInteractive: isInteractive(config.authentication),
      capabilities: capabilitiesOf(config.kind),
    };
    const client: LazyJobsClient = new LazyJobsClient(account.capabilities, () => {
      const isCurrent = (): boolean => this.#entries.get(name)?.client === client;
      if (this.isSignedOut(name)) {
        throw new ServiceError('secretMissing', 'You signed out of this account.');
      }
      return this.#options.createClient(config, this.#contextOf(account, isCurrent));
    });
    return { account, client, fingerprint: this.#fingerprintOf(config) };
  }

  #fingerprintOf(config: ServiceAccount): string {
    return JSON.stringify([config, this.#emulatedAccount(config.name)?.secret]);
  }

  #emulatedAccount(name: string): EmulatorAccount | undefined {
    return this.#emulated.find(({ config }) => config.name === name);
  }

  /** A client that was replaced may still be at work: it gets no secret any more and leaves nothing behind. */
  #contextOf(account: Account, isCurrent: () => boolean): ClientContext {
    const { secrets, files } = this.#options;
    const endpoint = files.endpoint(account.name);
    this.#dropFormerEndpoint(account.name);
    const refusedTokens = this.#refusedTokens;
    const getSecret = async (): Promise<string | undefined> => {
      if (!isCurrent()) {
        return undefined;
      }
      if (account.isEmulator) {
        return this.#emulatedAccount(account.name)?.secret;
      }
      const stored = await secrets.read(account.config);
      return stored.state === 'ready' && isCurrent() ? stored.secret : undefined;
    };
    return {
      getSecret,
      memory: {
        load: getSecret,
        save: async (login) => {
          if (isCurrent()) {
            await secrets.store(account.config, login);
          }
        },
        get refusedToken() {
          return refusedTokens.get(account.name) ?? null;
        },
        set refusedToken(token) {
          refusedTokens.set(account.name, token);
        },
      },
      onIdentity: (identity, expiresAt) => {
        if (isCurrent()) {
          this.#keepSignIn(account, identity, expiresAt);
        }
      },
      endpointCache: {
        load: () => endpoint.load(),
        save: (root) => {
          if (isCurrent()) {
            endpoint.save(root);
          }
        },
      },
    };
  }

  /** Earlier versions kept the endpoint where windows do not see what another one has found. */
  #dropFormerEndpoint(name: string): void {
    const key = `mediaServices.endpoint.${name}`;
    if (this.#options.state.get(key) !== undefined) {
      void this.#options.state.update(key, undefined);
    }
  }

  /** Whether a person has signed out of the account and not in again. */
  isSignedOut(name: string): boolean {
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

function identityKey(accountName: string): string {
  return `mediaServices.identity.${accountName}`;
}
