import { isFinalState, type Job, type JobKey, type JobState } from '../jobs/job.ts';
import type { ServiceCapabilities } from '../jobs/serviceCapabilities.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import { jobTitle, type PresentationContext } from '../views/jobPresentation.ts';
import { shorten, shortLine, withoutIcons, withoutLinks } from '../views/text.ts';

/** What a person can do to jobs: to which of them, what they are asked before, and what they are told after. */
export type JobChange = 'cancel' | 'delete' | 'changePriority';

/** The jobs that a person means, by whether the change is of any use to them. */
export interface ChosenJobs {
  readonly fitting: readonly Job[];
  /** Those in a state that does not allow it. */
  readonly leftOut: readonly Job[];
  /** Those whose service cannot do it to any job. */
  readonly impossible: readonly Job[];
}

/** A modal question; its words never leave a doubt which button does what. */
export interface Question {
  readonly message: string;
  readonly detail: string;
  readonly confirm: string;
  /** The button that changes nothing, where the word "Cancel" would mean both; else VS Code's own. */
  readonly decline: string | null;
}

export interface ChangeContext extends PresentationContext {
  /** With several accounts, names alone do not tell where a job runs. */
  readonly namesAccounts: boolean;
}

/** Whether the service can do this to any job at all. */
export function isPossible(change: JobChange, capabilities: ServiceCapabilities | undefined): boolean {
  return change === 'changePriority' ? capabilities?.priority !== null : capabilities?.[change] !== false;
}

/** Whether the service takes this change of a job that is in this state, as far as anybody knows. */
export function fitsState(change: JobChange, state: JobState): boolean {
  switch (change) {
    case 'cancel':
      return !isFinalState(state) && state !== 'Canceling';
    case 'delete':
      return isFinalState(state);
    case 'changePriority':
      return state === 'Queued';
  }
}

export function chooseJobs(
  change: JobChange,
  jobs: readonly Job[],
  { capabilitiesOf }: Pick<PresentationContext, 'capabilitiesOf'>,
): ChosenJobs {
  const canBe = ({ account }: Job): boolean => isPossible(change, capabilitiesOf(account));
  const possible = jobs.filter(canBe);
  return {
    fitting: possible.filter(({ state }) => fitsState(change, state)),
    leftOut: possible.filter(({ state }) => !fitsState(change, state)),
    impossible: jobs.filter((job) => !canBe(job)),
  };
}

/** Whoever reads further has seen what they are about to do. */
const mostNames = 5;
const maxNameLength = 80;
const maxReasonLength = 400;
const maxLogLength = 1_000;

/** What to ask before jobs are canceled or deleted. */
export function questionBefore(
  change: Exclude<JobChange, 'changePriority'>,
  { fitting, leftOut, impossible }: ChosenJobs,
  context: ChangeContext,
): Question {
  const { l10n } = context;
  const [only, ...others] = fitting;
  const isCancel = change === 'cancel';
  const warning = isCancel
    ? l10n.t('This cannot be undone. Output that was written so far may be left behind.')
    : l10n.t('The service forgets what it knows of a deleted job. This cannot be undone.');
  const left = paragraphs(leftOutText(change, leftOut, context), impossibleText(change, impossible, context));
  const decline = isCancel ? l10n.t('Keep Running') : null;
  if (only && others.length === 0) {
    const name = listedName(only, context);
    return {
      message: isCancel ? l10n.t('Cancel the job "{0}"?', name) : l10n.t('Delete the job "{0}"?', name),
      detail: paragraphs(left, warning),
      confirm: isCancel ? l10n.t('Cancel Job') : l10n.t('Delete Job'),
      decline,
    };
  }
  const count = numberText(fitting.length, context);
  return {
    message: isCancel ? l10n.t('Cancel these {0} jobs?', count) : l10n.t('Delete these {0} jobs?', count),
    detail: paragraphs(namesText(fitting, context), left, warning),
    confirm: isCancel ? l10n.t('Cancel {0} Jobs', count) : l10n.t('Delete {0} Jobs', count),
    decline,
  };
}

/** What the box says that a new priority is typed into. */
export function priorityPrompt({ fitting, leftOut, impossible }: ChosenJobs, context: ChangeContext): string {
  const { l10n } = context;
  const [only, ...others] = fitting;
  const what =
    only && others.length === 0
      ? l10n.t('The priority of "{0}". Of queued jobs, the one with the highest runs first.', listedName(only, context))
      : l10n.t(
          'The priority of {0} jobs. Of queued jobs, the one with the highest runs first.',
          numberText(fitting.length, context),
        );
  // The prompt of a box draws icons, which no other message does.
  const left = leftOutText('changePriority', leftOut, context);
  return withoutIcons([what, left, impossibleText('changePriority', impossible, context)].filter(Boolean).join(' '));
}

