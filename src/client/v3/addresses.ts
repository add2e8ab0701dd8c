import { idOfNamedJob, type NamedJob, namedJobOf } from '../../jobs/namedJob.ts';
import { ServiceError } from '../../jobs/serviceError.ts';

/** Names as a path, each percent-encoded: old ones may hold spaces. */
export function pathOf(...names: readonly string[]): string {
  return names.map(encodeURIComponent).join('/');
}

/**
 * Whether jobs of a transform of this name can be asked for. A dot or two are a name by the documented pattern, but
 * anybody who reads an address takes them for a way up.
 */
export function isTransformName(name: string): boolean {
  return canBeAsked({ transform: name, job: 'job' });
}

/**
 * The names that a job id holds.
 * @throws ServiceError `badRequest` for what is no job id
 */
export function namesOf(jobId: string): NamedJob {
  const named = namedJobOf(jobId);
  if (named === null || !canBeAsked(named)) {
    throw new ServiceError(
      'badRequest',
      `This is not a job id like transforms/<transform>/jobs/<job>: ${jobId.slice(0, 100)}`,
    );
  }
  return named;
}

/** The path of a job below that of its account or project, or of something that is done with it. */
export function jobPath(jobId: string, action?: 'cancelJob'): string {
  const { transform, job } = namesOf(jobId);
  return `${pathOf('transforms', transform, 'jobs', job)}${action === undefined ? '' : `/${action}`}`;
}

function canBeAsked(named: NamedJob): boolean {
  return (
    namedJobOf(idOfNamedJob(named)) !== null &&
    [named.transform, named.job].every((name) => name.isWellFormed() && name !== '.' && name !== '..')
  );
}
