import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where what is expensive to get is kept between runs and checkouts. */
export function cacheFolder(): string {
  const { MEDIA_SERVICES_JOBS_CACHE: own, XDG_CACHE_HOME: shared } = process.env;
  return own || join(shared || join(homedir(), '.cache'), 'media-services-jobs');
}
