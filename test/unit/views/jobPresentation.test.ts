import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { amsCapabilities } from '../../../src/client/ams/amsCapabilities.ts';
import { mkioCapabilities } from '../../../src/client/v3/v3Capabilities.ts';
import { type Job, type JobState, type JobTask, knownJobStates } from '../../../src/jobs/job.ts';
import { nextPace } from '../../../src/jobs/pace.ts';
import { drawBar } from '../../../src/views/format.ts';
import {
  jobDescription,
  jobIcon,
  jobSpoken,
  jobTitle,
  jobTooltip,
  type PresentationContext,
  priorityText,
  stateIcon,
  stateLabel,
  taskDescription,
  taskTitle,
  taskTooltip,
  trackedJobText,
} from '../../../src/views/jobPresentation.ts';
import { jobRecord, jobTask } from '../../support/jobs.ts';
import { english, korean } from '../../support/localizer.ts';
import { renderHover } from '../../support/markdown.ts';

const minute = 60_000;
const hour = 60 * minute;
const now = Date.parse('2026-02-03T12:00:00Z');
const context: PresentationContext = { l10n: english, locale: 'en', now, capabilitiesOf: () => amsCapabilities };

function job(changes: Partial<Job> = {}): Job {
  return {
    ...jobRecord(1),
    account: 'contoso',
    name: 'Encode Big Buck',
    tasks: null,
    progress: null,
    pace: null,
    ...changes,
  };
}

const failedTask = jobTask(1, {
  state: 'Error',
  errors: [{ code: 'InputUnreadable', message: 'The file is no video.' }],
});
/** 42 % after so long that the rest takes three minutes at the same pace. */
const running = job({ state: 'Processing', progress: 42, started: now - (3 * minute * 42) / 58 });
/** The same, as somebody saw it stand still for as long as it had run before. */
const stalled: Job = { ...running, pace: nextPace(nextPace(null, running, now), running, now + 3 * minute) };
const finished = job({ state: 'Finished', progress: 100, started: now - 3 * hour, ended: now - 2 * hour });
const unknown: JobState = 'Unknown(7)';
const allStates: readonly JobState[] = [...knownJobStates, unknown];

