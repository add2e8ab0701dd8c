import * as vscode from 'vscode';
import type { AccountsModel } from '../jobs/accountStatus.ts';
import type { Clock } from '../jobs/clock.ts';
import { isFinalState, type Job } from '../jobs/job.ts';
import type { JobStore } from '../jobs/jobStore.ts';
import { type Disposable, DisposableStore } from '../jobs/lifecycle.ts';
import type { TrackedJob } from '../jobs/trackedJob.ts';
import type { PresentationContext } from './jobPresentation.ts';
import type { Panel } from './panel.ts';
import { plainLine, withoutIcons } from './text.ts';

export interface TrackedJobItemOptions {
  readonly store: JobStore;
  readonly tracked: TrackedJob;
  readonly clock: Clock;
  readonly accounts: () => AccountsModel;
  readonly context: () => PresentationContext;
  /** Loads what the item is drawn with, when there is first one to draw. */
  readonly panel: () => Panel;
}

/** How long an account may be away before its tracked job is no longer shown as followed. */
const missedAfterMs = 5_000;

/** The status bar item of the tracked job; hidden where none is tracked. */
export class TrackedJobItem implements Disposable {
  readonly #options: TrackedJobItemOptions;
  readonly #disposables = new DisposableStore();
  readonly #item: vscode.StatusBarItem;
  #missed: Disposable | null = null;
  #missedAt = 0;

  constructor(options: TrackedJobItemOptions) {
    this.#options = options;
    this.#item = this.#disposables.add(
      vscode.window.createStatusBarItem('mediaServices.trackedJob', vscode.StatusBarAlignment.Left, 10),
    );
    this.#item.name = vscode.l10n.t('Tracked Media Services Job');
    this.#item.command = 'mediaServices.trackedJobActions';
    this.#disposables.add(options.tracked.onDidChange(() => this.#update()));
    this.#disposables.add(
      options.store.onDidChange(({ account, statusChanged }) => {
        if (statusChanged && account === options.tracked.job?.account) {
          this.#update();
        }
      }),
    );
    this.#update();
  }

  /** What the item says at the moment, for tests; `null` while it is hidden. */
  get text(): string | null {
    return this.#options.tracked.job ? this.#item.text : null;
  }

  /** Accounts came or went. An account that takes a moment to come back, as after a reload, is not missed at once. */
  accountsChanged(): void {
    this.#missed?.dispose();
    this.#missed = this.#options.clock.setTimeout(() => {
      // A timer may be a moment before its time by the clock, and nobody would look again.
      this.#missedAt = Number.NEGATIVE_INFINITY;
      this.#update();
    }, missedAfterMs);
    this.#missedAt = this.#options.clock.now() + missedAfterMs;
  }

  dispose(): void {
    this.#missed?.dispose();
    this.#disposables.dispose();
  }

  #update(): void {
    const job = this.#options.tracked.job;
    void vscode.commands.executeCommand('setContext', 'mediaServices.tracking', job !== null);
    if (!job) {
      this.#item.hide();
      return;
    }
    const context = this.#options.context();
    const { jobSpoken, jobIcon, trackedJobHover, trackedJobText } = this.#options.panel();
    const stale = this.#staleReason(job);
    // A job that is gone, or whose service does not answer, must not look as if it were followed.
    const icon = stale === null ? jobIcon(job).id : 'warning';
    this.#item.text = `$(${icon}) ${withoutIcons(trackedJobText(job, context))}`;
    const status = this.#options.store.status(job.account);
    const asOf = status.state === 'failed' && !this.#options.tracked.isGone ? status.asOf : null;
    this.#item.tooltip = trackedJobHover(job, stale, asOf, context);
    this.#item.backgroundColor =
      job.state === 'Error' ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
    const spoken = vscode.l10n.t('Tracked Media Services job: {0}', jobSpoken(job, context));
    this.#item.accessibilityInformation = { label: stale === null ? spoken : `${spoken}. ${stale}` };
    this.#item.show();
  }

  #staleReason(job: Job): string | null {
    if (this.#options.tracked.isGone) {
      return vscode.l10n.t('The service no longer has this job');
    }
    const { accounts, clock, store } = this.#options;
    const isThere = accounts().accounts.some(({ name }) => name === job.account);
    if (!isThere && !isFinalState(job.state) && clock.now() >= this.#missedAt) {
      return vscode.l10n.t('The account {0} is not there any more', plainLine(job.account));
    }
    const status = store.status(job.account);
    return status.state === 'failed'
      ? plainLine(this.#options.panel().errorText(status.error.message, vscode.l10n))
      : null;
  }
}
