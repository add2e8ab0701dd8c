import * as vscode from 'vscode';
import type { AccountSummary } from '../jobs/accountStatus.ts';
import type { Job } from '../jobs/job.ts';
import { isUnlimited, type JobQuery } from '../jobs/jobQuery.ts';
import type { JobStore } from '../jobs/jobStore.ts';
import type { TrackedJob } from '../jobs/trackedJob.ts';
import { errorText } from './errorText.ts';
import { failureGroup } from './failure.ts';
import { formatCount, formatLocalTime } from './format.ts';
import { jobUri } from './jobDecorations.ts';
import { groupLabel, groupState } from './jobGroups.ts';
import type { AccountNode, GroupNode, JobNode, LoadMoreNode, NoteNode, ProblemNode, TaskNode } from './jobNodes.ts';
import {
  jobDescription,
  jobIcon,
  jobSpoken,
  jobTitle,
  jobTooltip,
  type PresentationContext,
  type StateIcon,
  stateIcon,
  stateLabel,
  taskDescription,
  taskTitle,
  taskTooltip,
} from './jobPresentation.ts';
import { countText } from './panelTexts.ts';
import { richText } from './richText.ts';
import { shortLine } from './text.ts';
import { signInLines, signInText } from './tokenExpiry.ts';

/** The longest text of a row or its hover, in characters. */
const maxText = 1_000;

const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;

/** How each row of the Jobs panel is drawn. */

/**
 * What a click on a row does, which the command learns from the selection. VS Code keeps a command's arguments only until
 * the row is drawn anew: a click in that moment would end in "Actual command not found".
 */
const openRow: vscode.Command = { command: 'mediaServices.openRow', title: '' };

export function jobItem(node: JobNode, job: Job, tracked: TrackedJob, context: PresentationContext): vscode.TreeItem {
  const isTracked = tracked.isTracked(node);
  const item = new vscode.TreeItem(jobTitle(job), Collapsed);
  item.id = jobItemId(node);
  item.description = jobDescription(job, context);
  item.iconPath = iconOf(jobIcon(job));
  item.resourceUri = jobUri(node);
  item.command = openRow;
  const state = job.state.replace(/\W.*$/s, '');
  item.contextValue = ['job', state, ...(isTracked ? ['tracked'] : []), ...impossible(job, context)].join(' ');
  item.accessibilityInformation = { label: jobSpoken(job, context) };
  return item;
}

/** What the service cannot do to any job, so that no menu offers it. */
function impossible({ account }: Job, { capabilitiesOf }: PresentationContext): readonly string[] {
  const can = capabilitiesOf(account);
  return [
    ...(can?.cancel === false ? ['noCancel'] : []),
    ...(can?.delete === false ? ['noDelete'] : []),
    ...(can?.priority === null ? ['noPriority'] : []),
  ];
}

/** All groups are open at first: what is over stands last, where it is in nobody's way. */
export function groupItem(node: GroupNode, count: number, context: PresentationContext): vscode.TreeItem {
  const label = groupLabel(node.key, context);
  const state = groupState(node.key);
  const number = formatCount(count, context.locale);
  const item = new vscode.TreeItem(label, Expanded);
  item.id = `group:${node.account}\n${node.key}`;
  item.description = number;
  const isDay = state === null && /^\d/.test(node.key);
  item.iconPath = isDay ? new vscode.ThemeIcon('calendar') : themeIcon(state ?? 'Unknown()', false);
  item.tooltip = label;
  item.contextValue = 'group';
  const spoken = count === 1 ? vscode.l10n.t('{0}, 1 job', label) : vscode.l10n.t('{0}, {1} jobs', label, number);
  item.accessibilityInformation = { label: spoken };
  return item;
}

export function jobHover(job: Job, context: PresentationContext, waits: string | null): vscode.MarkdownString {
  return richText(jobTooltip(job, context, waits));
}

export function taskItem(node: TaskNode, job: Job, context: PresentationContext): vscode.TreeItem | null {
  const index = job.tasks?.findIndex((task) => task.id === node.taskId) ?? -1;
  const task = job.tasks?.[index];
  if (!task) {
    return null;
  }
  const title = taskTitle(task, index, context.l10n);
  const description = taskDescription(task, context);
  const item = new vscode.TreeItem(title, None);
  item.id = `${jobItemId(node.job)}\n${task.id}`;
  item.description = description;
  item.iconPath = themeIcon(task.state);
  item.tooltip = richText(taskTooltip(task, index, context));
  item.contextValue = 'task';
  const spoken = [title, stateLabel(task.state, context.l10n), description];
  item.accessibilityInformation = { label: [...new Set(spoken)].join(', ') };
  return item;
}