/** What each state looks like everywhere. */
const looks: readonly {
  readonly what: string;
  readonly job: Job;
  readonly description: string;
  readonly spoken: string;
  readonly statusBar: string;
}[] = [
  {
    what: 'a queued job',
    job: job({ state: 'Queued', started: null }),
    description: 'Queued',
    spoken: 'Encode Big Buck, Queued',
    statusBar: 'Encode Big Buck Queued',
  },
  {
    what: 'a queued job whose tasks were asked for',
    job: job({ state: 'Queued', started: null, progress: 0 }),
    description: 'Queued',
    spoken: 'Encode Big Buck, Queued',
    statusBar: 'Encode Big Buck Queued',
  },
  {
    what: 'a scheduled job',
    job: job({ state: 'Scheduled', started: null, progress: 0 }),
    description: 'Scheduled',
    spoken: 'Encode Big Buck, Scheduled',
    statusBar: 'Encode Big Buck Scheduled',
  },
  {
    what: 'a running job',
    job: running,
    description: '42% · 3 min left',
    spoken: 'Encode Big Buck, Processing, 42% · 3 min left',
    statusBar: 'Encode Big Buck 42%',
  },
  {
    what: 'a running job that stands still',
    job: stalled,
    description: '42% · stalled',
    spoken: 'Encode Big Buck, Processing, 42% · stalled',
    statusBar: 'Encode Big Buck 42%',
  },
  {
    what: 'a running job that just began',
    job: job({ state: 'Processing', progress: 1, started: now - 1000 }),
    description: '1%',
    spoken: 'Encode Big Buck, Processing, 1%',
    statusBar: 'Encode Big Buck 1%',
  },
  {
    what: 'a running job without progress',
    job: job({ state: 'Processing', started: now - hour }),
    description: 'Processing',
    spoken: 'Encode Big Buck, Processing',
    statusBar: 'Encode Big Buck Processing',
  },
  {
    what: 'a running job whose tasks are all done',
    job: job({ state: 'Processing', progress: 100, started: now - hour }),
    description: '99% · < 1 min left',
    spoken: 'Encode Big Buck, Processing, 99% · < 1 min left',
    statusBar: 'Encode Big Buck 99%',
  },
  {
    what: 'a finished job',
    job: finished,
    description: 'Finished 2 hr ago',
    spoken: 'Encode Big Buck, Finished 2 hr ago',
    statusBar: 'Encode Big Buck Finished',
  },
  {
    what: 'a finished job without its end',
    job: job({ state: 'Finished', progress: 100 }),
    description: 'Finished',
    spoken: 'Encode Big Buck, Finished',
    statusBar: 'Encode Big Buck Finished',
  },
  {
    what: 'a failed job',
    job: job({ state: 'Error', progress: 30, ended: now - hour, tasks: [jobTask(0), failedTask] }),
    description: 'InputUnreadable: The file is no video.',
    spoken: 'Encode Big Buck, Failed, InputUnreadable: The file is no video.',
    statusBar: 'Encode Big Buck Failed',
  },
  {
    what: 'a failed job whose error begins like its state',
    job: job({ state: 'Error', tasks: [{ ...failedTask, errors: [{ code: 'FailedToRead', message: '' }] }] }),
    description: 'FailedToRead',
    spoken: 'Encode Big Buck, Failed, FailedToRead',
    statusBar: 'Encode Big Buck Failed',
  },
  {
    what: 'a failed job whose error has no code',
    job: job({ state: 'Error', tasks: [{ ...failedTask, errors: [{ code: '', message: 'No reason.' }] }] }),
    description: 'No reason.',
    spoken: 'Encode Big Buck, Failed, No reason.',
    statusBar: 'Encode Big Buck Failed',
  },
  {
    what: 'a failed job whose error says nothing',
    job: job({ state: 'Error', ended: now - hour, tasks: [{ ...failedTask, errors: [{ code: '', message: ' ' }] }] }),
    description: 'Failed 1 hr ago',
    spoken: 'Encode Big Buck, Failed 1 hr ago',
    statusBar: 'Encode Big Buck Failed',
  },
  {
    what: 'a failed job without error details',
    job: job({ state: 'Error', ended: now - hour, tasks: [] }),
    description: 'Failed 1 hr ago',
    spoken: 'Encode Big Buck, Failed 1 hr ago',
    statusBar: 'Encode Big Buck Failed',
  },
  {
    what: 'a job that is being canceled',
    job: job({ state: 'Canceling', progress: 61.8 }),
    description: 'Canceling · 61%',
    spoken: 'Encode Big Buck, Canceling · 61%',
    statusBar: 'Encode Big Buck 61%',
  },
  {
    what: 'a job that is being canceled and has no progress',
    job: job({ state: 'Canceling' }),
    description: 'Canceling',
    spoken: 'Encode Big Buck, Canceling',
    statusBar: 'Encode Big Buck Canceling',
  },
  {
    what: 'a canceled job',
    job: job({ state: 'Canceled', progress: 61, ended: now - 5 * minute }),
    description: 'Canceled 5 min ago',
    spoken: 'Encode Big Buck, Canceled 5 min ago',
    statusBar: 'Encode Big Buck Canceled',
  },
  {
    what: 'a job in a state that nobody knows',
    job: job({ state: unknown, progress: 10 }),
    description: 'Unknown(7)',
    spoken: 'Encode Big Buck, Unknown(7)',
    statusBar: 'Encode Big Buck Unknown(7)',
  },
];

for (const { what, job, description, spoken, statusBar } of looks) {
  describe(what, () => {
    test('in its row', () => assert.equal(jobDescription(job, context), description));
    test('to a screen reader', () => assert.equal(jobSpoken(job, context), spoken));
    test('in the status bar', () => assert.equal(trackedJobText(job, context), statusBar));
  });
}

describe('percent', () => {
  test('is never 100 before the job is finished, in any view', () => {
    for (const state of allStates.filter((state) => state !== 'Finished')) {
      for (const progress of [99.4, 99.999, 100]) {
        const shown = job({ state, progress, started: now - hour, ended: now, tasks: [] });
        const texts = [
          jobDescription(shown, context),
          jobSpoken(shown, context),
          trackedJobText(shown, context),
          jobTooltip(shown, context),
        ];
        assert.doesNotMatch(texts.join('\n'), /100/, `${state} at ${progress}`);
        assert.ok(!jobTooltip(shown, context).includes(drawBar(100)), `the bar of ${state} at ${progress}`);
        const task = jobTask(1, { state, progress });
        assert.doesNotMatch(taskDescription(task, context) + taskTooltip(task, 0, context), /100/);
      }
    }
  });

  test('is 100 when the job is finished', () => {
    assert.match(jobTooltip(finished, context), /100%/);
    assert.match(taskTooltip(jobTask(1, { state: 'Finished', progress: 100 }), 0, context), /100%/);
  });
});

