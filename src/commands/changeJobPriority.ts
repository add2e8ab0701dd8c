import * as vscode from 'vscode';
import type { ServiceCapabilities } from '../jobs/serviceCapabilities.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import { levelLabel } from '../views/jobPresentation.ts';
import { withoutIcons } from '../views/text.ts';
import { changeContext, changeForCaller, changeJobs, chooseFor } from './changeJobs.ts';
import { isJobArguments } from './jobArguments.ts';
import { type ChosenJobs, parsePriority, priorityProblem, priorityPrompt } from './jobChanges.ts';
import type { ErrorResult } from './messages.ts';
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
    const given = 'priority' in node ? node.priority : undefined;
    return await changeForCaller(services, node, ({ account }) => {
      const priority = priorityOfCaller(given, services.presentation().capabilitiesOf(account)?.priority);
      return (asked, id, signal) => asked.changePriority(id, priority, signal);
    });
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

/**
 * The priority that a call names: a number, or the name of a level where the service has levels.
 * @throws ServiceError `badRequest`
 */
function priorityOfCaller(given: unknown, priority: ServiceCapabilities['priority'] | undefined): number {
  const levels = typeof priority === 'object' ? (priority ?? []) : [];
  const named =
    typeof given === 'string' ? levels.findIndex((level) => level.toLowerCase() === given.toLowerCase()) : given;
  if (typeof named !== 'number' || named === -1) {
    throw new ServiceError('badRequest', 'The argument must be { jobId, priority, account? }.');
  }
  return named;
}

/** A number is typed, a level is picked. */
async function askForPriority(services: Services, title: string, chosen: ChosenJobs): Promise<number | undefined> {
  const { capabilitiesOf } = services.presentation();
  const systems = new Map(
    chosen.fitting.map(({ account }) => {
      const priority = capabilitiesOf(account)?.priority ?? 'number';
      return [JSON.stringify(priority), priority] as const;
    }),
  );
  const [system, ...others] = systems.values();
  if (others.length > 0) {
    const text = vscode.l10n.t('The selected jobs have priorities of different kinds. Select those of one service.');
    void vscode.window.showInformationMessage(text);
    return undefined;
  }
  return typeof system === 'object'
    ? await pickLevel(services, title, chosen, system)
    : await askForNumber(services, title, chosen);
}

async function pickLevel(
  services: Services,
  title: string,
  chosen: ChosenJobs,
  levels: readonly string[],
): Promise<number | undefined> {
  const present = new Set(chosen.fitting.map(({ priority }) => priority));
  const items = levels
    .map((level, priority) => ({
      label: withoutIcons(levelLabel(level, vscode.l10n)),
      description: present.size === 1 && present.has(priority) ? vscode.l10n.t('now') : '',
      priority,
    }))
    .reverse();
  const placeHolder = priorityPrompt(chosen, changeContext(services));
  return (await vscode.window.showQuickPick(items, { title, placeHolder }))?.priority;
}

async function askForNumber(services: Services, title: string, chosen: ChosenJobs): Promise<number | undefined> {
  const present = [...new Set(chosen.fitting.map(({ priority }) => priority ?? 0))];
  const typed = await vscode.window.showInputBox({
    title,
    prompt: priorityPrompt(chosen, changeContext(services)),
    value: present.length === 1 ? String(present[0]) : '',
    validateInput: (text) => priorityProblem(text, services.presentation()),
  });
  return typed === undefined ? undefined : (parsePriority(typed) ?? undefined);
}
