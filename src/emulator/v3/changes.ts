import { badRequest, ODataError } from '../api/errors.ts';
import type { Dialects } from '../dialects.ts';
import type { NewNotes } from '../simulation/mutation.ts';
import type { JobSnapshot } from '../simulation/snapshot.ts';
import type { V3Account } from './jobs.ts';
import { priorityName, priorityNumber } from './priority.ts';

/** MK.IO's, in characters. */
const longestDescription = 1024;

/** @throws ODataError 409 for a job that is final or being canceled already: nobody recorded the status */
export function cancel(account: V3Account, job: JobSnapshot, dialects: Dialects): void {
  if (account.cancel(job.id, dialects['cancel-can-finish']) !== 'accepted') {
    throw new ODataError(409, 'The job cannot be canceled in its current state.');
  }
}

/** @throws ODataError 409 for a job that is not final: nobody recorded the status */
export function remove(account: V3Account, job: JobSnapshot): void {
  if (account.delete(job.id) !== 'accepted') {
    throw new ODataError(409, 'The job cannot be deleted in its current state.');
  }
}

/** What PATCH can change; null for what the body does not speak of. */
export interface JobPatch {
  readonly priority: number | null;
  readonly notes: NewNotes | null;
  /** Whether the body names input and outputs too. */
  readonly isWhole: boolean;
}

/** @throws ODataError 400 */
export function readPatch(text: string): JobPatch {
  const properties = readObject(readObject(parse(text), 'The body')['properties'] ?? {}, "'properties'");
  const { description, priority, correlationData, input, outputs } = properties;
  const number = priority === undefined ? null : priorityNumber(priority);
  if (number === undefined) {
    throw badRequest("'priority' must be Low, Normal or High.");
  }
  const isText = typeof description === 'string' && description.length <= longestDescription;
  if (description !== undefined && description !== null && !isText) {
    throw badRequest(`'description' must be text of at most ${longestDescription} characters.`);
  }
  const notes: NewNotes = {
    ...(description === undefined ? {} : { description }),
    ...(correlationData === undefined ? {} : { correlationData: readObject(correlationData, "'correlationData'") }),
  };
  return {
    priority: number,
    notes: Object.keys(notes).length > 0 ? notes : null,
    isWhole: typeof input === 'object' && input !== null && Array.isArray(outputs),
  };
}

/** A new priority of a job that is no longer queued is ignored (AMS v3: it "may be ignored"). */
export function patch(account: V3Account, job: JobSnapshot, { priority, notes }: JobPatch): void {
  // Numbers that v3 has one name for stay apart in v2.
  if (priority !== null && priorityName(priority) !== priorityName(job.priority)) {
    account.prioritize(job.id, priority);
  }
  if (notes) {
    account.describe(job.id, notes);
  }
}

/** @throws ODataError 400 */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest('The body must be JSON.');
  }
}

/** @throws ODataError 400 */
export function readObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequest(`${what} must be an object.`);
  }
  return value as Readonly<Record<string, unknown>>;
}
