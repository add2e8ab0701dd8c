import type { JobRecord, JobTask } from '../../src/jobs/job.ts';

/** A job record with sensible values, changed where a test says so. `n` makes ids and creation times that differ. */
export function jobRecord(n: number, changes: Partial<JobRecord> = {}): JobRecord {
  return {
    id: jobId(n),
    name: `Job ${n}`,
    state: 'Processing',
    created: Date.parse('2026-01-01T00:00:00Z') + n * 60_000,
    lastModified: null,
    started: Date.parse('2026-01-01T00:00:00Z') + n * 60_000,
    ended: null,
    priority: 0,
    runningDurationMs: 0,
    ...changes,
  };
}

export function jobId(n: number): string {
  return `nb:jid:UUID:00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

export function jobTask(n: number, changes: Partial<JobTask> = {}): JobTask {
  return {
    id: `nb:tid:UUID:00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    name: `Task ${n}`,
    state: 'Processing',
    progress: 0,
    started: null,
    ended: null,
    runningDurationMs: 0,
    errors: [],
    ...changes,
  };
}
