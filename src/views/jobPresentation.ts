import { firstError, type Job, type JobState, type JobTask } from '../jobs/job.ts';
import { timeLeftMs } from '../jobs/timeLeft.ts';
import {
  drawBar,
  formatAgo,
  formatDuration,
  formatLocalTime,
  formatPercent,
  formatTimeLeft,
  formatUtcTime,
} from './format.ts';
import type { Localizer } from './localize.ts';
import { escapeMarkdown, plainLine, shorten } from './text.ts';

/** What a job looks like, apart from VS Code's objects. The same words in every view. */
export interface PresentationContext {
  readonly l10n: Localizer;
  /** A BCP 47 tag, for numbers and dates. */
  readonly locale: string;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

export interface StateIcon {
  /** A codicon, with `~spin` where something moves. */
  readonly id: string;
  /** A theme colour, or `null` for the colour of the text around. */
  readonly color: string | null;
}

const maxErrorLength = 80;

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
      return plainLine(state);
  }
}

/** A job's name as one line, or its id where it has none. */
export function jobTitle(job: Pick<Job, 'id' | 'name'>): string {
  return plainLine(job.name) || job.id;
}

export function taskTitle(task: JobTask, index: number, l10n: Localizer): string {
  return plainLine(task.name) || l10n.t('Task {0}', index + 1);
}

/** The short text beside a job's name: `42% · 3 min left`, `Finished 2 h ago`, or the error's short form. */
export function jobDescription(job: Job, context: PresentationContext): string {
  const { l10n, locale, now } = context;
  const state = stateLabel(job.state, l10n);
  switch (job.state) {
    case 'Processing': {
      const left = timeLeftMs(job, now);
      const percent = job.progress === null ? state : formatPercent(job.progress, locale);
      return left === null ? percent : `${percent} · ${formatTimeLeft(left, l10n)}`;
    }
    case 'Canceling':
      return job.progress === null ? state : `${state} · ${formatPercent(job.progress, locale)}`;
    case 'Finished':
    case 'Canceled':
      return withTime(state, job, context);
    case 'Error':
      return errorSummary(job) ?? withTime(state, job, context);
    default:
      return state;
  }
}

export function taskDescription(task: JobTask, context: PresentationContext): string {
  const { l10n, locale } = context;
  const state = stateLabel(task.state, l10n);
  const error = task.errors[0];
  if (task.state === 'Processing' && task.progress !== null) {
    return formatPercent(task.progress, locale);
  }
  if (task.state === 'Error' && error) {
    return shorten(plainLine(error.message ? `${error.code}: ${error.message}` : error.code), maxErrorLength);
  }
  if (task.state === 'Finished' && task.started !== null && task.ended !== null) {
    return l10n.t('{0} in {1}', state, formatDuration(task.ended - task.started, l10n));
  }
  return state;
}

/** What a screen reader says of a job: state and percent in words, which icons alone do not tell. */
export function jobSpoken(job: Job, context: PresentationContext): string {
  const { l10n } = context;
  const description = jobDescription(job, context);
  const state = stateLabel(job.state, l10n);
  const parts = [jobTitle(job), state];
  if (!description.startsWith(state)) {
    parts.push(description);
  } else if (description !== state) {
    parts[1] = description;
  }
  return parts.join(', ');
}

/** The text of the status bar item: icon, short name, percent or final state. */
export function trackedJobText(job: Job, context: PresentationContext): string {
  const { l10n, locale } = context;
  const tail =
    job.progress !== null && (job.state === 'Processing' || job.state === 'Canceling')
      ? formatPercent(job.progress, locale)
      : stateLabel(job.state, l10n);
  return `${shorten(jobTitle(job), 20)} ${tail}`;
}

/** The hover of a job as Markdown with theme icons. Everything that the service said is escaped. */
export function jobTooltip(job: Job, context: PresentationContext): string {
  const { l10n, locale } = context;
  const icon = stateIcon(job.state);
  const lines = [`**${escapeMarkdown(jobTitle(job))}**`, ''];
  const head = `$(${icon.id.replace('~spin', '')}) ${escapeMarkdown(stateLabel(job.state, l10n))}`;
  const left = timeLeftMs(job, context.now);
  const progress =
    job.progress === null ? '' : ` &nbsp;${drawBar(job.progress)} ${formatPercent(job.progress, locale)}`;
  lines.push(`${head}${progress}${left === null ? '' : ` · ${escapeMarkdown(formatTimeLeft(left, l10n))}`}`, '');

  const error = job.state === 'Error' ? firstError(job) : null;
  if (error) {
    lines.push(`${escapeMarkdown(error.code)}: ${escapeMarkdown(shorten(error.message, 400))}`, '');
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
    rows.push([l10n.t('Priority'), String(job.priority), '']);
  }
  if (rows.length > 0) {
    lines.push('| | | |', '|:--|:--|:--|');
    for (const row of rows) {
      lines.push(`| ${row.map(escapeMarkdown).join(' &nbsp;| ')} |`);
    }
    lines.push('');
  }
  lines.push(`\`${job.id.replaceAll('`', '')}\``);
  return lines.join('\n');
}

export function taskTooltip(task: JobTask, index: number, context: PresentationContext): string {
  const { l10n, locale } = context;
  const lines = [`**${escapeMarkdown(taskTitle(task, index, l10n))}**`, ''];
  const progress =
    task.progress === null ? '' : ` &nbsp;${drawBar(task.progress)} ${formatPercent(task.progress, locale)}`;
  lines.push(`${escapeMarkdown(stateLabel(task.state, l10n))}${progress}`, '');
  for (const error of task.errors) {
    lines.push(`${escapeMarkdown(error.code)}: ${escapeMarkdown(shorten(error.message, 1000))}`, '');
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

function errorSummary(job: Job): string | null {
  const error = firstError(job);
  return error && shorten(plainLine(error.message ? `${error.code}: ${error.message}` : error.code), maxErrorLength);
}

function withTime(state: string, job: Job, { l10n, locale, now }: PresentationContext): string {
  return job.ended === null ? state : `${state} ${formatAgo(job.ended, now, l10n, locale)}`;
}
