import { firstError, type Job, type JobError, type JobState, type JobTask } from '../jobs/job.ts';
import type { ServiceCapabilities } from '../jobs/serviceCapabilities.ts';
import { timeLeft } from '../jobs/timeLeft.ts';
import {
  drawBar,
  formatAgo,
  formatCount,
  formatDuration,
  formatLocalTime,
  formatPercent,
  formatTimeLeft,
  formatUtcTime,
} from './format.ts';
import type { Localizer } from './localize.ts';
import { escapeMarkdown, shorten, shortLine } from './text.ts';

/** What a job looks like, apart from VS Code's objects. The same words in every view. */
export interface PresentationContext {
  readonly l10n: Localizer;
  /** A BCP 47 tag, for numbers and dates. */
  readonly locale: string;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** What the service of an account can do; `undefined` where there is no such account any more. */
  capabilitiesOf(account: string): ServiceCapabilities | undefined;
}

export interface StateIcon {
  /** A codicon, with `~spin` where something moves. */
  readonly id: string;
  /** A theme colour, or `null` for the colour of the text around. */
  readonly color: string | null;
}

const maxErrorLength = 80;
/** More of a name than this nobody reads in a row; the job's JSON has all of it. */
const maxNameLength = 300;
const maxStateLength = 80;
const maxTitleLength = 200;

/** The icon of a job. One that has finished although some of it failed does not look as if all were well. */
export function jobIcon(job: Pick<Job, 'state' | 'tasks'>): StateIcon {
  return isPartlyFailed(job) ? { id: 'warning', color: 'list.warningForeground' } : stateIcon(job.state);
}

export function stateIcon(state: JobState): StateIcon {
  switch (state) {
    case 'Queued':
      return { id: 'circle-outline', color: 'descriptionForeground' };
    case 'Scheduled':
      return { id: 'circle-large-outline', color: 'descriptionForeground' };
    case 'Processing':
      return { id: 'sync~spin', color: 'charts.blue' };
    case 'Finished':
      return { id: 'pass', color: 'testing.iconPassed' };
    case 'Error':
      return { id: 'error', color: 'testing.iconFailed' };
    case 'Canceled':
      return { id: 'circle-slash', color: 'descriptionForeground' };
    case 'Canceling':
      return { id: 'loading~spin', color: 'descriptionForeground' };
    default:
      return { id: 'question', color: 'descriptionForeground' };
  }
}

/** The state in the person's language; one that we do not know reads as the service words it. */
export function stateLabel(state: JobState, l10n: Localizer): string {
  switch (state) {
    case 'Queued':
      return l10n.t('Queued');
    case 'Scheduled':
      return l10n.t('Scheduled');
    case 'Processing':
      return l10n.t('Processing');
    case 'Finished':
      return l10n.t('Finished');
    case 'Error':
      return l10n.t('Failed');
    case 'Canceled':
      return l10n.t('Canceled');
    case 'Canceling':
      return l10n.t('Canceling');
    default:
      return shortLine(state, maxStateLength);
  }
}

/** A job's name as one line, or its id where it has none. Never empty: VS Code refuses rows that say nothing. */
export function jobTitle(job: Pick<Job, 'id' | 'name'>): string {
  return shortLine(job.name, maxNameLength) || shortLine(job.id, maxNameLength) || '?';
}

export function taskTitle(task: JobTask, index: number, l10n: Localizer): string {
  return shortLine(task.name, maxNameLength) || l10n.t('Task {0}', index + 1);
}

/** The short text beside a job's name: `42% · 3 min left`, `42% · stalled`, `Finished 2 hr ago`, or the error's short form. */
export function jobDescription(job: Job, context: PresentationContext): string {
  const { l10n, locale } = context;
  const state = stateLabel(job.state, l10n);
  switch (job.state) {
    case 'Processing': {
      const percent = percentOf(job, locale) ?? state;
      return withDot(percent, timeLeftText(job, context));
    }
    case 'Canceling':
      return withDot(state, percentOf(job, locale));
    case 'Finished':
      return withDot(endedText(job, context) ?? state, failedPartText(job, context));
    case 'Canceled':
      return endedText(job, context) ?? state;
    case 'Error':
      return errorSummary(job) ?? endedText(job, context) ?? state;
    default:
      return state;
  }
}

export function taskDescription(task: JobTask, context: PresentationContext): string {
  const { l10n, locale } = context;
  const state = stateLabel(task.state, l10n);
  const error = task.errors[0];
  if (task.state === 'Processing') {
    return percentOf(task, locale) ?? state;
  }
  if (task.state === 'Error' && error) {
    return errorLine(error, maxErrorLength) ?? state;
  }
  if (task.state === 'Finished' && task.started !== null && task.ended !== null) {
    return l10n.t('Finished in {0}', formatDuration(task.ended - task.started, l10n));
  }
  return state;
}

