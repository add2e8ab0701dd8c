import * as vscode from 'vscode';
import { compareNewestFirst, type Job, type JobKey, jobKeyOf } from '../jobs/job.ts';
import { parseJobId } from '../jobs/jobId.ts';
import { DisposableStore } from '../jobs/lifecycle.ts';
import { jobDescription, jobTitle, stateIcon } from '../views/jobPresentation.ts';
import { withoutIcons } from '../views/text.ts';
import type { Services } from './services.ts';

interface JobPick extends vscode.QuickPickItem {
  readonly key: JobKey;
}

/**
 * Lets a person pick a job: from those that are known, newest first, or by pasting an id or a `Jobs('…')` URL. The list
 * is there at once and fills up while the services answer.
 * @returns `undefined` when nothing was picked
 */
export async function pickJob(services: Services): Promise<JobKey | undefined> {
  const { l10n } = vscode;
  const { accounts, store, watcher } = services;
  if (accounts.accounts.length === 0) {
    await offerAccount();
    return undefined;
  }
  const disposables = new DisposableStore();
  const pick = disposables.add(vscode.window.createQuickPick<JobPick>());
  pick.title = l10n.t('Check Job Progress');
  pick.placeholder = l10n.t("Pick a job, or paste a job id or a Jobs('…') address");
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  // Rows must not move under the cursor while somebody types.
  pick.keepScrollPosition = true;

  const update = (): void => {
    const active = pick.activeItems[0];
    const items = [...pastedItems(pick.value, services), ...jobItems(services)];
    pick.items = items;
    const again = active && items.find((item) => jobKeyOf(item.key) === jobKeyOf(active.key));
    if (again && pick.value === '') {
      pick.activeItems = [again];
    }
  };
  disposables.add(pick.onDidChangeValue(update));
  disposables.add(store.onDidChange(update));
  update();
  pick.busy = true;
  void watcher.refresh().finally(() => {
    pick.busy = false;
    update();
  });

  const chosen = await new Promise<JobPick | undefined>((resolve) => {
    disposables.add(pick.onDidAccept(() => resolve(pick.selectedItems[0])));
    disposables.add(pick.onDidHide(() => resolve(undefined)));
    pick.show();
  });
  disposables.dispose();
  return chosen?.key;
}

function jobItems({ accounts, store, presentation }: Services): JobPick[] {
  const context = presentation();
  const several = accounts.accounts.length > 1;
  const jobs: Job[] = accounts.accounts.flatMap(({ name }) => [...store.jobs(name)]);
  if (several) {
    jobs.sort(compareNewestFirst);
  }
  return jobs.map((job) => ({
    key: { account: job.account, id: job.id },
    label: `$(${stateIcon(job.state).id}) ${withoutIcons(jobTitle(job))}`,
    description: withoutIcons([jobDescription(job, context), ...(several ? [job.account] : [])].join(' · ')),
    detail: job.id,
  }));
}

/** What was typed may be an id of a job that is not on the list. Then each account can be asked for it. */
function pastedItems(value: string, { accounts, store }: Services): JobPick[] {
  const id = parseJobId(value);
  if (id === null) {
    return [];
  }
  return accounts.accounts
    .map(({ name }) => ({ account: name, id }))
    .filter((key) => !store.get(key) || value.trim() !== id)
    .map((key) => ({
      key,
      label: `$(search) ${vscode.l10n.t('Check this job')}`,
      description: accounts.accounts.length > 1 ? withoutIcons(key.account) : '',
      detail: id,
      alwaysShow: true,
    }));
}

async function offerAccount(): Promise<void> {
  const { l10n } = vscode;
  const start = l10n.t('Start Local Emulator');
  const add = l10n.t('Add Account');
  const choice = await vscode.window.showInformationMessage(
    l10n.t('There is no Media Services account to ask yet.'),
    start,
    add,
  );
  if (choice === start) {
    await vscode.commands.executeCommand('mediaServices.startEmulator');
  } else if (choice === add) {
    await vscode.commands.executeCommand('mediaServices.addAccount');
  }
}
