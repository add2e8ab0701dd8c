import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { amsCapabilities } from '../../../src/client/ams/amsCapabilities.ts';
import {
  type ChangeContext,
  chooseJobs,
  doneText,
  fitsState,
  type JobChange,
  missedText,
  nothingFitsText,
  parsePriority,
  priorityProblem,
  priorityPrompt,
  questionBefore,
  refusalLine,
  saysOnlyOfJob,
  underWayText,
  wordsOf,
} from '../../../src/commands/jobChanges.ts';
import { type Job, type JobState, knownJobStates } from '../../../src/jobs/job.ts';
import { ServiceError, type ServiceErrorKind } from '../../../src/jobs/serviceError.ts';
import { jobRecord } from '../../support/jobs.ts';
import { english } from '../../support/localizer.ts';

const context: ChangeContext = {
  l10n: english,
  locale: 'en',
  now: 0,
  capabilitiesOf: () => amsCapabilities,
  namesAccounts: false,
};

function job(n: number, state: JobState, changes: Partial<Job> = {}): Job {
  return { account: 'contoso', ...jobRecord(n, { state }), tasks: null, progress: null, pace: null, ...changes };
}

function jobs(count: number, state: JobState): Job[] {
  return Array.from({ length: count }, (_, n) => job(n + 1, state));
}

describe('which jobs a change is for', () => {
  const expected: Readonly<Record<JobChange, readonly JobState[]>> = {
    cancel: ['Queued', 'Scheduled', 'Processing', 'Unknown(9)'],
    delete: ['Finished', 'Error', 'Canceled'],
    changePriority: ['Queued'],
  };
  for (const change of ['cancel', 'delete', 'changePriority'] as const) {
    it(`${change}: ${expected[change].join(', ')}`, () => {
      const states: readonly JobState[] = [...knownJobStates, 'Unknown(9)'];
      assert.deepEqual(
        states.filter((state) => fitsState(change, state)),
        expected[change],
      );
      const chosen = chooseJobs(
        change,
        states.map((state, n) => job(n, state)),
        context,
      );
      assert.deepEqual(
        [...chosen.fitting, ...chosen.leftOut].map(({ state }) => state).toSorted(),
        states.toSorted(),
        'none is lost',
      );
    });
  }
});

describe('the question', () => {
  it('names one job, and says what its buttons do beside each other', () => {
    const cancel = questionBefore('cancel', chooseJobs('cancel', jobs(1, 'Processing'), context), context);
    assert.deepEqual(cancel, {
      message: 'Cancel the job "Job 1"?',
      detail: 'This cannot be undone. Output that was written so far may be left behind.',
      confirm: 'Cancel Job',
      decline: 'Keep Running',
    });
    const remove = questionBefore('delete', chooseJobs('delete', jobs(1, 'Error'), context), context);
    assert.deepEqual([remove.message, remove.confirm, remove.decline], ['Delete the job "Job 1"?', 'Delete Job', null]);
  });

  it('says how many, and names the first five', () => {
    const { message, detail, confirm } = questionBefore(
      'delete',
      chooseJobs('delete', jobs(1234, 'Finished'), context),
      context,
    );
    assert.deepEqual([message, confirm], ['Delete these 1,234 jobs?', 'Delete 1,234 Jobs']);
    assert.match(detail, /^• Job 1\n• Job 2\n• Job 3\n• Job 4\n• Job 5\nand 1,229 more\n\nThe service forgets/);
    const six = questionBefore('cancel', chooseJobs('cancel', jobs(6, 'Queued'), context), context).detail;
    assert.match(six, /• Job 6\n\nThis cannot/, 'a sixth name takes no more room than a line about it');
  });

  it('says what is left out of the selection, and why', () => {
    const left = (change: 'cancel' | 'delete', ...states: JobState[]): string =>
      questionBefore(
        change,
        chooseJobs(
          change,
          states.map((state, n) => job(n + 1, state)),
          context,
        ),
        context,
      )
        .detail.split('\n\n')
        .find((line) => line.includes('left out')) ?? '';
    assert.equal(left('cancel', 'Processing', 'Finished'), '"Job 2" is left out: it has already ended.');
    assert.equal(left('cancel', 'Processing', 'Canceling'), '"Job 2" is left out: it is being canceled already.');
    assert.equal(
      left('cancel', 'Processing', 'Canceling', 'Error'),
      '2 selected jobs are left out: they have ended or are being canceled already.',
    );
    assert.equal(left('delete', 'Processing', 'Error'), '"Job 1" is left out: it has not ended yet.');
    assert.equal(
      left('delete', 'Processing', 'Queued', 'Error'),
      '2 selected jobs are left out: they have not ended yet.',
    );
    assert.equal(left('delete', 'Error', 'Canceled'), '');
  });

  it('says of which account jobs are where there are several', () => {
    const several = { ...context, namesAccounts: true };
    const chosen = chooseJobs('delete', [...jobs(2, 'Error'), job(3, 'Error', { account: 'fabrikam' })], context);
    assert.match(questionBefore('delete', chosen, several).detail, /• Job 1 \(contoso\)\n.*\n• Job 3 \(fabrikam\)/);
  });

  it('shows hostile names as one plain line that ends, and that is no link', () => {
    const name = `A\n\n\u202eKeep \u200bme?\n[x](command:evil) ${'y'.repeat(5000)}`;
    const hostile = job(1, 'Error', { name });
    const { message } = questionBefore('delete', chooseJobs('delete', [hostile], context), context);
    assert.ok(message.length < 120, message);
    assert.match(message, /^Delete the job "A Keep me\? \[x\]\u2060\(command:evil\) y+…"\?$/);
    const { detail } = questionBefore('delete', chooseJobs('delete', [hostile, job(2, 'Error')], context), context);
    assert.equal(detail.split('\n').length, 4, 'a name takes one line');
    const nameless = job(3, 'Error', { name: ' ' });
    assert.match(
      nothingFitsText('cancel', chooseJobs('cancel', [nameless], context), context),
      /^"nb:jid:UUID:[^"]*" cannot be canceled/,
    );
  });
});

