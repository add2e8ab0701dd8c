import type { SecretStorage } from '../../src/accounts/accountSecrets.ts';

/** A secret storage in memory, as VS Code's own is where the machine has no keychain. */
export class MemorySecrets implements SecretStorage {
  readonly items = new Map<string, string>();

  get(key: string): Promise<string | undefined> {
    return Promise.resolve(this.items.get(key));
  }

  store(key: string, value: string): Promise<void> {
    this.items.set(key, value);
    return Promise.resolve();
  }

  delete(key: string): Promise<void> {
    this.items.delete(key);
    return Promise.resolve();
  }
}
