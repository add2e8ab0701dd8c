import * as vscode from 'vscode';
import { logExchange } from '../accounts/exchangeLog.ts';
import { mkioEndpoints } from '../client/account.ts';
import { DisposableStore } from '../jobs/lifecycle.ts';
import { errorText } from '../views/errorText.ts';
import { plainLine, shortLine, withoutIcons } from '../views/text.ts';
import { type AccountDraft, mkioEndpointOf } from './accountForm.ts';
import type { Services } from './services.ts';
import { askPick, type StepPlace, type StepResult } from './wizard.ts';

/** What a person means: a project, or that they want to type a name. */
export type PickedProject = { readonly project: string } | { readonly typing: 'project' | 'subscription' };

interface ProjectItem extends vscode.QuickPickItem {
  readonly means?: PickedProject;
}

const longestText = 200;

/**
 * Asks for a project of MK.IO: one of those that the token may see, or by its name where they cannot be listed, or there
 * is none, as for a subscription of the older kind. Why they were not listed is said in the list.
 * @param token a personal API token, or nothing where there is none for the host that lists projects
 */
export function askProject(
  services: Pick<Services, 'client' | 'clock' | 'log'>,
  place: StepPlace,
  draft: AccountDraft,
  token: string | undefined,
): Promise<StepResult<PickedProject>> {
  const { l10n } = vscode;
  const pick = vscode.window.createQuickPick<ProjectItem>();
  const others: readonly ProjectItem[] = [
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    { label: `$(edit) ${l10n.t('Type the name of a project…')}`, alwaysShow: true, means: { typing: 'project' } },
    {
      label: `$(history) ${l10n.t('An older subscription…')}`,
      detail: l10n.t('Where your jobs are at api.mk.io instead of app.mk.io'),
      alwaysShow: true,
      means: { typing: 'subscription' },
    },
  ];
  const { project: current, subscription } = draft.place ?? {};
  const controller = new AbortController();
  const lifetime = new DisposableStore();
  lifetime.add({ dispose: () => controller.abort() });
  const show = (items: readonly ProjectItem[]): void => {
    if (controller.signal.aborted) {
      return;
    }
    const isBefore = ({ means }: ProjectItem): boolean =>
      means !== undefined &&
      ('project' in means
        ? means.project === current
        : current === undefined && subscription !== undefined && means.typing === 'subscription');
    pick.items = [...items, ...others];
    pick.activeItems = [pick.items.find(isBefore) ?? pick.items.find(({ means }) => means !== undefined)].filter(
      (item) => item !== undefined,
    );
  };
  pick.placeholder = l10n.t('The project');
  pick.matchOnDetail = true;
  show([]);
  const list = async (): Promise<void> => {
    if (token === undefined) {
      return;
    }
    pick.placeholder = l10n.t('Asking MK.IO for your projects…');
    pick.busy = true;
    try {
      const names = await services.client().listMkioProjects(
        {
          endpoint: mkioEndpointOf(draft) ?? mkioEndpoints.project,
          token,
          clock: services.clock,
          onExchange: (exchange) => logExchange(services.log, exchange),
        },
        controller.signal,
      );
      pick.placeholder = names.length === 0 ? l10n.t('MK.IO lists no projects for this token') : l10n.t('The project');
      show(
        [...names]
          .sort((a, b) => a.localeCompare(b))
          .map((project) => ({ label: withoutIcons(shortLine(project, longestText)), means: { project } })),
      );
    } catch (error) {
      const reason = errorText(error instanceof Error ? error.message : String(error), l10n);
      pick.placeholder = l10n.t('The projects could not be listed');
      show([
        {
          label: `$(warning) ${l10n.t('The projects could not be listed')}`,
          detail: withoutIcons(shortLine(plainLine(reason), longestText)),
          alwaysShow: true,
        },
      ]);
    } finally {
      pick.busy = false;
    }
  };
  return askPick(
    pick,
    place,
    ({ means }) => means,
    () => void list(),
  ).finally(() => lifetime.dispose());
}
