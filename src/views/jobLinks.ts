import * as vscode from 'vscode';
import type { Job } from '../jobs/job.ts';
import type { JobIdFormName } from '../jobs/jobIdForms.ts';
import { jobIdAt, jobIdsInText } from '../jobs/jobIdsInText.ts';
import type { EditorParts } from './editorParts.ts';
import { scanForJobIds } from './jobIdScan.ts';
import { jobDescription, jobTitle, jobTooltip } from './jobPresentation.ts';
import { richText } from './richText.ts';
import { escapeMarkdown, plainLine, shorten } from './text.ts';

/** What a link runs: Check Job Progress, as if the job had been picked there. */
const followCommand = 'mediaServices.followLink';
const detailsCommand = 'mediaServices.openJob';

/** A terminal gives whole lines, however long; nobody clicks so far behind the first screen of one. */
const longestTerminalLine = 32_768;
const mostTerminalLinks = 200;
const longestTitle = 100;

class JobTerminalLink extends vscode.TerminalLink {
  readonly id: string;

  constructor(id: string, start: number, length: number, tooltip: string) {
    super(start, length, tooltip);
    this.id = id;
  }
}

/** Ids of jobs in text, as links. What they say of a job is what the store has; nothing is asked for before a click. */
export class JobLinks {
  readonly #parts: EditorParts;

  constructor(parts: EditorParts) {
    this.#parts = parts;
  }

  inTerminal(line: string): vscode.TerminalLink[] {
    const links: JobTerminalLink[] = [];
    for (const { id, start, end } of jobIdsInText(line, this.#forms, 0, Math.min(line.length, longestTerminalLine))) {
      if (links.push(new JobTerminalLink(id, start, end - start, this.#stateOf(id))) === mostTerminalLinks) {
        break;
      }
    }
    return links;
  }

  async follow(link: vscode.TerminalLink): Promise<void> {
    if (link instanceof JobTerminalLink) {
      await vscode.commands.executeCommand(followCommand, link.id);
    }
  }

  async inDocument(document: vscode.TextDocument, token: vscode.CancellationToken): Promise<vscode.DocumentLink[]> {
    const { clock } = this.#parts;
    const found = await scanForJobIds(document, this.#forms, async () => {
      await new Promise<void>((resolve) => clock.setTimeout(resolve, 0));
      return !token.isCancellationRequested;
    });
    // The same id may be on every line of a log.
    const tooltips = new Map<string, string>();
    return found.map(({ id, line, start, end }) => {
      const tooltip = tooltips.get(id) ?? this.#nameOf(id);
      tooltips.set(id, tooltip);
      const link = new vscode.DocumentLink(
        new vscode.Range(line, start, line, end),
        vscode.Uri.parse(commandUri(followCommand, id)),
      );
      link.tooltip = tooltip;
      return link;
    });
  }

  hover(document: vscode.TextDocument, { line, character }: vscode.Position): vscode.Hover | undefined {
    const found = jobIdAt(document.lineAt(line).text, character, this.#forms);
    if (!found) {
      return undefined;
    }
    const { id, start, end } = found;
    const jobs = this.#known(id);
    const text = richText(jobs.length === 0 ? unknownText(id) : this.#textOf(jobs));
    text.isTrusted = { enabledCommands: [followCommand, detailsCommand] };
    return new vscode.Hover(text, new vscode.Range(line, start, line, end));
  }

  /** The link itself checks the one job that it can mean; of several with one id, the hover has a link for each. */
  #textOf(jobs: readonly Job[]): string {
    const { l10n } = vscode;
    const texts = jobs.map((job) => {
      const { account, id: jobId } = job;
      const last = [
        ...(this.#isOneOfSeveral ? [escapeMarkdown(account)] : []),
        ...(jobs.length > 1 ? [commandLink(l10n.t('Check this job'), followCommand, jobId, account)] : []),
        commandLink(l10n.t('Show Details'), detailsCommand, { account, jobId }),
      ];
      return `${jobTooltip(job, this.#parts.context())}\n\n${last.join(' &nbsp;·&nbsp; ')}`;
    });
    return texts.join('\n\n---\n\n');
  }

  /** How a job is at the moment, in plain text; a terminal asks anew whenever somebody points at a line. */
  #stateOf(id: string): string {
    const [job, ...others] = this.#known(id);
    if (!job || others.length > 0) {
      return vscode.l10n.t('Check this job');
    }
    const title = shorten(jobTitle(job), longestTitle);
    const account = this.#isOneOfSeveral ? [plainLine(job.account)] : [];
    return [title, jobDescription(job, this.#parts.context()), ...account].join(' · ');
  }

  /**
   * What becomes of a click, as Markdown: that is what VS Code takes the tooltip of a link with a target for. It stays
   * until the document is changed, so it says nothing that will be another by then.
   */
  #nameOf(id: string): string {
    const { l10n } = vscode;
    const [job, ...others] = this.#known(id);
    if (!job || others.length > 0) {
      return l10n.t('Check this job');
    }
    const title = escapeMarkdown(shorten(jobTitle(job), longestTitle));
    return this.#isOneOfSeveral
      ? l10n.t('Check {0} of {1}', title, escapeMarkdown(job.account))
      : l10n.t('Check {0}', title);
  }

  #known(id: string): readonly Job[] {
    const { store, accounts } = this.#parts;
    return accounts().accounts.flatMap(({ name }) => store.get({ account: name, id }) ?? []);
  }

  /** How the services of the accounts write ids: what no account can have is no link. */
  get #forms(): readonly JobIdFormName[] {
    const { accounts } = this.#parts.accounts();
    return accounts.length === 0 ? ['guid'] : [...new Set(accounts.map(({ capabilities }) => capabilities.jobIds))];
  }

  get #isOneOfSeveral(): boolean {
    return this.#parts.accounts().accounts.length > 1;
  }
}

function unknownText(id: string): string {
  const { l10n } = vscode;
  const check = commandLink(l10n.t('Check this job'), followCommand, id);
  return `${escapeMarkdown(l10n.t('Nothing is known of this job yet.'))} ${check}`;
}

function commandUri(command: string, ...args: readonly unknown[]): string {
  return `command:${command}?${encodeURIComponent(JSON.stringify(args))}`;
}

/** Text of ours that runs a command, as Markdown. An account's name may hold what would end the address. */
function commandLink(text: string, command: string, ...args: readonly unknown[]): string {
  const address = commandUri(command, ...args)
    .replaceAll('(', '%28')
    .replaceAll(')', '%29');
  return `[${escapeMarkdown(text)}](${address})`;
}
