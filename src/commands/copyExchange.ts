import type { Services } from './services.ts';

export async function copyExchange(_services: Services, _node?: unknown, _nodes?: unknown): Promise<undefined> {
  return undefined;
}
