import assert from 'node:assert/strict';
import { AccountSecrets } from '../../../src/accounts/accountSecrets.ts';
import { rootIn } from '../../../src/accounts/endpointFile.ts';
import { leaseIn } from '../../../src/accounts/leaseFile.ts';
import { SharedFile } from '../../../src/accounts/sharedFile.ts';
import type { SharedFiles } from '../../../src/accounts/sharedFiles.ts';
import { soundSharedAccount } from '../../../src/accounts/soundSharedAccount.ts';
import { isWindowMark } from '../../../src/accounts/windowIdentity.ts';
import type { Job } from '../../../src/jobs/job.ts';
import { jobToJson } from '../../../src/jobs/jobJson.ts';
import { readQuery } from '../../../src/jobs/jobQuery.ts';
import { isPace } from '../../../src/jobs/pace.ts';
import { isTrackedChoice } from '../../../src/jobs/trackedJob.ts';
import { readDetailsState } from '../../../src/views/detailsState.ts';
import { JobGrouping } from '../../../src/views/jobGrouping.ts';
import { jobId, jobRecord, jobTask } from '../jobs.ts';
import { MemorySecrets } from '../memorySecrets.ts';
import { type Decoder, decoder, nothing } from './decoder.ts';
import { account, id, now } from './samples.ts';
import { soundRecord, soundStoredJob, soundTask, soundValue } from './sound.ts';
import { nearJson, nearJsonText, nearValue } from './values.ts';

const stored: Job = { ...jobRecord(1), account: 'a', tasks: null, progress: 40, pace: null };
const pace = {
  since: now,
  changedAt: now,
  progress: 4,
  percent: 4,
  spentMs: 1,
  stepMs: null,
  leftMs: 1,
  isStalled: false,
};
const shared = {
  fingerprint: 'f',
  activeAt: now,
  headAt: now,
  watchedAt: { [jobId(1)]: now },
  goneAt: { [jobId(2)]: now },
  jobs: [
    { record: jobRecord(1), tasks: [jobTask(1, { errors: [{ code: 'c', message: 'm' }] })], progress: 4 },
    { record: jobRecord(2, { state: 'Unknown(9)', created: null }), tasks: null, progress: null },
  ],
  head: { ids: [jobId(1)], hasMore: true },
  failure: { kind: 'throttled', message: 'm', at: now, count: 2, retryAfterMs: 5 },
};

function soundShared(value: unknown): void {
  const found = soundSharedAccount(value, now);
  for (const { record, tasks, progress } of found?.jobs ?? []) {
    soundRecord(record);
    tasks?.forEach(soundTask);
    assert.ok(progress === null || (progress >= 0 && progress <= 100));
  }
  soundValue(found);
}

/** Files that windows share, of which one holds this. */
function filesHolding(text: string): SharedFiles {
  const files: Pick<SharedFiles, 'prepare' | 'read' | 'complain'> = {
    prepare: () => Promise.resolve(),
    read: () => Promise.resolve(text),
    complain: (_what, error) => assert.fail(String(error)),
  };
  return files as SharedFiles;
}

/** The decoders of what is kept, and of what windows share. */
export const ofStoredState: readonly Decoder[] = [
  decoder(
    'the tracked job',
    ['jobs/trackedJob.ts', 'jobs/progress.ts', 'jobs/pace.ts'],
    nearJson(
      { chosenAt: now, job: stored },
      { chosenAt: now, job: { ...stored, pace, state: 'Finished' } },
      { chosenAt: 1, job: null },
    ),
    (value) => {
      if (isTrackedChoice(value)) {
        assert.ok(Number.isSafeInteger(value.chosenAt + 1), 'a later choice is later');
        if (value.job) {
          soundStoredJob(value.job);
          assert.ok(value.job.pace === null || isPace(value.job.pace));
          soundValue(jobToJson(value.job, now));
        }
      }
    },
    nothing,
  ),
  decoder(
    'jobs that another window shares',
    ['accounts/soundSharedAccount.ts'],
    nearJson(shared),
    soundShared,
    nothing,
  ),
  decoder(
    'a file that windows share',
    ['accounts/sharedFile.ts'],
    nearJsonText({ version: 1, writer: 'w', sequence: 1, value: shared }),
    async (text) => {
      const check = (value: unknown) => soundSharedAccount(value, now);
      const file = new SharedFile({ files: filesHolding(text), name: 'n', windowId: 'o', maxBytes: 1, check });
      soundValue(await file.load());
    },
    nothing,
  ),
  decoder(
    'a lease',
    ['accounts/leaseFile.ts', 'accounts/windowIdentity.ts'],
    nearJsonText({ window: 'w', token: 't', pid: 1, host: 'h', expiresAt: now }),
    (text) => {
      const lease = leaseIn(text);
      assert.ok(lease === null || (isWindowMark(lease) && Number.isFinite(lease.expiresAt)));
    },
    nothing,
  ),
  decoder(
    'the address in a file',
    ['accounts/endpointFile.ts'],
    nearJsonText({ version: 1, root: 'https://h/api/' }),
    (text) => {
      const root = rootIn(text);
      assert.ok(root === undefined || (typeof root === 'string' && root.length <= 8_192));
    },
    nothing,
  ),
  decoder(
    'a secret',
    ['accounts/accountSecrets.ts'],
    nearJsonText({ secret: 's', fingerprint: 'f', origins: ['https://h'] }),
    async (text) => {
      const storage = new MemorySecrets();
      storage.items.set('mediaServices.secret.Contoso', text);
      soundValue(await new AccountSecrets(storage).read(account));
    },
    nothing,
  ),
  decoder(
    'filter and grouping of the panel',
    ['jobs/jobQuery.ts', 'views/jobGrouping.ts', 'views/panelChoices.ts'],
    nearValue({ states: ['Queued', 'Error'], name: 'a', createdFrom: now }, 'day'),
    (value) => {
      soundValue(readQuery(value));
      assert.ok(['none', 'state', 'day'].includes(new JobGrouping(value).by));
    },
    nothing,
  ),
  decoder(
    'a tab of details',
    ['views/detailsState.ts', 'jobs/progress.ts'],
    nearJson({
      account: 'a',
      id,
      points: [
        { at: now, progress: 1 },
        { at: now + 1, progress: 2 },
      ],
    }),
    (value) => {
      const state = readDetailsState(value);
      soundValue(state);
      assert.ok(!state || state.points.every(({ at }, index) => at >= (state.points[index - 1]?.at ?? -Infinity)));
    },
    nothing,
  ),
];
