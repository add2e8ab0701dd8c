import type { AssetSnapshot } from '../simulation/assets.ts';
import type { NewAsset, NewJob } from '../simulation/mutation.ts';
import type { Outcome } from '../simulation/simulation.ts';
import type { JobSnapshot, TaskSnapshot } from '../simulation/snapshot.ts';

/** What the API needs of the simulation. Ids are whole, as in `nb:jid:UUID:…`. */
export interface Account {
  /** How many jobs there are, the documented one among them. */
  readonly size: number;
  readonly assetCount: number;
  /** Tasks that run at a time. */
  readonly reservedUnits: number;
  /** What the next job will be called by. */
  readonly nextJobId: string;
  jobs(): Iterable<JobSnapshot>;
  activeJobs(): Iterable<JobSnapshot>;
  find(id: string): JobSnapshot | undefined;
  findTask(id: string): TaskSnapshot | undefined;
  assets(): Iterable<AssetSnapshot>;
  findAsset(id: string): AssetSnapshot | undefined;
  add(job: NewJob): string;
  addAsset(asset: NewAsset): string;
  fillAsset(id: string): boolean;
  deleteAsset(id: string): boolean;
  cancel(id: string, canFinish: boolean): Outcome;
  delete(id: string): Outcome;
  prioritize(id: string, priority: number): Outcome;
}
