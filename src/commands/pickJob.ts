import * as vscode from 'vscode';
import { compareNewestFirst, isSameJob, type Job, type JobKey } from '../jobs/job.ts';
import { DisposableStore } from '../jobs/lifecycle.ts';
import type { ServiceError } from '../jobs/serviceError.ts';
import { errorText } from '../views/errorText.ts';
import { jobDescription, jobIcon, jobTitle } from '../views/jobPresentation.ts';
import { plainLine, shortLine, withoutIcons } from '../views/text.ts';
import { jobIdExamples, jobIdFormOf } from './jobIds.ts';
import { safeMessage, showFailure } from './messages.ts';
import type { Services } from './services.ts';

/** What the list is for: its title, and what picking a pasted id does. */
export interface PickPurpose {
  readonly title: string;
  readonly pasted: string;
  /** Which jobs are offered; all where left out. */
  readonly fits?: (job: Job) => boolean;
}

type JobPick = vscode.QuickPickItem &
  (
    | { readonly kind: vscode.QuickPickItemKind.Default; readonly key: JobKey }
    /** An account that did not answer; picking it says why, with what helps. */
    | { readonly kind: vscode.QuickPickItemKind.Default; readonly account: string; readonly error: ServiceError }
    /** A sentence about what was typed, which cannot be picked. */
    | { readonly kind: vscode.QuickPickItemKind.Default; readonly key: null }
  );

const { Default } = vscode.QuickPickItemKind;

/** Nobody scrolls further; who knows the job's id can paste it. */
const mostPicks = 500;
/** In characters. */
const longestId = 300;
const longestReason = 1_000;

/**
 * Lets a person pick a job: from those that are known, newest first, or by pasting an id or a `Jobs('…')` URL. The list
 * is there at once and fills up while the services answer; from then on its rows stay where they are.
 * @returns `undefined` when nothing was picked
 */
export async function pickJob(services: Services, purpose: PickPurpose): Promise<JobKey | undefined> {
  const { accounts, store, watcher } = services;
  if (accounts.accounts.length === 0) {
    await offerAccount(services);
    return undefined;
  }
  const disposables = new DisposableStore();
  const pick = disposables.add(vscode.window.createQuickPick<JobPick>());
  pick.title = purpose.title;
  pick.placeholder = vscode.l10n.t("Pick a job, or paste a job id or a Jobs('…') address");
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.keepScrollPosition = true;

  /** Once the services have answered: the rows, in an order that stays. */
  let settled: readonly JobKey[] | null = null;
  const update = (keepActive: boolean): void => {
    const active = pick.activeItems[0];
    const jobs = settled
      ? settled.map((key) => store.get(key)).filter((job) => job !== undefined)
      : knownJobs(services, purpose);
    const items = [
      ...pastedItems(pick.value, services, purpose),
      ...jobItems(jobs, services),
      ...failedItems(services),
    ];
    pick.items = items;
    const again = keepActive && active && items.find((item) => isSameRow(item, active));
    if (again) {
      pick.activeItems = [again];
    }
  };
  // While somebody types, the best match comes first; when a service answers, the cursor stays on its row.
  disposables.add(pick.onDidChangeValue(() => update(false)));
  disposables.add(store.onDidChange(() => update(true)));
  update(false);
  pick.busy = true;
  void watcher.refresh().finally(() => {
    settled = knownJobs(services, purpose);
    pick.busy = false;
    update(true);
  });

  const chosen = await new Promise<JobPick | undefined>((resolve) => {
    disposables.add(
      pick.onDidAccept(() => {
        const [item] = pick.selectedItems;
        if (item && !('key' in item && item.key === null)) {
          resolve(item);
        }
      }),
    );
    disposables.add(pick.onDidHide(() => resolve(undefined)));
    pick.show();
  });
  disposables.dispose();
  if (chosen && 'error' in chosen) {
    await showFailure(chosen.error, chosen.account);
    return undefined;
  }
  return chosen?.key ?? undefined;
}