/** `Priority` is an Edm.Int32 ("Job" entity). */
const lowestPriority = -(2 ** 31);
const highestPriority = 2 ** 31 - 1;

/** The priority that was typed, or `null` where it is none. */
export function parsePriority(text: string): number | null {
  const number = /^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : Number.NaN;
  // A zero with a sign is zero.
  return number >= lowestPriority && number <= highestPriority ? number + 0 : null;
}

export function priorityProblem(text: string, { l10n, locale }: PresentationContext): string | null {
  const number = new Intl.NumberFormat(locale);
  return parsePriority(text) === null
    ? l10n.t('Enter a whole number from {0} to {1}.', number.format(lowestPriority), number.format(highestPriority))
    : null;
}

/** Why nothing can be done with any of these jobs. */
export function nothingFitsText(
  change: JobChange,
  { leftOut, impossible }: Pick<ChosenJobs, 'leftOut' | 'impossible'>,
  context: ChangeContext,
): string {
  return [nothingFitsNow(change, leftOut, context), impossibleText(change, impossible, context)]
    .filter(Boolean)
    .join(' ');
}

function nothingFitsNow(change: JobChange, jobs: readonly Job[], context: ChangeContext): string {
  const { l10n } = context;
  const [only, ...others] = jobs;
  if (!only) {
    return '';
  }
  if (others.length === 0) {
    const name = listedName(only, context);
    switch (change) {
      case 'cancel':
        return only.state === 'Canceling'
          ? l10n.t('"{0}" is being canceled already.', name)
          : l10n.t('"{0}" cannot be canceled: it has already ended.', name);
      case 'delete':
        return l10n.t('"{0}" cannot be deleted: it has not ended yet.', name);
      case 'changePriority':
        return l10n.t('The priority of "{0}" cannot be changed: it is not queued.', name);
    }
  }
  const count = numberText(jobs.length, context);
  switch (change) {
    case 'cancel':
      return l10n.t('None of these {0} jobs can be canceled: they have ended or are being canceled already.', count);
    case 'delete':
      return l10n.t('None of these {0} jobs can be deleted: they have not ended yet.', count);
    case 'changePriority':
      return l10n.t('The priority of none of these {0} jobs can be changed: they are not queued.', count);
  }
}

/** What is on its way. A button "Cancel" stands beside it, which must not be taken for that of the jobs. */
export function underWayText(change: JobChange, count: number, context: ChangeContext): string {
  const { l10n } = context;
  const number = numberText(count, context);
  switch (change) {
    case 'cancel':
      return l10n.t('Asking the service to cancel {0} jobs', number);
    case 'delete':
      return l10n.t('Asking the service to delete {0} jobs', number);
    case 'changePriority':
      return l10n.t('Asking the service to change the priority of {0} jobs', number);
  }
}

/** What was done to several jobs. */
export function doneText(change: JobChange, count: number, context: ChangeContext): string {
  const { l10n } = context;
  const number = numberText(count, context);
  switch (change) {
    case 'cancel':
      return l10n.t('{0} jobs are being canceled.', number);
    case 'delete':
      return l10n.t('{0} jobs were deleted.', number);
    case 'changePriority':
      return l10n.t('The priority of {0} jobs was changed.', number);
  }
}

/**
 * What was not done.
 * @param jobs all that it was to be done to
 * @param missed how many of them it was not done to, whether the service refused or was not asked any more
 * @param reason why, in words for people; '' where a person stopped it
 */
export function missedText(
  change: JobChange,
  jobs: readonly Pick<Job, 'id' | 'name'>[],
  missed: number,
  reason: string,
  context: ChangeContext,
): string {
  return [missedSentence(change, jobs, missed, context), withoutLinks(shortLine(reason, maxReasonLength))]
    .filter(Boolean)
    .join(' ');
}

/**
 * What is known of a run that ended with its account.
 * @param done how many jobs were changed
 * @param unanswered about how many the service was asked, and had not answered
 */
export function cutText(
  change: JobChange,
  jobs: readonly Pick<Job, 'id' | 'name'>[],
  done: number,
  unanswered: number,
  context: ChangeContext,
): string {
  const reason = context.l10n.t(
    'The account was signed out, edited or removed meanwhile. Done: {0}. Without an answer: {1}.',
    numberText(done, context),
    numberText(unanswered, context),
  );
  return jobs.length > 1 ? missedText(change, jobs, jobs.length - done - unanswered, reason, context) : reason;
}

