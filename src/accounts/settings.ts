import * as vscode from 'vscode';
import type { NotificationChoice } from '../jobs/jobEnds.ts';
import type { WatchSettings } from '../jobs/jobWatcher.ts';

/** How and how often to ask, as the person has set it. Values out of bounds are taken to the nearest allowed one. */
export function watchSettings(): WatchSettings {
  const configuration = vscode.workspace.getConfiguration('mediaServices');
  const number = (key: string, fallback: number, min: number, max: number): number => {
    const value: unknown = configuration.get(key);
    return typeof value === 'number' && Number.isFinite(value) ? Math.min(max, Math.max(min, value)) : fallback;
  };
  return {
    automatic: configuration.get('refresh.automatic') !== false,
    listIntervalMs: number('refresh.interval', 15, 5, 3600) * 1000,
    trackedIntervalMs: number('refresh.trackedInterval', 5, 2, 3600) * 1000,
    notifiesOfAll: ['always', 'errors'].includes(notificationSetting()),
    pageSize: Math.floor(number('jobs.pageSize', 50, 1, 1000)),
  };
}

/**
 * The setting `mediaServices.accounts`, which may hold anything: as the person has it in their own settings, whatever a
 * workspace or another extension's defaults say.
 */
export function accountsSetting(): unknown {
  return vscode.workspace.getConfiguration('mediaServices').inspect('accounts')?.globalValue;
}

const notificationChoices: readonly NotificationChoice[] = ['always', 'tracked', 'errors', 'never'];

/** Of the end of which jobs people want to be told. */
function notificationSetting(): NotificationChoice {
  const value: unknown = vscode.workspace.getConfiguration('mediaServices').get('notifications');
  return notificationChoices.find((known) => known === value) ?? 'tracked';
}

/** Which messages people want, and whether they are here to see them. */
export const windowNotices = { choice: notificationSetting, isFocused: (): boolean => vscode.window.state.focused };

/** Calls back whenever one of the extension's settings may be another. */
export function onDidChangeSettings(listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) =>
    event.affectsConfiguration('mediaServices') ? listener() : undefined,
  );
}
