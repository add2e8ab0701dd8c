import { isActive, isFinalState, type Job, type JobState, type JobTask } from '../jobs/job.ts';
import type { JobAsset, JobAssets, ProgressPoint, TaskEvent } from '../jobs/jobDetails.ts';
import { timeLeft } from '../jobs/timeLeft.ts';
import {
  formatCount,
  formatDuration,
  formatLocalTime,
  formatPercent,
  formatTimeLeft,
  formatUtcTime,
} from './format.ts';
import {
  errorAdvice,
  isPartlyFailed,
  jobTitle,
  type PresentationContext,
  priorityText,
  shownProgress,
  stateLabel,
  stateText,
  taskTitle,
} from './jobPresentation.ts';
import type {
  AssetList,
  Curve,
  DetailsAction,
  Fact,
  JobDetailsModel,
  ShownError,
  StateKind,
  Timeline,
  TimelineRow,
  TimelineSpan,
} from './shownDetails.ts';
import { plainLine, shorten, shortLine } from './text.ts';

/** What is known of a job when its details are shown. */
export interface JobDetailsInput {
  readonly job: Job;
  readonly isTracked: boolean;
  /** What happened to each task, by its id; `null` until the service was asked. */
  readonly events: ReadonlyMap<string, readonly TaskEvent[]> | null;
  /** Whether there is still a service that has the job: what is not there cannot be changed. */
  readonly isThere: boolean;
  /** `null` until the service has said it. */
  readonly assets: JobAssets | null;
  /** Why it has not; empty where it was not asked yet. */
  readonly assetsText: string;
  readonly points: readonly ProgressPoint[];
  readonly waitText: string;
  readonly staleText: string;
}

const maxTitle = 300;
const maxText = 20_000;

export function jobDetailsModel(input: JobDetailsInput, context: PresentationContext): JobDetailsModel {
  const { job, assets, assetsText } = input;
  const { l10n, locale, now } = context;
  const percent = job.state === 'Queued' || job.state === 'Scheduled' ? null : shownProgress(job);
  const left = timeLeft(job, now);
  return {
    locale,
    account: job.account,
    id: job.id,
    title: shorten(jobTitle(job), maxTitle),
    state: jobKind(job),
    stateText: stateText(job, context),
    percent,
    percentText: percent === null ? '' : formatPercent(percent, locale),
    leftText: left === null ? '' : left.kind === 'stalled' ? l10n.t('stalled') : formatTimeLeft(left.ms, l10n),
    waitText: input.waitText,
    staleText: input.staleText,
    isTracked: input.isTracked,
    actions: actionsOf(input, context),
    facts: factsOf(job, context),
    errors: errorsOf(job, context),
    timeline: timelineOf(input, context),
    curve: curveOf(input, left?.kind === 'left' ? now + left.ms : null, context),
    inputs: assetList(assets?.inputs, assetsText, context),
    outputs: assetList(assets?.outputs, assetsText, context),
  };
}

function jobKind(job: Job): StateKind {
  return isPartlyFailed(job) ? 'partlyFailed' : stateKind(job.state);
}

function stateKind(state: JobState): StateKind {
  switch (state) {
    case 'Queued':
    case 'Scheduled':
      return 'waiting';
    case 'Processing':
      return 'running';
    case 'Finished':
      return 'finished';
    case 'Error':
      return 'failed';
    case 'Canceled':
      return 'canceled';
    case 'Canceling':
      return 'canceling';
    default:
      return 'unknown';
  }
}

function actionsOf(
  { job, isTracked, isThere }: JobDetailsInput,
  { l10n, capabilitiesOf }: PresentationContext,
): readonly DetailsAction[] {
  const actions: DetailsAction[] = [];
  if (isTracked) {
    actions.push({ name: 'stopTracking', text: l10n.t('Stop Tracking') });
  } else if (isThere) {
    actions.push({ name: 'trackJob', text: l10n.t('Track in Status Bar') });
  }
  const can = capabilitiesOf(job.account);
  if (isThere && isActive(job) && job.state !== 'Canceling' && can?.cancel !== false) {
    actions.push({ name: 'cancelJob', text: l10n.t('Cancel Job') });
  }
  if (isThere && job.state === 'Queued' && can?.priority !== null) {
    actions.push({ name: 'changeJobPriority', text: l10n.t('Change Job Priority…') });
  }
  if (isThere) {
    actions.push(
      { name: 'showExchange', text: l10n.t('Show REST Exchange') },
      { name: 'openJobJson', text: l10n.t('Open Job JSON') },
      { name: 'copyJobReport', text: l10n.t('Copy Job Report') },
    );
  }
  actions.push({ name: 'copyJobId', text: l10n.t('Copy Job Id') });
  if (isThere && isFinalState(job.state) && can?.delete !== false) {
    actions.push({ name: 'deleteJob', text: l10n.t('Delete Job') });
  }
  return actions;
}

