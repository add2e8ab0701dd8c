import * as vscode from 'vscode';
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

/** The setting `mediaServices.accounts`, which may hold anything. */
export function accountsSetting(): unknown {
  return vscode.workspace.getConfiguration('mediaServices').get('accounts');
}

const notificationSettings = ['always', 'tracked', 'errors', 'never'] as const;

/** Of the end of which jobs people want to be told. */
export type NotificationSetting = (typeof notificationSettings)[number];

export function notificationSetting(): NotificationSetting {
  const value: unknown = vscode.workspace.getConfiguration('mediaServices').get('notifications');
  return notificationSettings.find((known) => known === value) ?? 'tracked';
}

/** Calls back whenever one of the extension's settings may be another. */
export function onDidChangeSettings(listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) =>
    event.affectsConfiguration('mediaServices') ? listener() : undefined,
  );
}
