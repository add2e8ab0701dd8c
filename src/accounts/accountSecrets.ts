import type { ServiceAccount } from '../client/account.ts';
import { secretDestinationOf } from './secretDestination.ts';

/** The part of `vscode.SecretStorage` that is needed, so that tests need no window. */
export interface SecretStorage {
  get(key: string): PromiseLike<string | undefined>;
  store(key: string, value: string): PromiseLike<void>;
  delete(key: string): PromiseLike<void>;
}

interface StoredSecret {
  readonly secret: string;
  readonly fingerprint: string;
  readonly origins: readonly string[];
}

/** What is stored for an account, told apart without giving the secret away. */
export type SecretState =
  | { readonly state: 'none' }
  | { readonly state: 'ready'; readonly secret: string }
  /** A secret is there, but was entered for another destination. */
  | { readonly state: 'otherDestination'; readonly origins: readonly string[] };

/** The secrets of accounts, each bound to where it was entered for. */
export class AccountSecrets {
  readonly #storage: SecretStorage;

  constructor(storage: SecretStorage) {
    this.#storage = storage;
  }

  async read(account: ServiceAccount): Promise<SecretState> {
    const stored = parseStored(await this.#storage.get(keyOf(account.name)));
    if (!stored) {
      return { state: 'none' };
    }
    return stored.fingerprint === secretDestinationOf(account).fingerprint
      ? { state: 'ready', secret: stored.secret }
      : { state: 'otherDestination', origins: stored.origins };
  }

  async store(account: ServiceAccount, secret: string): Promise<void> {
    const stored: StoredSecret = { secret, ...secretDestinationOf(account) };
    await this.#storage.store(keyOf(account.name), JSON.stringify(stored));
  }

  async delete(accountName: string): Promise<void> {
    await this.#storage.delete(keyOf(accountName));
  }
}

function keyOf(accountName: string): string {
  return `mediaServices.secret.${accountName}`;
}

/** Whatever cannot be read counts as no secret: it is asked for again. */
function parseStored(text: string | undefined): StoredSecret | null {
  if (text === undefined) {
    return null;
  }
  try {
    const value = JSON.parse(text) as Partial<Record<keyof StoredSecret, unknown>> | null;
    const { secret, fingerprint, origins } = value ?? {};
    return typeof secret === 'string' && typeof fingerprint === 'string' && Array.isArray(origins)
      ? { secret, fingerprint, origins: origins.filter((origin) => typeof origin === 'string') }
      : null;
  } catch {
    return null;
  }
}
