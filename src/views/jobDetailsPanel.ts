import * as vscode from 'vscode';
import { isActive, type JobKey } from '../jobs/job.ts';
import { type Disposable, DisposableStore } from '../jobs/lifecycle.ts';
import { queuePlaceOf } from '../jobs/queuePlace.ts';
import type { EditorParts } from './editorParts.ts';
import { errorText } from './errorText.ts';
import { formatLocalTime } from './format.ts';
import { jobDetailsModel } from './jobDetailsModel.ts';
import { detailsHtml } from './jobDetailsPage.ts';
import { JobDetailsSource } from './jobDetailsSource.ts';
import { jobTitle } from './jobPresentation.ts';
import { queueText } from './queueText.ts';
import { detailsActions } from './shownDetails.ts';
import { plainLine, shorten, shortLine } from './text.ts';

/** How often texts that speak of time are made anew while the job is active, in milliseconds. */
const tickMs = 1_000;
const maxTabTitle = 40;
const maxReason = 1_000;

/** The details of one job in a tab. Nothing is done for it while it is hidden. */
export class JobDetailsPanel implements Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #parts: EditorParts;
  readonly #disposables = new DisposableStore();
  #source: JobDetailsSource;
  /** What lasts while the tab is visible. */
  #shown: DisposableStore | null = null;
  #tick: Disposable | null = null;

  constructor(key: JobKey, panel: vscode.WebviewPanel, parts: EditorParts) {
    this.#source = new JobDetailsSource(key, parts);
    this.#panel = panel;
    this.#parts = parts;
    const { extensionUri } = parts.extension;
    const dist = vscode.Uri.joinPath(extensionUri, 'dist');
    const icon = (name: string): vscode.Uri => vscode.Uri.joinPath(extensionUri, 'media', name);
    panel.iconPath = { light: icon('details-light.svg'), dark: icon('mediaServices.svg') };
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
        retry: vscode.l10n.t('Try Again'),
      },
    });
    this.#visibilityChanged();
  }

  get key(): JobKey {
    return this.#source.key;
  }

  /** Whether the tab is the one in front. */
  get isActive(): boolean {
    return this.#panel.active;
  }

  /** Shows another job in the same tab. */
  retarget(key: JobKey): void {
    this.#hide();
    this.#source.dispose();
    this.#source = new JobDetailsSource(key, this.#parts);
    this.#visibilityChanged();
  }

  reveal(preserveFocus: boolean): void {
    this.#panel.reveal(undefined, preserveFocus);
  }

  dispose(): void {
    this.#hide();
    this.#source.dispose();
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
    const shown = new DisposableStore();
    this.#shown = shown;
    shown.add(this.#source.onDidChange(() => this.#draw()));
    shown.add(this.#parts.tracked.onDidChange(() => this.#draw()));
    shown.add(this.#source.look());
  }

  #hide(): void {
    this.#shown?.dispose();
    this.#shown = null;
    this.#tick?.dispose();
    this.#tick = null;
  }

  #draw(): void {
    const { context, history, store, tracked, clock } = this.#parts;
    if (!this.#shown) {
      return;
    }
    const { key, job, isGone, isAccountThere, events, assets, assetsFailure, reservedUnits } = this.#source;
    this.#panel.title = shorten(job ? jobTitle(job) : shortLine(key.id, maxTabTitle), maxTabTitle);
    this.#tick?.dispose();
    this.#tick = job && isActive(job) && !isGone ? clock.setTimeout(() => this.#draw(), tickMs) : null;
    const staleText = this.#staleText();
    const model = job
      ? jobDetailsModel(
          {
            job,
            isTracked: tracked.isTracked(job),
            isThere: !isGone && isAccountThere,
            events,
            assets,
            assetsText: assetsFailure ? reasonOf(assetsFailure) : '',
            points: history().points(job),
            waitText: queueText(queuePlaceOf(store, job, reservedUnits, clock.now()), context()) ?? '',
            staleText,
          },
          context(),
        )
      : null;
    // VS Code keeps it for a page that is still being loaded; one that was there before asks for it.
    void this.#panel.webview.postMessage({ model, failure: job ? '' : staleText, key });
  }

  #staleText(): string {
    const { l10n } = vscode;
    const { store, context } = this.#parts;
    const { key, isGone, isAccountThere, failure } = this.#source;
    if (!isAccountThere) {
      return l10n.t('The account {0} is not there any more', plainLine(key.account));
    }
    if (isGone) {
      return l10n.t('The service no longer has this job');
    }
    const status = store.status(key.account);
    if (status.state === 'failed') {
      const text = reasonOf(status.error);
      return status.asOf === null
        ? text
        : `${text} ${l10n.t('Last answer: {0}.', formatLocalTime(status.asOf, context().locale))}`;
    }
    return failure ? reasonOf(failure) : '';
  }

  #receive(message: unknown): void {
    if (typeof message !== 'object' || message === null) {
      return;
    }
    if ('ready' in message) {
      this.#draw();
    }
    if ('retry' in message) {
      this.#source.retry();
    }
    const command = detailsActions.find((name) => 'action' in message && message.action === name);
    if (command) {
      // A row of the panel is what stands for a person's choice of a job.
      void vscode.commands.executeCommand(`mediaServices.${command}`, { type: 'job', ...this.#source.key });
    }
  }
}

/** Why the service did not say something, as a line of plain text. */
function reasonOf({ message }: Error): string {
  return shortLine(errorText(message, vscode.l10n), maxReason);
}
