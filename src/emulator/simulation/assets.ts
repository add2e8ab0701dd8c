import { guidOf, maskGuid, toId } from './identifiers.ts';
import type { NewAsset } from './mutation.ts';
import type { JobPlan } from './plan.ts';
import { Random } from './random.ts';
import { bodyOf, type OutputAsset } from './taskBody.ts';

/** An asset as the service shows it. Times are Unix milliseconds. */
export interface AssetSnapshot {
  readonly id: string;
  readonly state: number;
  readonly created: number;
  readonly lastModified: number;
  readonly alternateId: string | null;
  readonly name: string | null;
  readonly options: number;
  readonly formatOption: number;
  readonly storageAccountName: string;
  /** Whether a job could tell what to encode; not on the wire. */
  readonly hasPrimaryFile: boolean;
}

/** Asset states (MS docs "Asset"): 2 is also that of the stand-in for a deleted one. */
export const AssetState = { initialized: 0, published: 1, deleted: 2 } as const;

/** Most assets of a job (MS docs "Quotas and limitations"); also how many outputs can be told apart by id. */
export const mostAssetsPerJob = 100;

/** The account's one storage account. */
export const defaultStorage = 'emulatorstorage';

const inputMask = new Random(0, 'input asset').guid();
const outputMasks: readonly string[] = Array.from({ length: mostAssetsPerJob }, (_, index) =>
  new Random(0, 'output asset', index).guid(),
);

/** The input asset that comes with a made-up job. */
export function ownInputOf(jobGuid: string): string {
  return toId('cid', maskGuid(jobGuid, inputMask));
}

/** @param ordinal which of the job's outputs, in the order of their numbers */
export function outputIdOf(jobGuid: string, ordinal: number): string {
  return toId('cid', maskGuid(jobGuid, outputMasks[ordinal] ?? ''));
}

/** The GUIDs of all jobs that an asset may come from, each with what it would be there: its own way back. */
export function* originsOf(assetId: string): Generator<{ jobGuid: string; output: number | null }> {
  const guid = guidOf('cid', assetId);
  if (guid === null) {
    return;
  }
  yield { jobGuid: maskGuid(guid, inputMask), output: null };
  for (const [output, mask] of outputMasks.entries()) {
    yield { jobGuid: maskGuid(guid, mask), output };
  }
}

/** What a job makes, in the order of the outputs' numbers. */
export function outputsOf(plan: JobPlan): OutputAsset[] {
  return plan.tasks.flatMap((task, position) => bodyOf(task, position).outputs).sort((a, b) => a.index - b.index);
}

/** What a deleted asset is in the lists of the jobs that had it: recorded by that name and state. */
export function nonexistentAsset(id: string): AssetSnapshot {
  return {
    id,
    state: AssetState.deleted,
    created: 0,
    lastModified: 0,
    alternateId: null,
    name: 'Nonexistent Asset',
    options: 0,
    formatOption: 0,
    storageAccountName: defaultStorage,
    hasPrimaryFile: false,
  };
}

/** The assets that clients made, and which assets they deleted. */
export class AssetShelf {
  readonly #seed: number;
  readonly #made = new Map<string, AssetSnapshot>();
  readonly #deleted = new Set<string>();
  #count = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Newest first. */
  made(): AssetSnapshot[] {
    return [...this.#made.values()].reverse();
  }

  get size(): number {
    return this.#made.size;
  }

  find(id: string): AssetSnapshot | undefined {
    return this.#made.get(id);
  }

  /** The id the next asset gets. */
  get nextId(): string {
    return toId('cid', new Random(this.#seed, 'made asset', this.#count).guid());
  }

  /** @param created Unix milliseconds */
  add(asset: NewAsset, created: number): void {
    const id = this.nextId;
    this.#count++;
    const storageAccountName = asset.storageAccountName ?? defaultStorage;
    const state = AssetState.initialized;
    this.#made.set(id, {
      ...asset,
      id,
      state,
      created,
      lastModified: created,
      storageAccountName,
      hasPrimaryFile: false,
    });
  }

  /** Notes that an asset has a file. @param modified Unix milliseconds */
  fill(id: string, modified: number): boolean {
    const asset = this.#made.get(id);
    if (asset) {
      this.#made.set(id, { ...asset, lastModified: modified, hasPrimaryFile: true });
    }
    return asset !== undefined;
  }

  delete(id: string): void {
    this.#made.delete(id);
    this.#deleted.add(id);
  }

  isDeleted(id: string): boolean {
    return this.#deleted.has(id);
  }
}