describe('icon', () => {
  test('differs from state to state, and moves only while something moves', () => {
    const icons = allStates.map((state) => stateIcon(state).id);
    assert.equal(new Set(icons).size, allStates.length);
    const moving = allStates.filter((state) => stateIcon(state).id.endsWith('~spin'));
    assert.deepEqual(moving, ['Processing', 'Canceling']);
  });
});

describe('names', () => {
  test('a job without a name goes by its id', () => {
    assert.equal(jobTitle(job({ name: '' })), job().id);
    assert.equal(jobTitle(job({ name: ' \u200b\u3164 ' })), job().id);
  });

  test('an id that is none is made one line too', () => {
    assert.equal(jobTitle(job({ name: '', id: 'a\nb\u202ec' })), 'a b c');
  });

  test('a task without a name goes by its number', () => {
    assert.equal(taskTitle(jobTask(1, { name: '\u00ad' }), 1, english), 'Task 2');
    assert.equal(taskTitle(jobTask(1, { name: 'Thumbnails\n' }), 1, english), 'Thumbnails');
  });

  test('a long one is short in the status bar', () => {
    const text = trackedJobText({ ...running, name: 'Encode the whole archive of 2019' }, context);
    assert.equal(text, 'Encode the whole ar… 42%');
  });
});

describe('task', () => {
  const cases: readonly [what: string, task: Partial<JobTask>, text: string][] = [
    ['queued', { state: 'Queued' }, 'Queued'],
    ['running', { state: 'Processing', progress: 12.9 }, '12%'],
    ['running without progress', { state: 'Processing', progress: null }, 'Processing'],
    ['done', { state: 'Finished', progress: 100, started: now, ended: now + 200_000 }, 'Finished in 3 min 20 sec'],
    ['done without times', { state: 'Finished', progress: 100 }, 'Finished'],
    ['failed', failedTask, 'InputUnreadable: The file is no video.'],
    ['failed without details', { state: 'Error' }, 'Failed'],
    ['failed with a code alone', { state: 'Error', errors: [{ code: 'X1', message: '' }] }, 'X1'],
    ['failed with a message alone', { state: 'Error', errors: [{ code: '', message: 'No.' }] }, 'No.'],
    ['canceled', { state: 'Canceled', progress: 5 }, 'Canceled'],
    ['canceling', { state: 'Canceling', progress: 5 }, 'Canceling'],
    ['unknown', { state: unknown }, 'Unknown(7)'],
  ];
  for (const [what, changes, text] of cases) {
    test(what, () => assert.equal(taskDescription(jobTask(1, changes), context), text));
  }

  test('a long error is cut in a row', () => {
    const errors = [{ code: 'E', message: 'x'.repeat(500) }];
    assert.equal([...taskDescription(jobTask(1, { state: 'Error', errors }), context)].length, 80);
  });

  test('its hover names every error and both times', () => {
    const errors = [
      { code: 'E1', message: 'One.' },
      { code: 'E2', message: 'Two.' },
    ];
    const task = jobTask(1, { state: 'Error', progress: 50, errors, started: now, ended: now + hour });
    const { text } = renderHover(taskTooltip(task, 0, context));
    assert.match(text, /^Task 1 Failed .*50%/);
    assert.match(text, /E1: One\./);
    assert.match(text, /E2: Two\./);
    assert.match(text, /Started: .*\(2026-02-03 12:00:00 UTC\)/);
    assert.match(text, /Ended: .*\(2026-02-03 13:00:00 UTC\)/);
  });
});

