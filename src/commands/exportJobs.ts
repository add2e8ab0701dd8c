import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { sleep } from '../jobs/clock.ts';
import { compareNewestFirst, type Job } from '../jobs/job.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import { type ExportFormat, exportChunks } from '../views/jobExport.ts';
import { accountFromArguments, isJobKey } from './jobArguments.ts';
import { type ErrorResult, errorResult } from './messages.ts';
import type { Services } from './services.ts';

/** What a call with arguments resolves to. */
export interface ExportResult {
  readonly uri: string;
  readonly count: number;
  /** Whether the services may have more such jobs than are known here. */
  readonly incomplete: boolean;
}

interface Export {
  readonly jobs: readonly Job[];
  readonly incomplete: boolean;
}

/**
 * Export Jobs: all that are known and that the filter means, whether or not the panel has a row for each; from the menu of
 * several rows, these. A call says where to (`uri`, a `.csv` or `.json`) and of which account, and sees no dialog.
 */
export async function exportJobs(
  services: Services,
  node?: unknown,
  nodes?: unknown,
): Promise<ExportResult | ErrorResult | undefined> {
  if (typeof node === 'object' && node !== null && 'uri' in node && !('type' in node)) {
    return await exportForCaller(services, node);
  }
  const rows = Array.isArray(nodes) ? nodes.filter(isJobKey) : [];
  await exportForPerson(services, rows.length > 0 ? selected(rows, services) : listed(allAccounts(services), services));
  return undefined;
}

async function exportForCaller(
  services: Services,
  args: { readonly uri: unknown; readonly account?: unknown },
): Promise<ExportResult | ErrorResult> {
  try {
    const uri = typeof args.uri === 'string' ? vscode.Uri.parse(args.uri) : args.uri;
    const format = uri instanceof vscode.Uri ? formatOf(uri) : null;
    if (!(uri instanceof vscode.Uri) || format === null) {
      throw new ServiceError('badRequest', 'The argument uri must be the address of a .csv or .json file.');
    }
    const accounts = args.account === undefined ? allAccounts(services) : [accountFromArguments(args, services)];
    const { jobs, incomplete } = listed(accounts, services);
    await write(uri, jobs, format, services);
    return { uri: uri.toString(), count: jobs.length, incomplete };
  } catch (error) {
    return errorResult(error);
  }
}

async function exportForPerson(services: Services, { jobs, incomplete }: Export): Promise<void> {
  const { commands, l10n, window } = vscode;
  if (jobs.length === 0) {
    void window.showInformationMessage(l10n.t('There are no jobs to export.'));
    return;
  }
  const uri = await window.showSaveDialog({
    title: l10n.t('Export Jobs'),
    saveLabel: l10n.t('Export'),
    filters: { CSV: ['csv'], JSON: ['json'] },
    defaultUri: vscode.Uri.joinPath(usualFolder(), `media-services-jobs-${today(services.clock.now())}.csv`),
  });
  if (!uri) {
    return;
  }
  await window.withProgress({ location: vscode.ProgressLocation.Window, title: l10n.t('Exporting jobs…') }, () =>
    write(uri, jobs, formatOf(uri) ?? 'csv', services),
  );
  const count = new Intl.NumberFormat(services.presentation().locale).format(jobs.length);
  const done = jobs.length === 1 ? l10n.t('1 job was exported.') : l10n.t('{0} jobs were exported.', count);
  const more = incomplete ? [l10n.t('There may be more at the service that are not loaded yet.')] : [];
  const open = l10n.t('Open');
  if ((await window.showInformationMessage([done, ...more].join(' '), open)) === open) {
    await commands.executeCommand('vscode.open', uri);
  }
}

function allAccounts({ accounts }: Services): readonly string[] {
  return accounts.accounts.map(({ name }) => name);
}

function selected(rows: readonly { readonly account: string; readonly id: string }[], { store }: Services): Export {
  return { jobs: rows.map((key) => store.get(key)).filter((job) => job !== undefined), incomplete: false };
}

function listed(accounts: readonly string[], { store, filter }: Services): Export {
  const jobs = accounts.flatMap((account) => store.newest(account, Number.POSITIVE_INFINITY, filter.query));
  const listings = accounts.map((account) => store.listing(account));
  return {
    jobs: accounts.length > 1 ? jobs.sort(compareNewestFirst) : jobs,
    incomplete: listings.some(({ loaded, hasMore, searched }) => !loaded || hasMore || searched !== null),
  };
}

/** Fifty thousand jobs take a while to write down: others have their turn in between. */
async function write(uri: vscode.Uri, jobs: readonly Job[], format: ExportFormat, { clock }: Services): Promise<void> {
  const chunks: Buffer[] = [];
  for (const chunk of exportChunks(jobs, format, clock.now())) {
    chunks.push(Buffer.from(chunk));
    await sleep(clock, 0);
  }
  await vscode.workspace.fs.writeFile(uri, Buffer.concat(chunks));
}

function formatOf({ path }: vscode.Uri): ExportFormat | null {
  const [, extension] = /\.(csv|json)$/i.exec(path) ?? [];
  return extension === undefined ? null : extension.toLowerCase() === 'json' ? 'json' : 'csv';
}

/** The folder that is open, where files can be written as on a disk; else the person's own. */
function usualFolder(): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return folder?.scheme === 'file' || folder?.scheme === 'vscode-remote' ? folder : vscode.Uri.file(homedir());
}

/** `2026-11-25`, by the person's own clock. */
function today(now: number): string {
  const date = new Date(now);
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
