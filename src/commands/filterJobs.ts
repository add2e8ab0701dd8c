import * as vscode from 'vscode';
import { type JobState, knownJobStates } from '../jobs/job.ts';
import type { JobQuery } from '../jobs/jobQuery.ts';
import { DisposableStore } from '../jobs/lifecycle.ts';
import { stateIcon, stateLabel } from '../views/jobPresentation.ts';
import { createdText } from '../views/panelTexts.ts';
import type { Services } from './services.ts';

type FilterPick = vscode.QuickPickItem & { readonly state?: JobState; readonly createdFrom?: number };

const hourMs = 60 * 60_000;
const minuteMs = 60_000;

/**
 * Filter Jobs…: one list for all of it. What is typed is the part of the name, what is checked are states and at most
 * one time. Enter sets the filter; Escape leaves it as it was.
 */
export async function filterJobs(services: Services): Promise<void> {
  const { l10n } = vscode;
  const { query } = services.filter;
  const states = statePicks();
  const times = timePicks(services, query);
  const disposables = new DisposableStore();
  const pick = disposables.add(vscode.window.createQuickPick<FilterPick>());
  pick.title = l10n.t('Filter Jobs');
  pick.placeholder = l10n.t('Type a part of the name, or check states and a time');
  pick.canSelectMany = true;
  pick.value = query.name ?? '';
  pick.items = [
    { label: l10n.t('State'), kind: vscode.QuickPickItemKind.Separator },
    ...states,
    { label: l10n.t('Created'), kind: vscode.QuickPickItemKind.Separator },
    ...times,
  ];
  pick.selectedItems = [
    ...states.filter(({ state }) => state !== undefined && query.states?.includes(state)),
    ...times.filter(({ createdFrom }) => createdFrom === query.createdFrom),
  ];
  let checked = pick.selectedItems;
  disposables.add(
    pick.onDidChangeSelection((selection) => {
      const before = new Set(checked);
      checked = oneTimeOf(selection, before);
      if (checked.length !== selection.length) {
        pick.selectedItems = checked;
      }
    }),
  );
  const accepted = await new Promise<JobQuery | undefined>((resolve) => {
    disposables.add(pick.onDidAccept(() => resolve(queryOf(pick.value, checked))));
    disposables.add(pick.onDidHide(() => resolve(undefined)));
    pick.show();
  });
  disposables.dispose();
  if (accepted) {
    services.filter.set(accepted);
  }
}

function statePicks(): FilterPick[] {
  return knownJobStates.map((state) => ({
    state,
    label: `$(${stateIcon(state).id.replace('~spin', '')}) ${stateLabel(state, vscode.l10n)}`,
    // What is typed is a part of a job's name, and hides none of these.
    alwaysShow: true,
  }));
}

function timePicks({ clock, presentation }: Services, { createdFrom }: JobQuery): FilterPick[] {
  const { l10n } = vscode;
  const now = clock.now();
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const daysBefore = (days: number): number => {
    const date = new Date(midnight);
    return date.setDate(date.getDate() - days);
  };
  const windows: FilterPick[] = [
    { label: l10n.t('Last hour'), createdFrom: Math.floor((now - hourMs) / minuteMs) * minuteMs },
    { label: l10n.t('Today'), createdFrom: midnight },
    { label: l10n.t('Last 7 days'), createdFrom: daysBefore(6) },
    { label: l10n.t('Last 30 days'), createdFrom: daysBefore(29) },
  ];
  const present =
    createdFrom === undefined || windows.some((window) => window.createdFrom === createdFrom)
      ? []
      : [{ label: l10n.t('As now: {0}', createdText(createdFrom, presentation())), createdFrom }];
  return [...present, ...windows].map((window) => ({ ...window, alwaysShow: true }));
}

/** Of several times the one that was checked last; the box that checks everything at once checks no time. */
function oneTimeOf(selection: readonly FilterPick[], before: ReadonlySet<FilterPick>): readonly FilterPick[] {
  const times = selection.filter(({ createdFrom }) => createdFrom !== undefined);
  const added = times.filter((time) => !before.has(time));
  const kept = added.length === 1 ? added[0] : times.find((time) => before.has(time));
  return selection.filter((item) => item.createdFrom === undefined || item === kept);
}

function queryOf(value: string, checked: readonly FilterPick[]): JobQuery {
  const name = value.trim();
  const states = knownJobStates.filter((known) => checked.some(({ state }) => state === known));
  const createdFrom = checked.find((item) => item.createdFrom !== undefined)?.createdFrom;
  return {
    // All of them are as good as none, but for states that nobody knows.
    ...(states.length > 0 && states.length < knownJobStates.length ? { states } : {}),
    ...(name === '' ? {} : { name }),
    ...(createdFrom === undefined ? {} : { createdFrom }),
  };
}