describe("a job's hover", () => {
  test('holds name, state, bar, times in both zones, duration, priority and id', () => {
    const { html, text, icons } = renderHover(jobTooltip({ ...finished, priority: 3 }, context));
    assert.match(text, /^Encode Big Buck Finished .*100%/);
    assert.match(text, /Started .*2026-02-03 09:00:00 UTC/);
    assert.match(text, /Ended .*2026-02-03 10:00:00 UTC/);
    assert.match(text, /Duration 1 h/);
    assert.match(text, /Priority 3/);
    assert.ok(text.endsWith(finished.id));
    assert.ok(html.includes('background-color:var(--vscode-charts-blue);'));
    assert.match(html, /<table>/);
    assert.deepEqual(icons, ['pass']);
  });

  test('says how long a running job will take', () => {
    assert.match(renderHover(jobTooltip(running, context)).text, /Processing .*42% · 3 min left/);
    assert.match(renderHover(jobTooltip(stalled, context)).text, /Processing .*42% · stalled/);
  });

  test('names the error of a failed job, but not of one that is none', () => {
    const failed = job({ state: 'Error', tasks: [failedTask] });
    assert.match(renderHover(jobTooltip(failed, context)).text, /InputUnreadable: The file is no video\./);
    assert.doesNotMatch(jobTooltip({ ...failed, state: 'Canceled' }, context), /Input/);
  });

  test('has no table where there is nothing to put into it', () => {
    const bare = job({ created: null, started: null, ended: null, priority: null });
    assert.doesNotMatch(renderHover(jobTooltip(bare, context)).html, /<table>/);
  });

  test('keeps a priority of 0, which is one', () => {
    assert.match(renderHover(jobTooltip(job({ priority: 0 }), context)).text, /Priority 0/);
  });
});

describe('text of the service', () => {
  const hostile = [
    '$(bug) $(sync~spin)',
    '[x](command:workbench.action.quit)',
    '![p](https://example.com/p.png)',
    '<img src=x onerror=alert(1)><span style="background-color:var(--vscode-charts-red);">x</span>',
    '**b** `c` | d | ~~e~~ # f',
    '`` ` ``` `',
    'a\n\n# b\n\n[x](https://example.com)\r\n- c',
    '\u202egpj.exe',
    '</span></td></table>',
  ];
  const structure = (html: string): string[] => html.match(/<[^>]*>/g) ?? [];

  for (const text of hostile) {
    test(`${JSON.stringify(text)} changes no hover`, () => {
      const withText = (words: string): string[] => {
        const errors = [{ code: words, message: words }];
        const task = jobTask(1, { id: words, name: words, state: 'Error', errors });
        const state = `Unknown(${words})` as const;
        return [
          jobTooltip(job({ id: words, name: words, state: 'Error', tasks: [task] }), context),
          jobTooltip(job({ id: words, name: '', state }), context),
          taskTooltip(task, 0, context),
          taskTooltip({ ...task, state, errors: [] }, 0, context),
        ];
      };
      const plain = withText('plain text').map(renderHover);
      withText(text)
        .map(renderHover)
        .forEach(({ html, icons }, index) => {
          assert.deepEqual(structure(html), structure(plain[index]?.html ?? ''));
          assert.deepEqual(icons, plain[index]?.icons);
          assert.doesNotMatch(html, /\u202e/);
        });
    });

    test(`${JSON.stringify(text)} is one line everywhere else`, () => {
      const errors = [{ code: text, message: text }];
      const task = jobTask(1, { name: text, state: 'Error', errors });
      const failed = job({ id: text, name: text, state: 'Error', tasks: [task] });
      const odd = job({ name: text, state: `Unknown(${text})` });
      const lines = [failed, odd].flatMap((one) => [
        jobTitle(one),
        jobDescription(one, context),
        jobSpoken(one, context),
        trackedJobText(one, context),
        stateLabel(one.state, english),
      ]);
      for (const line of [...lines, taskTitle(task, 0, english), taskDescription(task, context)]) {
        assert.doesNotMatch(line, /[\p{Cc}\u202e]/u);
      }
    });
  }

  test('a megabyte of it is cut', () => {
    const text = 'é'.repeat(1_000_000);
    const errors = [{ code: text, message: text }];
    const task = jobTask(1, { name: text, state: 'Error', errors });
    const failed = job({ name: text, state: 'Error', tasks: [task] });
    assert.ok(jobTooltip(failed, context).length < 10_000);
    assert.ok(taskTooltip(task, 0, context).length < 10_000);
    assert.ok(trackedJobText(failed, context).length < 40);
    assert.ok(jobDescription(failed, context).length <= 80);
  });
});