function knownJobs({ accounts, store }: Services, { fits = () => true }: PickPurpose): readonly Job[] {
  const names = accounts.accounts.map(({ name }) => name);
  const jobs = names.flatMap((name) => [...store.newest(name, mostPicks)]).filter(fits);
  return names.length > 1 ? jobs.sort(compareNewestFirst) : jobs;
}

function jobItems(jobs: readonly Job[], { accounts, presentation }: Services): JobPick[] {
  const context = presentation();
  const several = accounts.accounts.length > 1;
  return jobs.map((job) => ({
    kind: Default,
    key: { account: job.account, id: job.id },
    label: `$(${jobIcon(job).id}) ${withoutIcons(jobTitle(job))}`,
    description: withoutIcons([jobDescription(job, context), ...(several ? [plainLine(job.account)] : [])].join(' · ')),
    detail: withoutIcons(shortLine(job.id, longestId)),
  }));
}

/** What was typed may be an id of a job that is not on the list. Then each account can be asked for it. */
function pastedItems(value: string, { accounts, store }: Services, { pasted }: PickPurpose): JobPick[] {
  const keys = accounts.accounts.flatMap((account) => {
    const id = jobIdFormOf(account).parse(value);
    return id === null ? [] : { account: account.name, id };
  });
  if (keys.length === 0) {
    const looksLikeId = /^\s*["']?nb:|https?:|jobs\s*\(|transforms\//i.test(value);
    return looksLikeId
      ? [
          {
            kind: Default,
            key: null,
            label: `$(warning) ${vscode.l10n.t('This is not a job id.')}`,
            detail: vscode.l10n.t('One looks like {0}', jobIdExamples(accounts.accounts)),
            alwaysShow: true,
          },
        ]
      : [];
  }
  return keys
    .filter((key) => !store.get(key) || value.trim() !== key.id)
    .map((key) => ({
      kind: Default,
      key,
      label: `$(search) ${pasted}`,
      description: accounts.accounts.length > 1 ? withoutIcons(plainLine(key.account)) : '',
      detail: withoutIcons(key.id),
      alwaysShow: true,
    }));
}

/** Accounts that did not answer, so that an empty list is not all that people see of it. */
function failedItems({ accounts, store }: Services): JobPick[] {
  return accounts.accounts.flatMap(({ name }) => {
    const status = store.status(name);
    return status.state === 'failed'
      ? [
          {
            kind: Default,
            account: name,
            error: status.error,
            label: `$(warning) ${withoutIcons(plainLine(name))}`,
            description: withoutIcons(shortLine(errorText(status.error.message, vscode.l10n), longestReason)),
            alwaysShow: true,
          },
        ]
      : [];
  });
}

function isSameRow(a: JobPick, b: JobPick): boolean {
  return 'key' in a && 'key' in b ? isSameJob(a.key, b.key) : 'error' in a && 'error' in b && a.account === b.account;
}

/** Helps a person who has no account yet. */
export async function offerAccount({ accounts }: Services): Promise<void> {
  const { commands, l10n, window } = vscode;
  const [problem] = accounts.problems;
  if (problem) {
    const open = l10n.t('Open Account Settings');
    const text = l10n.t(
      'The account {0} in the settings cannot be used. {1}',
      problem.label,
      errorText(problem.message, l10n),
    );
    if ((await window.showWarningMessage(safeMessage(text), open)) === open) {
      await commands.executeCommand('mediaServices.openAccountSettings');
    }
    return;
  }
  const start = l10n.t('Start Local Emulator');
  const add = l10n.t('Add Account');
  const choice = await window.showInformationMessage(
    l10n.t('There is no Media Services account to ask yet.'),
    start,
    add,
  );
  if (choice === start) {
    await commands.executeCommand('mediaServices.startEmulator');
  } else if (choice === add) {
    await commands.executeCommand('mediaServices.addAccount');
  }
}
