import { type Job, type JobState, knownJobStates } from '../jobs/job.ts';
import { formatDay } from './format.ts';
import type { Grouping } from './jobGrouping.ts';
import { type PresentationContext, stateLabel } from './jobPresentation.ts';

/** Jobs that stand together, in their order. */
export interface JobGroup {
  /** A state, a day as `YYYY-MM-DD`, `Unknown` for states and days that are not known; `null` where nothing is grouped. */
  readonly key: string | null;
  readonly ids: readonly string[];
}

const unknown = 'Unknown';

/** What moves comes first, then what waits, what needs a look, and what is over. */
const stateOrder: readonly string[] = [
  'Processing',
  'Canceling',
  'Scheduled',
  'Queued',
  unknown,
  'Error',
  'Canceled',
  'Finished',
];

/** The groups that there are, none of them empty. Days come in the order of the jobs, which is newest first. */
export function groupJobsBy(by: Grouping, jobs: readonly Job[]): readonly JobGroup[] {
  const groups = new Map<string, string[]>();
  for (const job of jobs) {
    const key = by === 'state' ? stateKey(job.state) : dayKey(job.created);
    const ids = groups.get(key) ?? [];
    groups.set(key, ids);
    ids.push(job.id);
  }
  const entries = [...groups].map(([key, ids]) => ({ key, ids }));
  return by === 'state'
    ? entries.sort((a, b) => stateOrder.indexOf(a.key) - stateOrder.indexOf(b.key))
    : entries.sort((a, b) => compareDays(a.key, b.key));
}

/**
 * Which groups are not as they were, by their keys; `null` where that has to be said of what they are in: there are
 * other groups, or a job is in another one. Older versions of VS Code refuse a row in one place that has not gone from
 * another yet, and they ask for one group after the other.
 */
export function changedGroups(before: readonly JobGroup[], after: readonly JobGroup[]): readonly string[] | null {
  if (before.length !== after.length || after.some(({ key }, index) => key !== before[index]?.key)) {
    return null;
  }
  const homes = new Map(before.flatMap(({ key, ids }) => ids.map((id) => [id, key] as const)));
  const changed: string[] = [];
  for (const [index, { key, ids }] of after.entries()) {
    const old = before[index]?.ids ?? [];
    if (ids.length === old.length && ids.every((id, position) => id === old[position])) {
      continue;
    }
    if (key === null || ids.some((id) => (homes.get(id) ?? key) !== key)) {
      return null;
    }
    changed.push(key);
  }
  return changed;
}

export function groupLabel(key: string, { l10n, locale, now }: PresentationContext): string {
  const state = knownJobStates.find((known) => known === key);
  if (state) {
    return stateLabel(state, l10n);
  }
  if (key === unknown) {
    return l10n.t('Unknown');
  }
  const day = startOfDay(key);
  const today = new Date(now);
  if (key === dayKey(now)) {
    return l10n.t('Today');
  }
  if (key === dayKey(new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1).getTime())) {
    return l10n.t('Yesterday');
  }
  return formatDay(day, locale);
}

/** The state that a group stands for, or `null` for a day. */
export function groupState(key: string): JobState | null {
  return knownJobStates.find((known) => known === key) ?? null;
}

/** The day in the person's own zone, as `YYYY-MM-DD`. */
export function dayKey(time: number | null): string {
  if (time === null) {
    return unknown;
  }
  const date = new Date(time);
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function stateKey(state: JobState): string {
  return knownJobStates.find((known) => known === state) ?? unknown;
}

/** Newest first; the unknown one last. */
function compareDays(a: string, b: string): number {
  return Number(a === unknown) - Number(b === unknown) || startOfDay(b) - startOfDay(a);
}

function startOfDay(key: string): number {
  const [year = 0, month = 1, day = 1] = key.split('-').map(Number);
  return new Date(year, month - 1, day).getTime();
}
