import type { Account } from '../api/account.ts';
import { inListOrder } from '../api/listOrder.ts';
import type { Dialects } from '../dialects.ts';
import { encodings } from '../simulation/catalogue.ts';
import type { JobNotes, NewNotes } from '../simulation/mutation.ts';
import type { Outcome } from '../simulation/simulation.ts';
import type { JobSnapshot } from '../simulation/snapshot.ts';
import type { Fields } from './filter.ts';
import { jobNameOf, presetNameOf, tailOf, transformOf } from './names.ts';

/** What AMS v3 and its descendants need of the simulation beside what v2 does. */
export interface V3Account extends Account {
  advanceTo(clockMs: number): void;
  /** The id of the job whose GUID ends so. */
  idEndingIn(tail: string): string | undefined;
  notesOf(id: string): JobNotes | undefined;
  describe(id: string, notes: NewNotes): Outcome;
}

/** A transform's name and its preset. */
export type Transform = readonly [name: string, preset: string];

export const transformFields: Fields<Transform> = new Map([
  ['name', { kind: 'text', operators: ['eq'], canOrder: true, read: ([name]) => name }],
]);

/** The job of this name within a transform. */
export function findJob(account: V3Account, transform: string, name: string): JobSnapshot | undefined {
  const tail = tailOf(name);
  const id = tail === '' ? undefined : account.idEndingIn(tail);
  const job = id === undefined ? undefined : account.find(id);
  return job && transformOf(job) === transform && jobNameOf(job) === name ? job : undefined;
}

/** All jobs, or those of one transform, in the order they are listed in by themselves. */
export function* jobsOf(account: V3Account, dialects: Dialects, transform: string | null): Generator<JobSnapshot> {
  for (const job of inListOrder(account.jobs(), dialects['list-order'])) {
    if (transform === null || transformOf(job) === transform) {
      yield job;
    }
  }
}

/** The names of all transforms, each with its preset: those of the catalogue are there without any job too. */
export function transformsOf(account: V3Account): Map<string, string> {
  const configurations = new Set(encodings.map(({ preset }) => preset));
  for (const { configuration } of account.jobs()) {
    configurations.add(configuration);
  }
  const transforms = [...configurations].map((preset) => [presetNameOf(preset), preset] as const);
  return new Map(transforms.sort(([left], [right]) => (left < right ? -1 : 1)));
}
