import * as vscode from 'vscode';
import type { AskedJobs } from '../jobs/askedJobs.ts';
import { forEachParallel } from '../jobs/forEachParallel.ts';
import type { Job, JobKey } from '../jobs/job.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import { focusedJobs, isFocusArgument } from './focusedJobs.ts';
import { type JobArguments, jobFromArguments, jobsFromArguments } from './jobArguments.ts';
import {
  type ChangeContext,
  type ChosenJobs,
  chooseJobs,
  doneText,
  fitsState,
  type JobChange,
  missedText,
  nothingFitsText,
  questionBefore,
  refusalLine,
  saysOnlyOfJob,
  underWayText,
  wordsOf,
} from './jobChanges.ts';
import { type ErrorResult, errorResult, showFailure } from './messages.ts';
import { type PickPurpose, pickJob } from './pickJob.ts';
import type { Services } from './services.ts';

/** Asks the service for the change of one job. */
export type JobRequest = (asked: AskedJobs, jobId: string, signal: AbortSignal) => Promise<void>;

const maxParallelRequests = 4;
/** What takes longer gets a message with which it can be stopped. */
const longMs = 2_000;

export function changeContext({ accounts, presentation }: Services): ChangeContext {
  return { ...presentation(), namesAccounts: accounts.accounts.length > 1 };
}

/** A change that another extension, a keybinding or a link asks for: no question, and no word but the result. */
export async function changeForCaller(
  services: Services,
  args: JobArguments,
  request: JobRequest,
): Promise<ErrorResult | undefined> {
  try {
    const key = jobFromArguments(args, services);
    await services.watcher.ask(key, (asked, signal) => request(asked, key.id, signal));
    return undefined;
  } catch (error) {
    return errorResult(error);
  }
}

/**
 * The jobs that a person means: rows, the selection, or one that is picked. Says so where the change fits none of them.
 * @returns `undefined` where there is nothing to do
 */
export async function chooseFor(
  services: Services,
  change: JobChange,
  purpose: PickPurpose,
  node: unknown,
  nodes: unknown,
): Promise<ChosenJobs | undefined> {
  const isByKey = isFocusArgument(node);
  const keys = isByKey ? await focusedJobs(services) : jobsFromArguments(node, nodes, services);
  // A key that is pressed on another row is for no job.
  const jobs =
    isByKey || keys.length > 0
      ? keys.flatMap((key) => services.store.get(key) ?? [])
      : await pickFor(services, change, purpose);
  const chosen = chooseJobs(change, jobs);
  if (chosen.fitting.length === 0) {
    if (jobs.length > 0) {
      void vscode.window.showInformationMessage(nothingFitsText(change, jobs, changeContext(services)));
    }
    return undefined;
  }
  return chosen;
}

async function pickFor(services: Services, change: JobChange, purpose: PickPurpose): Promise<readonly Job[]> {
  const { store, watcher } = services;
  const key = await pickJob(services, { ...purpose, fits: ({ state }) => fitsState(change, state) });
  if (!key) {
    return [];
  }
  try {
    return [store.get(key) ?? (await watcher.check(key))];
  } catch (error) {
    void showFailure(error, key.account);
    return [];
  }
}

/** One modal question, however many jobs. */
export async function isConfirmed(
  services: Services,
  change: Exclude<JobChange, 'changePriority'>,
  chosen: ChosenJobs,
): Promise<boolean> {
  const { message, detail, confirm, decline } = questionBefore(change, chosen, changeContext(services));
  const yes: vscode.MessageItem = { title: confirm };
  const no: vscode.MessageItem[] = decline === null ? [] : [{ title: decline, isCloseAffordance: true }];
  const choice = await vscode.window.showWarningMessage(message, { modal: true, detail }, yes, ...no);
  return choice === yes;
}

/** Changes jobs, a few at a time, and says how that went. What the service refuses does not keep it from the others. */
export async function changeJobs(
  services: Services,
  change: JobChange,
  jobs: readonly Job[],
  request: JobRequest,
): Promise<void> {
  const run = new ChangeRun(services, change, jobs, request);
  await services.view.withProgress(() => run.run());
  run.tell();
}

interface Refusal {
  readonly job: Job;
  readonly error: ServiceError;
}

class ChangeRun {
  readonly #services: Services;
  readonly #change: JobChange;
  readonly #jobs: readonly Job[];
  readonly #request: JobRequest;
  readonly #done: JobKey[] = [];
  readonly #refusals: Refusal[] = [];
  /** Accounts whose service would answer the same to anything else. */
  readonly #given = new Set<string>();
  #isStopped = false;
  #onStep: () => void = () => undefined;

  constructor(services: Services, change: JobChange, jobs: readonly Job[], request: JobRequest) {
    this.#services = services;
    this.#change = change;
    this.#jobs = jobs;
    this.#request = request;
  }

  async run(): Promise<void> {
    const { clock } = this.#services;
    const work = forEachParallel(this.#jobs, maxParallelRequests, (job) => this.#one(job));
    const timer = this.#jobs.length > 1 ? clock.setTimeout(() => this.#showProgress(work), longMs) : null;
    await work;
    timer?.dispose();
  }

  /** Says what came of it: nothing where one job was changed, as its row shows it. */
  tell(): void {
    const { window } = vscode;
    const context = changeContext(this.#services);
    const missed = this.#jobs.length - this.#done.length;
    const [first] = this.#refusals;
    if (first) {
      const text = missedText(this.#change, this.#jobs, missed, wordsOf(first.error), context);
      void showFailure(first.error, first.job.account, text);
    } else if (missed > 0) {
      void window.showInformationMessage(missedText(this.#change, this.#jobs, missed, '', context));
    } else if (this.#jobs.length > 1) {
      void window.showInformationMessage(doneText(this.#change, this.#jobs.length, context));
    }
  }

  async #one(job: Job): Promise<void> {
    if (this.#isStopped || this.#given.has(job.account)) {
      return;
    }
    const { watcher, store } = this.#services;
    try {
      await watcher.ask(job, (asked, signal) => this.#request(asked, job.id, signal));
      this.#done.push(job);
    } catch (thrown) {
      const error = ServiceError.from(thrown);
      if (this.#change === 'delete' && error.kind === 'notFound' && !store.get(job)) {
        // Somebody else was faster.
        this.#done.push(job);
      } else {
        this.#refused({ job, error });
      }
    }
    this.#onStep();
  }

  #refused(refusal: Refusal): void {
    const { job, error } = refusal;
    this.#refusals.push(refusal);
    if (!saysOnlyOfJob(error)) {
      this.#given.add(job.account);
    }
    this.#services.log.warn(refusalLine(this.#change, job, error));
  }

  #showProgress(work: Promise<void>): void {
    const { l10n, window, ProgressLocation } = vscode;
    const title = underWayText(this.#change, this.#jobs.length, changeContext(this.#services));
    void window.withProgress(
      { location: ProgressLocation.Notification, title, cancellable: true },
      async (progress, token) => {
        // What is sent is sent: it is waited for, so that nobody is left to guess what became of it.
        token.onCancellationRequested(() => {
          this.#isStopped = true;
        });
        let shown = 0;
        this.#onStep = () => {
          const over = this.#done.length + this.#refusals.length;
          const increment = ((over - shown) / this.#jobs.length) * 100;
          shown = over;
          progress.report({
            message: l10n.t('{0} of {1}. To stop leaves the others as they are.', over, this.#jobs.length),
            increment,
          });
        };
        this.#onStep();
        await work;
      },
    );
  }
}
