import type { AccountFiles } from '../../src/accounts/accountRegistry.ts';

/** What windows keep of accounts together, without a disk. */
export class MemoryAccountFiles implements AccountFiles {
  readonly endpoints = new Map<string, string>();
  readonly forgotten: string[] = [];

  endpoint(name: string): ReturnType<AccountFiles['endpoint']> {
    return {
      load: () => this.endpoints.get(name),
      save: (root) => (root === undefined ? this.endpoints.delete(name) : this.endpoints.set(name, root)),
    };
  }

  forgetAccount(name: string): Promise<void> {
    this.endpoints.delete(name);
    this.forgotten.push(name);
    return Promise.resolve();
  }
}