function factsOf(job: Job, context: PresentationContext): readonly Fact[] {
  const { l10n, locale, now } = context;
  const facts: Fact[] = [];
  const time = (label: string, at: number | null): void => {
    if (at !== null) {
      facts.push({ label, value: formatLocalTime(at, locale), hint: formatUtcTime(at) });
    }
  };
  const plain = (label: string, value: string, hint = ''): void => {
    facts.push({ label, value, hint });
  };
  if (job.started === null) {
    if (isActive(job) && job.created !== null) {
      plain(l10n.t('Waiting for'), formatDuration(now - job.created, l10n));
    }
  } else if (job.ended !== null) {
    plain(l10n.t('Duration'), formatDuration(job.ended - job.started, l10n));
  } else if (isActive(job)) {
    plain(l10n.t('Elapsed'), formatDuration(now - job.started, l10n));
  }
  time(l10n.t('Created'), job.created);
  time(l10n.t('Started'), job.started);
  time(l10n.t('Ended'), job.ended);
  if (job.priority !== null) {
    plain(l10n.t('Priority'), priorityText(job, job.priority, context));
  }
  plain(l10n.t('Account'), shortLine(job.account, maxTitle));
  plain(l10n.t('Job id'), shortLine(job.id, maxTitle));
  return facts;
}

/** More errors than this are for the job's JSON. */
const mostErrors = 100;

/** Made once for each answer: they may be long, and a running job is drawn every second. */
const errorsOfTasks = new WeakMap<readonly JobTask[], readonly ShownError[]>();

/** Every error that a task reports, in full. Line breaks of a message stay, as they are how services lay it out. */
function errorsOf({ tasks }: Job, { l10n }: PresentationContext): readonly ShownError[] {
  if (tasks === null) {
    return [];
  }
  const known = errorsOfTasks.get(tasks);
  if (known) {
    return known;
  }
  const all = tasks.flatMap((task, index) => task.errors.map((error) => ({ task, index, error })));
  const errors = all.slice(0, mostErrors).map(({ task, index, error }) => ({
    task: shorten(taskTitle(task, index, l10n), maxTitle),
    code: shortLine(error.code, maxTitle),
    message: plainLines(error.message),
    advice: errorAdvice(error, l10n),
  }));
  errorsOfTasks.set(tasks, errors);
  return errors;
}

function plainLines(message: string): string {
  // Cut before anything is looked at: a message of megabytes comes from no service in earnest.
  const start = message.length > maxText ? `${message.slice(0, maxText).toWellFormed()}…` : message;
  return start
    .split(/\r\n|[\n\r]/)
    .map((line) => plainLine(line))
    .join('\n')
    .trim();
}

/** Beyond the end of what happened, so that an end can be seen as one. */
const margin = 0.03;

/** A v2 job has at most 30 tasks, and a task about five events. More than these nobody reads in a row of pixels. */
const mostRows = 100;
const mostSpans = 50;

function timelineOf({ job, events }: JobDetailsInput, context: PresentationContext): Timeline {
  const { l10n, locale, now } = context;
  const rows = [jobRow(job, context)];
  const tasks = job.tasks ?? [];
  for (const [index, task] of tasks.slice(0, mostRows).entries()) {
    rows.push(taskRow(task, index, events?.get(task.id) ?? [], context));
  }
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const span of rows.flatMap((row) => row.spans)) {
    from = Math.min(from, span.from);
    to = Math.max(to, span.to);
  }
  const isEmpty = !(to > from);
  const more = tasks.length - mostRows;
  return {
    rows,
    from: isEmpty ? now - 60_000 : from,
    to: isEmpty ? now : to + (isActive(job) ? 0 : (to - from) * margin),
    noteText: isEmpty
      ? l10n.t('Nothing has happened yet.')
      : more > 0
        ? l10n.t('and {0} more', formatCount(more, locale))
        : '',
  };
}

function jobRow(job: Job, context: PresentationContext): TimelineRow {
  const { l10n, now } = context;
  const { created, started, ended, state } = job;
  const spans: TimelineSpan[] = [];
  const last = isActive(job) ? now : null;
  const beginning = started ?? ended ?? last;
  if (created !== null && beginning !== null) {
    spans.push(spanOf('waiting', l10n.t('Waiting'), created, beginning, context));
  }
  const end = ended ?? last;
  if (started !== null && end !== null) {
    const kind = jobKind(job);
    spans.push(spanOf(kind === 'waiting' ? 'running' : kind, stateText(job, context), started, end, context));
  }
  return {
    key: 'job',
    title: l10n.t('Whole job'),
    text: rowText(stateLabel(state, l10n), started, ended, context),
    isJob: true,
    spans: spans.filter(isSound),
  };
}

function taskRow(
  task: JobTask,
  index: number,
  events: readonly TaskEvent[],
  context: PresentationContext,
): TimelineRow {
  const { l10n } = context;
  const state = stateLabel(task.state, l10n);
  const progress = task.state === 'Processing' ? shownProgress(task) : null;
  const text = progress === null ? state : `${state} ${formatPercent(progress, context.locale)}`;
  return {
    key: `task ${task.id}`,
    title: shorten(taskTitle(task, index, l10n), maxTitle),
    text: rowText(text, task.started, task.ended, context),
    isJob: false,
    spans: taskSpans(task, events.slice(0, mostSpans), context).filter(isSound),
  };
}