describe('a service that cannot do everything', () => {
  const cannot: ChangeContext = {
    ...context,
    capabilitiesOf: (account) =>
      account === 'b' ? { ...amsCapabilities, cancel: false, delete: false, priority: null } : amsCapabilities,
  };
  const changes = ['cancel', 'delete', 'changePriority'] as const;
  const fitting = { cancel: 'Processing', delete: 'Finished', changePriority: 'Queued' } as const;
  for (const change of changes) {
    it(`is not asked to (${change}), and why is said`, () => {
      const [able, unable] = [job(1, fitting[change]), job(2, fitting[change], { account: 'b' })];
      const chosen = chooseJobs(change, [able, unable], cannot);
      assert.deepEqual(chosen, { fitting: [able], leftOut: [], impossible: [unable] });
      const why = nothingFitsText(change, chooseJobs(change, [unable], cannot), cannot);
      assert.match(why, /^The service cannot (cancel|delete|change the priority of) jobs: b$/);
      const asked =
        change === 'changePriority' ? priorityPrompt(chosen, cannot) : questionBefore(change, chosen, cannot).detail;
      assert.ok(asked.includes(why), asked);
    });
  }
});

describe('a priority', () => {
  for (const [text, value] of [
    ['0', 0],
    [' 7 ', 7],
    ['+3', 3],
    ['-1', -1],
    ['-0', 0],
    ['2147483647', 2147483647],
    ['-2147483648', -2147483648],
  ] as const) {
    it(`is ${JSON.stringify(text)}`, () => {
      assert.ok(Object.is(parsePriority(text), value));
      assert.equal(priorityProblem(text, context), null);
    });
  }
  for (const text of ['', ' ', '1.5', '1e3', '0x10', 'high', '2147483648', '-2147483649', '9'.repeat(400), '１']) {
    it(`is not ${JSON.stringify(text.slice(0, 20))}`, () => {
      assert.equal(parsePriority(text), null);
      assert.equal(priorityProblem(text, context), 'Enter a whole number from -2,147,483,648 to 2,147,483,647.');
    });
  }

  it('is asked for once, for however many jobs', () => {
    assert.equal(
      priorityPrompt(chooseJobs('changePriority', jobs(1, 'Queued'), context), context),
      'The priority of "Job 1". Of queued jobs, the one with the highest runs first.',
    );
    assert.equal(
      priorityPrompt(chooseJobs('changePriority', [...jobs(2, 'Queued'), job(3, 'Processing')], context), context),
      'The priority of 2 jobs. Of queued jobs, the one with the highest runs first. "Job 3" is left out: it is not queued.',
    );
  });
});