describe('a job of which the service says little', () => {
  for (const state of allStates) {
    test(`${state} with nothing but nulls`, () => {
      const nothing = { created: null, lastModified: null, started: null, ended: null, priority: null };
      for (const tasks of [null, [], [jobTask(1, { state, progress: null })]]) {
        const bare = job({ ...nothing, state, runningDurationMs: null, progress: null, name: '', tasks });
        for (const text of [
          jobDescription(bare, context),
          jobSpoken(bare, context),
          trackedJobText(bare, context),
          jobTooltip(bare, context),
        ]) {
          assert.doesNotMatch(text, /null|undefined|NaN|Invalid/);
          assert.notEqual(text, '');
        }
      }
    });
  }

  test('times that run backwards are shown without negative spans', () => {
    const odd = job({ state: 'Finished', progress: 100, started: now + hour, ended: now - hour });
    assert.match(renderHover(jobTooltip(odd, context)).text, /Duration 0 sec/);
    assert.equal(jobDescription(job({ ...odd, ended: now + hour }), context), 'Finished just now');
  });
});

describe('another language', () => {
  test('numbers and dates follow it', () => {
    const numbers: PresentationContext = { ...context, locale: 'ko' };
    assert.equal(jobDescription(running, numbers), '42% · 3 min left');
    assert.match(renderHover(jobTooltip(finished, numbers)).text, /Created 2026\. 1\. 1\. 오[전후]/);
    assert.equal(jobDescription(running, { ...context, locale: 'de' }), '42\u00a0% · 3 min left');
  });

  const inKorean: PresentationContext = { ...context, l10n: korean, locale: 'ko' };

  test('words stand in its order', () => {
    assert.equal(jobDescription(running, inKorean), '42% · 3분 남음');
    assert.equal(jobDescription(finished, inKorean), '2시간 전 완료');
    assert.equal(trackedJobText(finished, inKorean), 'Encode Big Buck 완료');
    const done = jobTask(1, { state: 'Finished', started: now - hour, ended: now - hour + 200_000 });
    assert.equal(taskDescription(done, inKorean), '3분 20초 만에 완료');
  });

  test('a screen reader says the state once', () => {
    assert.equal(jobSpoken(running, inKorean), 'Encode Big Buck, 처리 중, 42% · 3분 남음');
    assert.equal(jobSpoken(finished, inKorean), 'Encode Big Buck, 2시간 전 완료');
    assert.equal(jobSpoken(job({ ...finished, state: 'Queued' }), inKorean), 'Encode Big Buck, 대기 중');
  });
});

describe('a job that has finished although some of it failed', () => {
  const failedTask = jobTask(1, {
    state: 'Error',
    errors: [{ code: 'UploadNotAccessible', message: 'No room.', retry: 'MayRetry' }],
  });
  const partly = {
    ...finished,
    tasks: [failedTask, jobTask(2, { state: 'Finished' }), jobTask(3, { state: 'Finished' })],
  };

  test('does not look as if all were well', () => {
    assert.equal(jobDescription(partly, context), 'Finished 2 hr ago · 1 of 3 failed');
    assert.equal(trackedJobText(partly, context), 'Encode Big Buck Finished · 1 of 3 failed');
    assert.deepEqual(jobIcon(partly), { id: 'warning', color: 'list.warningForeground' });
    assert.match(jobSpoken(partly, context), /Finished 2 hr ago · 1 of 3 failed$/);
    const hover = jobTooltip(partly, context);
    assert.match(hover, /1 of 3 failed/);
    assert.match(hover, /UploadNotAccessible\\: No room/);
    assert.match(hover, /It may be worth trying again/);
  });

  test('is told from one of which all has finished, or nothing is known', () => {
    for (const tasks of [null, [], [jobTask(2, { state: 'Finished' })]]) {
      assert.equal(jobDescription({ ...finished, tasks }, context), 'Finished 2 hr ago');
      assert.equal(jobIcon({ ...finished, tasks }).id, 'pass');
    }
    assert.equal(jobIcon({ state: 'Error', tasks: [failedTask] }).id, 'error');
  });
});

describe('a priority', () => {
  const levels: PresentationContext = { ...context, capabilitiesOf: () => mkioCapabilities };

  test('reads as the service words it', () => {
    assert.equal(priorityText(finished, 2, context), '2');
    assert.equal(priorityText(finished, 2, levels), 'High');
    assert.equal(priorityText(finished, 0, levels), 'Low');
    assert.equal(priorityText(finished, 7, levels), '7');
    assert.equal(priorityText(finished, 1, { ...context, capabilitiesOf: () => undefined }), '1');
    assert.match(jobTooltip({ ...finished, priority: 1 }, levels), /Normal/);
  });
});
