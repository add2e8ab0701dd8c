import type { Services } from './services.ts';

export async function copyJobReport(_services: Services, _node?: unknown, _nodes?: unknown): Promise<undefined> {
  return undefined;
}