/** @param isOfSeveral whether there are accounts of other services, so that the row says of which it is */
export function accountItem(
  node: AccountNode,
  account: AccountSummary,
  isOfSeveral: boolean,
  store: JobStore,
  query: JobQuery,
  context: PresentationContext,
): vscode.TreeItem {
  const { l10n } = vscode;
  const status = store.status(account.name);
  const name = shortLine(account.name, maxText);
  const item = new vscode.TreeItem(name, Expanded);
  item.id = accountItemId(node);
  const flags = ['account'];
  if (account.isEmulator) {
    flags.push('emulator');
  }
  if (account.asksForSecret) {
    flags.push('secret');
  }
  item.iconPath = new vscode.ThemeIcon(account.isEmulator ? 'server-environment' : 'cloud');
  const { service } = account.capabilities;
  const ofService = isOfSeveral ? service : '';
  const about = [ofService, shortLine(signInText(account, context), maxText)].filter(Boolean);
  if (about.length > 0) {
    item.description = about.join(' · ');
  }
  item.tooltip = [name, service, ...signInLines(account, context).map((line) => shortLine(line, maxText))].join('\n');
  if (!isUnlimited(query)) {
    // How far a search is, the view says: this row would have to be drawn anew with all below it each time.
    const isSearching = store.listing(account.name).searched !== null;
    const count = isSearching ? l10n.t('searching…') : countText(store, [account.name], query, context);
    item.description = [item.description, count].filter(Boolean).join(' · ');
  }
  if (status.state === 'failed') {
    const group = failureGroup(status.error);
    const reasons = {
      notSignedIn: l10n.t('not signed in'),
      untrusted: l10n.t('redirect not trusted'),
      unreachable: l10n.t('no answer'),
      failed: l10n.t('not loaded'),
    };
    flags.push(group === 'notSignedIn' ? 'signIn' : group);
    const words =
      status.asOf === null
        ? reasons[group]
        : l10n.t('{0} · as of {1}', reasons[group], formatLocalTime(status.asOf, context.locale));
    item.description = [ofService, words].filter(Boolean).join(' · ');
    item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
    item.tooltip = `${name}\n${service}\n${shortLine(errorText(status.error.message, l10n), maxText)}`;
  }
  item.contextValue = flags.join(' ');
  item.accessibilityInformation = { label: [name, item.description].filter(Boolean).join(', ') };
  return item;
}

export function loadMoreItem(node: LoadMoreNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Load more jobs…'), None);
  item.id = `loadMore:${node.account}`;
  item.iconPath = new vscode.ThemeIcon('fold-down');
  item.command = openRow;
  item.contextValue = 'loadMore';
  return item;
}

export function noteItem(node: NoteNode): vscode.TreeItem {
  const item = new vscode.TreeItem('', None);
  const text = shortLine(node.text, maxText);
  item.description = text;
  item.contextValue = 'note';
  if (node.isFiltered) {
    item.contextValue = 'noMatch';
  }
  item.accessibilityInformation = { label: text };
  return item;
}

export function problemItem(node: ProblemNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Account {0} in settings', shortLine(node.label, maxText)), None);
  item.id = `problem:${node.index}`;
  item.description = shortLine(errorText(node.message, vscode.l10n), maxText);
  item.tooltip = `${shortLine(node.label, maxText)}: ${item.description}`;
  item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  item.command = { command: 'mediaServices.openAccountSettings', title: '' };
  item.contextValue = 'problem';
  return item;
}

export function jobItemId(node: JobNode): string {
  return `job:${node.account}\n${node.id}`;
}

function accountItemId(node: AccountNode): string {
  return `account:${node.account}`;
}

function themeIcon(state: Job['state'], moves = true): vscode.ThemeIcon {
  return iconOf(stateIcon(state), moves);
}

function iconOf({ id, color }: StateIcon, moves = true): vscode.ThemeIcon {
  return new vscode.ThemeIcon(
    moves ? id : id.replace('~spin', ''),
    color === null ? undefined : new vscode.ThemeColor(color),
  );
}