/** What a screen reader says of a job: state and percent in words, which icons alone do not tell. */
export function jobSpoken(job: Job, context: PresentationContext): string {
  const { l10n } = context;
  const description = jobDescription(job, context);
  const state = stateLabel(job.state, l10n);
  // Where the state stands in the description, its language says: it need not be at the beginning.
  const saysState =
    description === state || !(job.state === 'Processing' || (job.state === 'Error' && errorSummary(job) !== null));
  return [jobTitle(job), ...(saysState ? [] : [state]), description].join(', ');
}

/** The text of the status bar item: icon, short name, percent or final state. */
export function trackedJobText(job: Job, context: PresentationContext): string {
  const { locale } = context;
  const percent = job.state === 'Processing' || job.state === 'Canceling' ? percentOf(job, locale) : null;
  const tail = percent ?? stateText(job, context);
  return `${shorten(jobTitle(job), 20)} ${tail}`;
}

/**
 * The hover of a job as Markdown with theme icons. Everything that the service said is escaped.
 * @param waits why it waits, where it does and that is known
 */
export function jobTooltip(job: Job, context: PresentationContext, waits: string | null = null): string {
  const { l10n, locale } = context;
  const icon = jobIcon(job);
  const lines = [`**${escapeMarkdown(shorten(jobTitle(job), maxTitleLength))}**`, ''];
  const head = `$(${icon.id.replace('~spin', '')}) ${escapeMarkdown(stateLabel(job.state, l10n))}`;
  const left = timeLeftText(job, context);
  lines.push(`${head}${barAndPercent(job, locale)}${left === null ? '' : ` · ${escapeMarkdown(left)}`}`, '');

  if (waits !== null) {
    lines.push(escapeMarkdown(waits), '');
  }
  const partText = failedPartText(job, context);
  if (partText !== null) {
    lines.push(escapeMarkdown(partText), '');
  }
  const error = job.state === 'Error' || partText !== null ? firstError(job) : null;
  const errorText = error && errorLine(error, 400);
  if (errorText) {
    lines.push(escapeMarkdown(errorText), '');
  }
  const advice = error && errorAdvice(error, l10n);
  if (advice) {
    lines.push(escapeMarkdown(advice), '');
  }

  const rows: [string, string, string][] = [];
  const addTime = (label: string, time: number | null): void => {
    if (time !== null) {
      rows.push([label, formatLocalTime(time, locale), formatUtcTime(time)]);
    }
  };
  addTime(l10n.t('Created'), job.created);
  addTime(l10n.t('Started'), job.started);
  addTime(l10n.t('Ended'), job.ended);
  if (job.started !== null && job.ended !== null) {
    rows.push([l10n.t('Duration'), formatDuration(job.ended - job.started, l10n), '']);
  }
  if (job.priority !== null) {
    rows.push([l10n.t('Priority'), priorityText(job, job.priority, context), '']);
  }
  if (rows.length > 0) {
    lines.push('| | | |', '|:--|:--|:--|');
    for (const row of rows) {
      lines.push(`| ${row.map(escapeMarkdown).join(' &nbsp;| ')} |`);
    }
    lines.push('');
  }
  // Backslashes mean nothing in a code span, so only an id without special characters can be one.
  lines.push(/^[\w:/.-]{1,200}$/.test(job.id) ? `\`${job.id}\`` : escapeMarkdown(shortLine(job.id, maxTitleLength)));
  return lines.join('\n');
}

export function taskTooltip(task: JobTask, index: number, context: PresentationContext): string {
  const { l10n, locale } = context;
  const lines = [`**${escapeMarkdown(shorten(taskTitle(task, index, l10n), maxTitleLength))}**`, ''];
  lines.push(`${escapeMarkdown(stateLabel(task.state, l10n))}${barAndPercent(task, locale)}`, '');
  for (const error of task.errors) {
    lines.push(escapeMarkdown([errorLine(error, 1000), errorAdvice(error, l10n)].filter(Boolean).join(' ')), '');
  }
  for (const [label, time] of [
    [l10n.t('Started'), task.started],
    [l10n.t('Ended'), task.ended],
  ] as const) {
    if (time !== null) {
      const local = escapeMarkdown(formatLocalTime(time, locale));
      lines.push(`${escapeMarkdown(label)}: ${local} \\(${escapeMarkdown(formatUtcTime(time))}\\)`, '');
    }
  }
  return lines.join('\n');
}

/** Progress as it is shown: all tasks may be done while the job is not, and 100% would say that it is. */
export function shownProgress({ state, progress }: Pick<Job, 'state' | 'progress'>): number | null {
  return progress === null || state === 'Finished' ? progress : Math.min(99, progress);
}