/** What recorded events say of what follows them; others, such as that a task was billed, begin nothing. */
const beginningOf: Readonly<Record<string, StateKind>> = {
  WaitingForFreeResources: 'waiting',
  Queued: 'waiting',
  Scheduled: 'waiting',
  Processing: 'running',
  Canceling: 'canceling',
};

function taskSpans(task: JobTask, events: readonly TaskEvent[], context: PresentationContext): readonly TimelineSpan[] {
  const { l10n, now } = context;
  const end = task.ended ?? (isActive(task) ? now : null);
  const kind = stateKind(task.state);
  const begun = events.flatMap(({ code, at }) => {
    const begins = Object.hasOwn(beginningOf, code) ? beginningOf[code] : undefined;
    return at === null || begins === undefined ? [] : [{ code, at, kind: begins }];
  });
  if (begun.length > 0 && end !== null) {
    return begun.map((event, index) => {
      const next = begun[index + 1];
      // The last one says how it went on: to a good end or a bad one.
      const shown = next === undefined && event.kind === 'running' ? kind : event.kind;
      return spanOf(shown, eventLabel(event.code, l10n), event.at, Math.min(next?.at ?? end, end), context);
    });
  }
  return task.started === null || end === null
    ? []
    : [spanOf(kind === 'waiting' ? 'running' : kind, stateLabel(task.state, l10n), task.started, end, context)];
}

function eventLabel(code: string, l10n: PresentationContext['l10n']): string {
  switch (code) {
    case 'WaitingForFreeResources':
      return l10n.t('Waiting for free resources');
    case 'Queued':
    case 'Scheduled':
    case 'Processing':
    case 'Canceling':
      return stateLabel(code, l10n);
    default:
      return shortLine(code, maxTitle);
  }
}

function spanOf(
  kind: StateKind,
  label: string,
  from: number,
  to: number,
  { l10n, locale }: PresentationContext,
): TimelineSpan {
  const text = l10n.t('{0}: {1}, from {2}', label, formatDuration(to - from, l10n), formatLocalTime(from, locale));
  return { kind, from, to, text };
}

/** Clocks of several machines wrote these times. */
function isSound({ from, to }: TimelineSpan): boolean {
  return to >= from;
}

function rowText(state: string, started: number | null, ended: number | null, context: PresentationContext): string {
  const { l10n, locale, now } = context;
  if (started === null) {
    return state;
  }
  const duration = formatDuration((ended ?? now) - started, l10n);
  return ended === null
    ? l10n.t('{0}, for {1}, since {2}', state, duration, formatLocalTime(started, locale))
    : l10n.t('{0}, took {1}, started {2}', state, duration, formatLocalTime(started, locale));
}

function curveOf(input: JobDetailsInput, expectedEnd: number | null, context: PresentationContext): Curve {
  const { l10n, locale, now } = context;
  const { job } = input;
  // A job that waits stands at zero, which is no curve.
  const points = stateKind(job.state) === 'waiting' ? [] : input.points;
  const last = points.at(-1);
  // The line goes on to now, as that is what standing still looks like.
  const shown = last && isActive(job) && last.at < now ? [...points, { at: now, progress: last.progress }] : points;
  return { points: shown, expectedEnd, now, text: curveText() };

  function curveText(): string {
    const [first] = points;
    if (context.capabilitiesOf(job.account)?.progress === false) {
      return l10n.t('The service of this account does not say how far jobs are.');
    }
    if (first === undefined || last === undefined || shown.length < 2) {
      return isActive(job)
        ? l10n.t('The curve is drawn as the job is watched. There is no progress yet.')
        : l10n.t('Nobody watched the progress of this job in this window.');
    }
    return l10n.t(
      'Progress as it was watched: from {0} at {1} to {2} at {3}.',
      formatPercent(first.progress, locale),
      formatLocalTime(first.at, locale),
      formatPercent(last.progress, locale),
      formatLocalTime(last.at, locale),
    );
  }
}

/** More names than this are for the job's JSON. */
const mostAssets = 50;

/**
 * @param assets `null` where the service does not say, `undefined` where it has not answered
 * @param whyNot why it has not; empty where it was not asked yet
 */
function assetList(
  assets: readonly JobAsset[] | null | undefined,
  whyNot: string,
  { l10n, locale }: PresentationContext,
): AssetList {
  if (assets === undefined) {
    return { names: [], emptyText: whyNot || l10n.t('Asking…') };
  }
  if (assets === null) {
    return { names: [], emptyText: l10n.t('The service does not say; the assets may have been deleted.') };
  }
  const names = assets.slice(0, mostAssets).map(({ id, name }) => shortLine(name, maxTitle) || shortLine(id, maxTitle));
  const more = assets.length - names.length;
  return {
    names: more > 0 ? [...names, l10n.t('and {0} more', formatCount(more, locale))] : names,
    emptyText: names.length === 0 ? l10n.t('None') : '',
  };
}