function missedSentence(
  change: JobChange,
  jobs: readonly Pick<Job, 'id' | 'name'>[],
  missed: number,
  context: ChangeContext,
): string {
  const { l10n } = context;
  const [only, ...others] = jobs;
  if (only && others.length === 0) {
    const name = shownName(only);
    switch (change) {
      case 'cancel':
        return l10n.t('"{0}" was not canceled.', name);
      case 'delete':
        return l10n.t('"{0}" was not deleted.', name);
      case 'changePriority':
        return l10n.t('The priority of "{0}" was not changed.', name);
    }
  }
  const [part, all] = [numberText(missed, context), numberText(jobs.length, context)];
  switch (change) {
    case 'cancel':
      return l10n.t('Not canceled: {0} of {1} jobs.', part, all);
    case 'delete':
      return l10n.t('Not deleted: {0} of {1} jobs.', part, all);
    case 'changePriority':
      return l10n.t('Priority not changed: {0} of {1} jobs.', part, all);
  }
}

/** Why the service refused, in its own words: that it did is said beside them. */
export function wordsOf({ kind, cause, message }: ServiceError): string {
  return kind === 'conflict' && ServiceError.is(cause) ? cause.message : message;
}

/** A refusal as the log has it, with what the service's own people ask for. */
export function refusalLine(change: JobChange, { account, id }: JobKey, error: ServiceError): string {
  const { kind, message, status, requestId } = error;
  const answer = [
    kind,
    ...(status === undefined ? [] : [`HTTP ${status}`]),
    ...(requestId === undefined ? [] : [`request ${requestId}`]),
  ];
  return `[${account}] ${change} ${shortLine(`${id}: ${message} (${answer.join(', ')})`, maxLogLength)}`;
}

/** Whether the service may answer otherwise for another job. */
export function saysOnlyOfJob({ kind, status }: Pick<ServiceError, 'kind' | 'status'>): boolean {
  switch (kind) {
    case 'badReply':
    case 'badRequest':
    case 'conflict':
    case 'notFound':
      return true;
    case 'unreachable':
      return status !== undefined;
    default:
      return false;
  }
}

/** How many of the selected jobs are left out, and why; '' where none is. */
function leftOutText(change: JobChange, jobs: readonly Job[], context: ChangeContext): string {
  const { l10n } = context;
  const [only, ...others] = jobs;
  if (!only) {
    return '';
  }
  if (others.length === 0) {
    const name = listedName(only, context);
    switch (change) {
      case 'cancel':
        return only.state === 'Canceling'
          ? l10n.t('"{0}" is left out: it is being canceled already.', name)
          : l10n.t('"{0}" is left out: it has already ended.', name);
      case 'delete':
        return l10n.t('"{0}" is left out: it has not ended yet.', name);
      case 'changePriority':
        return l10n.t('"{0}" is left out: it is not queued.', name);
    }
  }
  const count = numberText(jobs.length, context);
  switch (change) {
    case 'cancel':
      return l10n.t('{0} selected jobs are left out: they have ended or are being canceled already.', count);
    case 'delete':
      return l10n.t('{0} selected jobs are left out: they have not ended yet.', count);
    case 'changePriority':
      return l10n.t('{0} selected jobs are left out: they are not queued.', count);
  }
}

/** That the service of some jobs cannot do this at all; '' where all can. */
function impossibleText(change: JobChange, jobs: readonly Job[], { l10n }: ChangeContext): string {
  if (jobs.length === 0) {
    return '';
  }
  const accounts = [...new Set(jobs.map(({ account }) => withoutLinks(shortLine(account, maxNameLength))))].join(', ');
  switch (change) {
    case 'cancel':
      return l10n.t('The service cannot cancel jobs: {0}', accounts);
    case 'delete':
      return l10n.t('The service cannot delete jobs: {0}', accounts);
    case 'changePriority':
      return l10n.t('The service cannot change the priority of jobs: {0}', accounts);
  }
}

/** The first names, a line each. */
function namesText(jobs: readonly Job[], context: ChangeContext): string {
  // A line that says "and 1 more" takes the place of that one.
  const shown = jobs.length <= mostNames + 1 ? jobs : jobs.slice(0, mostNames);
  const more = jobs.length - shown.length;
  return [
    ...shown.map((job) => `• ${listedName(job, context)}`),
    ...(more === 0 ? [] : [context.l10n.t('and {0} more', numberText(more, context))]),
  ].join('\n');
}

function listedName(job: Job, { namesAccounts, l10n }: ChangeContext): string {
  const name = shownName(job);
  return namesAccounts ? l10n.t('{0} ({1})', name, withoutLinks(shortLine(job.account, maxNameLength))) : name;
}

function shownName(job: Pick<Job, 'id' | 'name'>): string {
  return withoutLinks(shorten(jobTitle(job), maxNameLength));
}

function numberText(count: number, { locale }: PresentationContext): string {
  return new Intl.NumberFormat(locale).format(count);
}

function paragraphs(...texts: readonly string[]): string {
  return texts.filter(Boolean).join('\n\n');
}