export function percentOf(item: Pick<Job, 'state' | 'progress'>, locale: string): string | null {
  const progress = shownProgress(item);
  return progress === null ? null : formatPercent(progress, locale);
}

function barAndPercent(item: Pick<Job, 'state' | 'progress'>, locale: string): string {
  const progress = shownProgress(item);
  return progress === null ? '' : ` &nbsp;${drawBar(progress)} ${formatPercent(progress, locale)}`;
}

/** How long the job will still run, or that it stands still; `null` where neither can be said. */
function timeLeftText(job: Job, { l10n, now }: PresentationContext): string | null {
  const left = timeLeft(job, now);
  return left && (left.kind === 'stalled' ? l10n.t('stalled') : formatTimeLeft(left.ms, l10n));
}

function withDot(text: string, more: string | null): string {
  return more === null ? text : `${text} · ${more}`;
}

function errorSummary(job: Job): string | null {
  const error = firstError(job);
  return error && errorLine(error, maxErrorLength);
}

/** Code and message in one line, or `null` where the service said neither. */
function errorLine({ code, message }: JobError, maxLength: number): string | null {
  const parts = [code, message].map((part) => shortLine(part, maxLength)).filter((part) => part !== '');
  return parts.length === 0 ? null : shorten(parts.join(': '), maxLength);
}

/**
 * How much of a job that has finished failed all the same, as where a service goes on with the other outputs when one
 * fails; `null` where all is well, or nothing is known of it.
 */
function failedPart({ state, tasks }: Pick<Job, 'state' | 'tasks'>): { failed: number; all: number } | null {
  const failed = state === 'Finished' ? (tasks ?? []).filter((task) => task.state === 'Error').length : 0;
  return failed === 0 ? null : { failed, all: tasks?.length ?? 0 };
}

/** Whether a job has finished although some of it failed. */
export function isPartlyFailed(job: Pick<Job, 'state' | 'tasks'>): boolean {
  return failedPart(job) !== null;
}

function failedPartText(job: Pick<Job, 'state' | 'tasks'>, { l10n, locale }: PresentationContext): string | null {
  const part = failedPart(job);
  return part && l10n.t('{0} of {1} failed', formatCount(part.failed, locale), formatCount(part.all, locale));
}

/** The state of a job with what state alone does not tell: that parts of one which has finished failed. */
export function stateText(job: Pick<Job, 'state' | 'tasks'>, context: PresentationContext): string {
  return withDot(stateLabel(job.state, context.l10n), failedPartText(job, context));
}

/** A priority as the service words it: a number, or the name of a level. */
export function priorityText(
  { account }: Pick<Job, 'account'>,
  priority: number,
  context: PresentationContext,
): string {
  const levels = context.capabilitiesOf(account)?.priority;
  const level = typeof levels === 'object' ? levels?.[priority] : undefined;
  return level === undefined ? formatCount(priority, context.locale) : levelLabel(level, context.l10n);
}

/** A level of priority in the person's language; one that we do not know reads as the service words it. */
export function levelLabel(level: string, l10n: Localizer): string {
  switch (level) {
    case 'Low':
      return l10n.t('Low');
    case 'Normal':
      return l10n.t('Normal');
    case 'High':
      return l10n.t('High');
    default:
      return shortLine(level, maxStateLength);
  }
}

/** What a service says of whether to try again, in a sentence; `null` where it does not say. */
function retryAdvice({ retry }: Pick<JobError, 'retry'>, l10n: Localizer): string | null {
  switch (retry) {
    case 'MayRetry':
      return l10n.t('It may be worth trying again.');
    case 'DoNotRetry':
      return l10n.t('Trying again will not help before this is put right.');
    default:
      return null;
  }
}

/** What an error is about and whether to try again, as far as the service says; '' where it says neither. */
export function errorAdvice(error: JobError, l10n: Localizer): string {
  const category = shortLine(error.category ?? '', maxStateLength);
  const about = category === '' ? null : l10n.t('Category: {0}.', category);
  return [about, retryAdvice(error, l10n)].filter((part) => part !== null).join(' ');
}

/** How long ago a job came to its final state, or `null` where that is not known. */
function endedText({ state, ended }: Job, { l10n, locale, now }: PresentationContext): string | null {
  if (ended === null) {
    return null;
  }
  const ago = formatAgo(ended, now, l10n, locale);
  switch (state) {
    case 'Finished':
      return l10n.t('Finished {0}', ago);
    case 'Canceled':
      return l10n.t('Canceled {0}', ago);
    default:
      return l10n.t('Failed {0}', ago);
  }
}
