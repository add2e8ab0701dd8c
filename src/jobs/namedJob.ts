/** A job of a service with the records of Azure Media Services v3, where names alone tell which one it is. */
export interface NamedJob {
  readonly transform: string;
  readonly job: string;
}

/** A name has 1 to 260 characters and none of `^'<>%&:\\?/*+` (MK.IO Media API, OpenAPI). */
const namePattern = /^[^^'<>%&:\\?/*+\p{Cc}]{1,260}$/u;

/** Longer input is no job id and no address of one. */
const longestInput = 4096;

/** The id in its canonical form, the names as they are: `transforms/<transform>/jobs/<job>`. */
export function idOfNamedJob({ transform, job }: NamedJob): string {
  return `transforms/${transform}/jobs/${job}`;
}

/** The names that an id in its canonical form holds; `null` where it is no such id. */
export function namedJobOf(id: string): NamedJob | null {
  const [transforms, transform = '', jobs, job = '', ...rest] = id.split('/', 5);
  const isId = transforms === 'transforms' && jobs === 'jobs' && rest.length === 0;
  return isId && namePattern.test(transform) && namePattern.test(job) ? { transform, job } : null;
}

/**
 * Finds the id of a job in what a person pasted: the id itself, quoted or not, a resource id of Azure Resource Manager
 * that ends in it, or an address of the job, percent-encoded as it may be.
 * @returns the id in its canonical form, or `null` where there is none
 */
export function parseNamedJobId(text: string): string | null {
  if (text.length > longestInput) {
    return null;
  }
  const trimmed = unquote(text.trim());
  if (namedJobOf(trimmed) !== null) {
    return trimmed;
  }
  // Of an address, what comes behind the path does not matter, nor what a request does to the job.
  const [path = ''] = trimmed.split(/[?#]/, 1);
  const segments = path.split('/').filter((segment) => segment !== '');
  const at = segments.findLastIndex((segment) => segment.toLowerCase() === 'transforms');
  const [transform, jobs = '', job, action = ''] = segments.slice(at + 1);
  const ends = segments.length - at === 4 || (segments.length - at === 5 && /^(?:cancelJob|state)$/i.test(action));
  if (at < 0 || !ends || jobs.toLowerCase() !== 'jobs' || transform === undefined || job === undefined) {
    return null;
  }
  const id = idOfNamedJob({ transform: decode(transform), job: decode(job) });
  return namedJobOf(id) === null ? null : id;
}

function unquote(text: string): string {
  return /^(["'`])(.*)\1$/s.exec(text)?.[2]?.trim() ?? text;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
