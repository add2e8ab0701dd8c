import { type KnownJobState, knownJobStates } from '../jobs/job.ts';
import type { JobIdForm } from '../jobs/jobIdForms.ts';
import type { JobQuery } from '../jobs/jobQuery.ts';
import { ServiceError } from '../jobs/serviceError.ts';

const defaultTop = 20;
const mostTop = 100;

/** What a language model hands to a tool, which may be anything, as an object. */
export function inputObject(input: unknown): object {
  return typeof input === 'object' && input !== null ? input : {};
}

/**
 * Which jobs a language model wants listed, and how many at most.
 * @throws ServiceError `badRequest`
 */
export function readListInput(input: object): { readonly query: JobQuery; readonly top: number } {
  const { state, name, top = defaultTop } = input as Record<'state' | 'name' | 'top', unknown>;
  const known = knownJobStates.find((candidate) => candidate === state);
  if (state !== undefined && known === undefined) {
    throw new ServiceError('badRequest', `"state" must be one of ${knownJobStates.join(', ')}.`);
  }
  if (name !== undefined && typeof name !== 'string') {
    throw new ServiceError('badRequest', '"name" must be a text: a part of the names to look for.');
  }
  if (typeof top !== 'number' || !Number.isInteger(top) || top < 1 || top > mostTop) {
    throw new ServiceError('badRequest', `"top" must be a whole number from 1 to ${mostTop}.`);
  }
  const states: readonly KnownJobState[] = known === undefined ? [] : [known];
  return { query: { states, name: name ?? '' }, top };
}

/**
 * The id of the job that a language model asks for, in its canonical form.
 * @param form how the account's service writes ids
 * @throws ServiceError `badRequest`
 */
export function readJobInput(input: object, form: JobIdForm): string {
  const { id } = input as { readonly id?: unknown };
  const parsed = typeof id === 'string' ? form.parse(id) : null;
  if (parsed === null) {
    throw new ServiceError('badRequest', `"id" must be a job id, which looks like ${form.example}.`);
  }
  return parsed;
}
