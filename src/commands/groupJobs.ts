import * as vscode from 'vscode';
import type { Grouping } from '../views/jobGrouping.ts';
import type { Services } from './services.ts';

type GroupingPick = vscode.QuickPickItem & { readonly by: Grouping };

/** Group Jobs By…: how the panel is grouped is the active row. */
export async function groupJobs({ grouping }: Services): Promise<void> {
  const { l10n } = vscode;
  const picks: GroupingPick[] = [
    { by: 'none', label: `$(list-flat) ${l10n.t('None')}`, description: l10n.t('newest first') },
    { by: 'state', label: `$(pulse) ${l10n.t('State')}`, description: l10n.t('what is running comes first') },
    { by: 'day', label: `$(calendar) ${l10n.t('Day')}`, description: l10n.t('when they were created') },
  ];
  const pick = vscode.window.createQuickPick<GroupingPick>();
  pick.title = l10n.t('Group Jobs By');
  pick.items = picks;
  pick.activeItems = picks.filter(({ by }) => by === grouping.by);
  const chosen = await new Promise<GroupingPick | undefined>((resolve) => {
    pick.onDidAccept(() => resolve(pick.selectedItems[0]));
    pick.onDidHide(() => resolve(undefined));
    pick.show();
  });
  pick.dispose();
  if (chosen) {
    grouping.set(chosen.by);
  }
}
