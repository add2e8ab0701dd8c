import * as vscode from 'vscode';
import { isSameJob, type JobKey } from '../jobs/job.ts';
import type { JobNode, JobsNode } from '../views/jobNodes.ts';
import type { Services } from './services.ts';

/** What a keybinding of the panel passes: the jobs are meant on which the keyboard is. */
export function isFocusArgument(node: unknown): boolean {
  return node === 'focus';
}

/**
 * The jobs that a key pressed in the panel means: those that are selected where the focused row is one of them, else that
 * row alone, as in the Explorer. VS Code tells extensions of the selection alone, which arrow keys leave where it is; what
 * toggling the focused row changes of it is that row.
 */
export async function focusedJobs({ view }: Pick<Services, 'view'>): Promise<readonly JobKey[]> {
  const before = view.selection;
  await vscode.commands.executeCommand('list.toggleSelection');
  const after = view.selection;
  if (after !== before) {
    await vscode.commands.executeCommand('list.toggleSelection');
  }
  const focused = after.filter((node) => !before.includes(node));
  return (focused.length > 0 ? focused : before).filter(isJobNode);
}

/** The row that takes the place of these in the panel once they are gone: the next one, or the one before. */
export async function neighbourOf(jobs: readonly JobKey[], { view }: Pick<Services, 'view'>): Promise<JobKey | null> {
  const isGoing = (node: JobNode): boolean => jobs.some((job) => isSameJob(job, node));
  const last = jobs.map((job) => view.tree.nodeOf(job)).findLast((node) => node !== undefined);
  if (!last) {
    return null;
  }
  const siblings = (await view.tree.getChildren(view.tree.getParent(last))).filter(isJobNode);
  const at = siblings.indexOf(last);
  const staying = (node: JobNode): boolean => !isGoing(node);
  return siblings.slice(at).find(staying) ?? siblings.slice(0, at).findLast(staying) ?? null;
}

function isJobNode(node: JobsNode): node is JobNode {
  return node.type === 'job';
}