describe('what is said afterwards', () => {
  it('why nothing can be done', () => {
    const says = (change: JobChange, ...states: JobState[]): string =>
      nothingFitsText(change, { leftOut: states.map((state, n) => job(n + 1, state)), impossible: [] }, context);
    assert.equal(says('cancel', 'Finished'), '"Job 1" cannot be canceled: it has already ended.');
    assert.equal(says('cancel', 'Canceling'), '"Job 1" is being canceled already.');
    assert.match(says('cancel', 'Canceling', 'Error'), /^None of these 2 jobs can be canceled: /);
    assert.equal(says('delete', 'Processing'), '"Job 1" cannot be deleted: it has not ended yet.');
    assert.match(says('delete', 'Processing', 'Queued'), /^None of these 2 jobs can be deleted: /);
    assert.equal(says('changePriority', 'Processing'), 'The priority of "Job 1" cannot be changed: it is not queued.');
    assert.match(
      says('changePriority', 'Processing', 'Error'),
      /^The priority of none of these 2 jobs can be changed: /,
    );
  });

  it('what was done and what was not, in the words of the service', () => {
    assert.equal(doneText('cancel', 3, context), '3 jobs are being canceled.');
    assert.equal(doneText('delete', 3, context), '3 jobs were deleted.');
    assert.equal(doneText('changePriority', 3, context), 'The priority of 3 jobs was changed.');
    const words = 'The job cannot be canceled in its present state. Job is [done](command:x).\n';
    assert.equal(
      missedText('cancel', jobs(1, 'Processing'), 1, words, context),
      '"Job 1" was not canceled. The job cannot be canceled in its present state. Job is [done]\u2060(command:x).',
    );
    assert.equal(missedText('delete', jobs(5, 'Error'), 2, 'No.', context), 'Not deleted: 2 of 5 jobs. No.');
    assert.equal(missedText('changePriority', jobs(5, 'Queued'), 5, '', context), 'Priority not changed: 5 of 5 jobs.');
    assert.ok(missedText('cancel', jobs(2, 'Queued'), 1, 'x'.repeat(10_000), context).length < 500);
  });

  it('in the log with the request, and by the service alone what the client has words for, too', () => {
    const cause = new ServiceError('badRequest', 'Job is done.', { status: 400, requestId: 'r-1' });
    const error = new ServiceError('conflict', 'Not now. Job is done.', { status: 400, requestId: 'r-1', cause });
    assert.equal(wordsOf(error), 'Job is done.');
    assert.equal(wordsOf(new ServiceError('unreachable', 'No answer.', { cause: new Error('x') })), 'No answer.');
    assert.equal(
      refusalLine('cancel', { account: 'contoso', id: 'nb:jid:1\n[info] faked' }, error),
      '[contoso] cancel nb:jid:1 [info] faked: Not now. Job is done. (conflict, HTTP 400, request r-1)',
    );
    assert.match(
      refusalLine('delete', job(1, 'Error'), new ServiceError('unreachable', 'No.')),
      /: No\. \(unreachable\)$/,
    );
  });

  it('of one job alone, or of all others, too', () => {
    const says = (kind: ServiceErrorKind, status?: number): boolean =>
      saysOnlyOfJob(new ServiceError(kind, '', status === undefined ? {} : { status }));
    assert.ok(says('conflict', 400) && says('notFound', 404) && says('badRequest', 400) && says('unreachable', 500));
    for (const kind of ['signIn', 'secretMissing', 'permission', 'throttled', 'unreachable', 'aborted'] as const) {
      assert.ok(!says(kind), kind);
    }
  });

  it('beside a button that says "Cancel", that it is about asking', () => {
    for (const change of ['cancel', 'delete', 'changePriority'] as const) {
      assert.match(underWayText(change, 40, context), /^Asking the service to \w+ .*40 jobs$/);
    }
  });
});
