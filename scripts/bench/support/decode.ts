import { readJob } from '../../../src/client/ams/jobEntities.ts';
import { parseJson, readCollection } from '../../../src/client/odata.ts';
import type { JobRecord } from '../../../src/jobs/job.ts';

/** The client's way from the bytes of an answer to jobs. */
export function decodeJobs(bytes: Buffer): JobRecord[] {
  return readCollection(parseJson(bytes.toString('utf8'))).rows.map(readJob);
}
