import * as vscode from 'vscode';
import { isActive, isSameJob, type Job, type JobKey } from '../jobs/job.ts';
import type { JobAssets, JobDetails } from '../jobs/jobDetails.ts';
import { type Disposable, DisposableStore } from '../jobs/lifecycle.ts';
import { queuePlaceOf } from '../jobs/queuePlace.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import type { EditorParts } from './editorParts.ts';
import { errorText } from './errorText.ts';
import { formatLocalTime } from './format.ts';
import { jobDetailsModel } from './jobDetailsModel.ts';
import { detailsHtml } from './jobDetailsPage.ts';
import { jobTitle } from './jobPresentation.ts';
import { queueText } from './queueText.ts';
import { detailsActions } from './shownDetails.ts';
import { plainLine, shorten } from './text.ts';

/** How often texts that speak of time are made anew while the job is active, in milliseconds. */
const tickMs = 1_000;
const maxTabTitle = 40;

/**
 * The details of one job in a tab. While the tab is visible the job is watched, and asked for all that the service says
 * of it whenever its state or that of a task changes; while it is hidden nothing is done for it.
 */
export class JobDetailsPanel implements Disposable {
  #key: JobKey;
  readonly #panel: vscode.WebviewPanel;
  readonly #parts: EditorParts;
  readonly #disposables = new DisposableStore();
  /** What lasts while the tab is visible. */
  #shown: DisposableStore | null = null;
  /** What was last known of the job, should the service no longer have it. */
  #job: Job | null = null;
  #events: JobDetails['events'] | null = null;
  #assets: JobAssets | null = null;
  /** How many tasks the account can run at a time, as far as the job has to wait for that. */
  #reservedUnits: number | null = null;
  #failure: ServiceError | null = null;
  #isGone = false;
  /** The states of job and tasks when the service was last asked for all of it. */
  #askedFor = '';
  #isAsking = false;
  #tick: Disposable | null = null;

