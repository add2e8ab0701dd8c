import type { EndpointCache } from '../../src/client/endpoint.ts';

/** What was learned of an account's API root, in memory. */
export class MemoryEndpointCache implements EndpointCache {
  kept: string | undefined;

  constructor(kept?: string) {
    this.kept = kept;
  }

  load(): string | undefined {
    return this.kept;
  }

  save(value: string | undefined): void {
    this.kept = value;
  }
}
