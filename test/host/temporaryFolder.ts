import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onProcessEnd } from './processEnd.ts';

/** A folder that is gone when it is disposed of or, at the latest, when this process ends. */
export interface TemporaryFolder {
  readonly path: string;
  dispose(): Promise<void>;
}

export async function makeTemporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'media-services-jobs-'));
  // What wrote into it may be writing still while it ends.
  const removal = { recursive: true, force: true, maxRetries: 5, retryDelay: 200 };
  const calledOff = onProcessEnd(() => rmSync(path, removal));
  return {
    path,
    async dispose() {
      await rm(path, removal);
      calledOff();
    },
  };
}
