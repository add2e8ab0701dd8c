import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { amsCapabilities } from '../../../src/client/ams/amsCapabilities.ts';
import type { Job } from '../../../src/jobs/job.ts';
import { JobStore } from '../../../src/jobs/jobStore.ts';
import { changedGroups, dayKey, groupJobsBy, groupLabel } from '../../../src/views/jobGroups.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { jobId, jobRecord } from '../../support/jobs.ts';
import { english } from '../../support/localizer.ts';

function job(n: number, changes: Partial<Job>): Job {
  const store = new JobStore(new FakeClock());
  store.apply('a', [jobRecord(n, changes)]);
  const [made] = store.jobs('a');
  assert.ok(made);
  return made;
}

const local = (day: number, hour: number): number => new Date(2026, 2, day, hour).getTime();
const context = { l10n: english, locale: 'en-US', now: local(10, 9), capabilitiesOf: () => amsCapabilities };

describe('grouping', () => {
  it('by state puts what runs first and what is over last, whatever the order of the jobs', () => {
    const states = ['Finished', 'Unknown(9)', 'Error', 'Queued', 'Canceling', 'Finished', 'Unknown(8)'] as const;
    const more = ['Processing', 'Scheduled', 'Canceled'] as const;
    const jobs = [...states, ...more].map((state, n) => job(n, { state }));
    assert.deepEqual(
      groupJobsBy('state', jobs).map(({ key, ids }) => [key, ids.length]),
      [
        ['Processing', 1],
        ['Canceling', 1],
        ['Scheduled', 1],
        ['Queued', 1],
        ['Unknown', 2],
        ['Error', 1],
        ['Canceled', 1],
        ['Finished', 2],
      ],
    );
    assert.deepEqual(groupJobsBy('state', jobs).at(-1)?.ids, [jobId(0), jobId(5)], 'in the order that they came in');
  });

  it('by day goes by the person’s own midnight, newest first also where the rows are not in order', () => {
    const times = [local(9, 23), local(10, 0), local(9, 0), local(8, 12), null, local(10, 8)];
    const jobs = times.map((created, n) => job(n, { created }));
    assert.deepEqual(
      groupJobsBy('day', jobs).map(({ key, ids }) => [key, ids.length]),
      [
        ['2026-03-10', 2],
        ['2026-03-09', 2],
        ['2026-03-08', 1],
        ['Unknown', 1],
      ],
    );
  });

  it('names states and days in words', () => {
    const label = (key: string): string => groupLabel(key, context);
    assert.equal(label('Error'), 'Failed');
    assert.equal(label('Unknown'), 'Unknown');
    assert.equal(label('2026-03-10'), 'Today');
    assert.equal(label('2026-03-09'), 'Yesterday');
    assert.equal(label('2026-03-08'), 'Sunday, March 8, 2026');
    assert.equal(groupLabel('2026-02-28', { ...context, now: local(1, 0) }), 'Yesterday');
    assert.equal(dayKey(local(1, 0)), '2026-03-01');
  });
});

describe('what is drawn anew', () => {
  const before = [
    { key: 'Processing', ids: ['1', '2'] },
    { key: 'Finished', ids: ['3', '4'] },
  ];
  const groupsOf = (processing: string[], finished: string[]) => [
    { key: 'Processing', ids: processing },
    { key: 'Finished', ids: finished },
  ];

  it('is nothing where all is as it was', () =>
    assert.deepEqual(changedGroups(before, groupsOf(['1', '2'], ['3', '4'])), []));

  it('is the group with another row, one row less or another order', () => {
    assert.deepEqual(changedGroups(before, groupsOf(['0', '1', '2'], ['3', '4'])), ['Processing']);
    assert.deepEqual(changedGroups(before, groupsOf(['1', '2'], ['3'])), ['Finished']);
    assert.deepEqual(changedGroups(before, groupsOf(['2', '1'], ['4', '3'])), ['Processing', 'Finished']);
  });

  it('is what they are in where a row is in another group by now, or there are other groups', () => {
    assert.equal(changedGroups(before, groupsOf(['1'], ['2', '3', '4'])), null);
    assert.equal(changedGroups(before, [{ key: 'Finished', ids: ['3', '4'] }]), null);
    assert.equal(changedGroups(before, [...before, { key: 'Error', ids: ['5'] }]), null);
    assert.equal(changedGroups([{ key: null, ids: ['1'] }], [{ key: null, ids: ['1', '2'] }]), null);
    assert.deepEqual(changedGroups([{ key: null, ids: ['1'] }], [{ key: null, ids: ['1'] }]), []);
  });
});