  constructor(key: JobKey, panel: vscode.WebviewPanel, parts: EditorParts) {
    this.#key = key;
    this.#panel = panel;
    this.#parts = parts;
    const { extensionUri } = parts.extension;
    const dist = vscode.Uri.joinPath(extensionUri, 'dist');
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'mediaServices.svg');
    panel.webview.options = { enableScripts: true, localResourceRoots: [dist] };
    this.#disposables.add(panel.webview.onDidReceiveMessage((message) => this.#receive(message)));
    this.#disposables.add(panel.onDidChangeViewState(() => this.#visibilityChanged()));
    const { webview } = panel;
    const uriOf = (file: string): string => webview.asWebviewUri(vscode.Uri.joinPath(dist, file)).toString();
    webview.html = detailsHtml({
      script: uriOf('detailsPage.js'),
      style: uriOf('detailsPage.css'),
      cspSource: webview.cspSource,
      language: parts.context().locale,
      texts: {
        details: vscode.l10n.t('Details'),
        timeline: vscode.l10n.t('Timeline'),
        curve: vscode.l10n.t('Progress'),
        errors: vscode.l10n.t('Errors'),
        inputs: vscode.l10n.t('Inputs'),
        outputs: vscode.l10n.t('Outputs'),
        actions: vscode.l10n.t('Actions'),
        loading: vscode.l10n.t('Asking the service…'),
      },
    });
    this.#visibilityChanged();
  }

  get key(): JobKey {
    return this.#key;
  }

  /** Shows another job in the same tab. */
  retarget(key: JobKey): void {
    this.#hide();
    this.#key = key;
    this.#job = null;
    this.#events = null;
    this.#assets = null;
    this.#reservedUnits = null;
    this.#failure = null;
    this.#isGone = false;
    this.#askedFor = '';
    this.#visibilityChanged();
  }

  reveal(preserveFocus: boolean): void {
    this.#panel.reveal(undefined, preserveFocus);
  }

  dispose(): void {
    this.#hide();
    this.#disposables.dispose();
  }

  #visibilityChanged(): void {
    if (this.#panel.visible && !this.#shown) {
      this.#show();
    } else if (!this.#panel.visible) {
      this.#hide();
    }
  }

  #show(): void {
    const { store, tracked, watcher, onAccountsChanged } = this.#parts;
    const shown = new DisposableStore();
    this.#shown = shown;
    shown.add(watcher.watch(this.#key));
    shown.add(
      store.onDidChange(({ account, added, changed, removed, statusChanged }) => {
        if (account !== this.#key.account) {
          return;
        }
        if (removed.some((job) => isSameJob(job, this.#key))) {
          this.#isGone = true;
        }
        // Its place in line moves when others do.
        const isWaiting = this.#job?.state === 'Queued' || this.#job?.state === 'Scheduled';
        const isMine =
          isWaiting || statusChanged || [...added, ...removed, ...changed.map(({ after }) => after)].some(this.#isMine);
        if (isMine) {
          this.#update();
        }
      }),
    );
    shown.add(tracked.onDidChange(() => this.#update()));
    // After a reload, accounts may come a moment after the tab.
    shown.add(onAccountsChanged(() => this.#update()));
    this.#update();
  }

  #hide(): void {
    this.#shown?.dispose();
    this.#shown = null;
    this.#tick?.dispose();
    this.#tick = null;
  }

  readonly #isMine = (job: JobKey): boolean => isSameJob(job, this.#key);

  #update(): void {
    const known = this.#parts.store.get(this.#key);
    if (known) {
      this.#job = known;
      this.#isGone = false;
    }
    this.#askWhereNeeded();
    this.#draw();
  }

  #draw(): void {
    const { context, history, store, tracked, clock } = this.#parts;
    if (!this.#shown) {
      return;
    }
    const job = this.#job;
    this.#panel.title = shorten(job ? jobTitle(job) : plainLine(this.#key.id), maxTabTitle);
    this.#tick?.dispose();
    this.#tick = job && isActive(job) && !this.#isGone ? clock.setTimeout(() => this.#draw(), tickMs) : null;
    const model = job
      ? jobDetailsModel(
          {
            job,
            isTracked: tracked.isTracked(job),
            events: this.#events,
            assets: this.#assets,
            points: history().points(job),
            waitText: queueText(queuePlaceOf(store, job, this.#reservedUnits, clock.now()), context()) ?? '',
            staleText: this.#staleText(),
          },
          context(),
        )
      : null;
    // VS Code keeps it for a page that is still being loaded; one that was there before asks for it.
    void this.#panel.webview.postMessage({ model, failure: job ? '' : this.#staleText(), key: this.#key });
  }

  #staleText(): string {
    const { l10n } = vscode;
    const { store, accounts, context } = this.#parts;
    const { account } = this.#key;
    if (this.#isGone) {
      return l10n.t('The service no longer has this job');
    }
    if (!accounts().accounts.some(({ name }) => name === account)) {
      return l10n.t('The account {0} is not there any more', plainLine(account));
    }
    const status = store.status(account);
    if (status.state === 'failed') {
      const text = errorText(status.error.message, l10n);
      return status.asOf === null
        ? text
        : `${text} ${l10n.t('Last answer: {0}.', formatLocalTime(status.asOf, context().locale))}`;
    }
    return this.#job ? '' : errorText(this.#failure?.message ?? '', l10n);
  }

  /** Asks when the tab is first shown, and again when something happened that only the service's own records tell. */
  #askWhereNeeded(): void {
    const { accounts } = this.#parts;
    const isThere = accounts().accounts.some(({ name }) => name === this.#key.account);
    const states = this.#states();
    if (this.#isAsking || !isThere || this.#isGone || states === this.#askedFor) {
      return;
    }
    this.#isAsking = true;
    void this.#ask(states);
  }

  #states(): string {
    const job = this.#parts.store.get(this.#key);
    return JSON.stringify(job ? [job.state, job.tasks?.map(({ state }) => state)] : 'unknown');
  }

  async #ask(states: string): Promise<void> {
    const { watcher } = this.#parts;
    const key = this.#key;
    const { id } = key;
    try {
      const isWaiting = !this.#job || this.#job.state === 'Queued' || this.#job.state === 'Scheduled';
      const [details, assets, units] = await Promise.all([
        watcher.ask(this.#key, (asked, signal) => asked.details(id, signal)),
        // What a job reads and writes stays the same until it ends.
        this.#assets && this.#job && isActive(this.#job)
          ? this.#assets
          : watcher.ask(this.#key, (asked, signal) => asked.assets(id, signal)).catch(() => null),
        isWaiting
          ? watcher.ask(this.#key, (asked, signal) => asked.reservedUnits(signal)).catch(() => null)
          : this.#reservedUnits,
      ]);
      if (key !== this.#key) {
        return;
      }
      this.#events = details.events;
      this.#assets = assets ?? this.#assets;
      this.#reservedUnits = units;
      this.#failure = null;
      this.#askedFor = this.#states();
    } catch (error) {
      if (key !== this.#key) {
        return;
      }
      this.#failure = ServiceError.from(error);
      this.#isGone = this.#failure.kind === 'notFound' && this.#failure.status === undefined;
      // Not again before something changes: polls find out when the service answers.
      this.#askedFor = states;
    } finally {
      this.#isAsking = false;
      if (this.#shown) {
        this.#update();
      }
    }
  }

  #receive(message: unknown): void {
    if (typeof message !== 'object' || message === null) {
      return;
    }
    if ('ready' in message) {
      this.#draw();
    }
    const command = detailsActions.find((name) => 'action' in message && message.action === name);
    if (command) {
      // A row of the panel is what stands for a person's choice of a job.
      void vscode.commands.executeCommand(`mediaServices.${command}`, { type: 'job', ...this.#key });
    }
  }
}
