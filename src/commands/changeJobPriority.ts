import * as vscode from 'vscode';
import { ServiceError } from '../jobs/serviceError.ts';
import { changeContext, changeForCaller, changeJobs, chooseFor } from './changeJobs.ts';
import { isJobArguments } from './jobArguments.ts';
import { type ChosenJobs, parsePriority, priorityProblem, priorityPrompt } from './jobChanges.ts';
import { type ErrorResult, errorResult } from './messages.ts';
import type { Services } from './services.ts';

/**
 * Change Job Priority: of one row or of all selected ones, or of a job to be picked. A call names the `priority` beside
 * the job.
 */
export async function changeJobPriority(
  services: Services,
  node?: unknown,
  nodes?: unknown,
): Promise<ErrorResult | undefined> {
  if (isJobArguments(node)) {
    const priority = 'priority' in node ? node.priority : undefined;
    return typeof priority === 'number'
      ? await changeForCaller(services, node, (asked, id, signal) => asked.changePriority(id, priority, signal))
      : errorResult(new ServiceError('badRequest', 'The argument must be { jobId, priority, account? }.'));
  }
  const { l10n } = vscode;
  const purpose = { title: l10n.t('Change Job Priority'), pasted: l10n.t('Change the priority of this job') };
  const chosen = await chooseFor(services, 'changePriority', purpose, node, nodes);
  const priority = chosen && (await askForPriority(services, purpose.title, chosen));
  if (chosen && priority !== undefined) {
    const others = chosen.fitting.filter((job) => job.priority !== priority);
    if (others.length > 0) {
      await changeJobs(services, 'changePriority', others, (asked, id, signal) =>
        asked.changePriority(id, priority, signal),
      );
    }
  }
  return undefined;
}

async function askForPriority(services: Services, title: string, chosen: ChosenJobs): Promise<number | undefined> {
  const present = [...new Set(chosen.fitting.map(({ priority }) => priority ?? 0))];
  const typed = await vscode.window.showInputBox({
    title,
    prompt: priorityPrompt(chosen, changeContext(services)),
    value: present.length === 1 ? String(present[0]) : '',
    validateInput: (text) => priorityProblem(text, services.presentation()),
  });
  return typed === undefined ? undefined : (parsePriority(typed) ?? undefined);
}
