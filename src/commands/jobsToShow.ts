import * as vscode from 'vscode';
import type { JobKey } from '../jobs/job.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import { type JobDocument, readDocumentAddress } from '../views/jobDocument.ts';
import { detailsViewType } from '../views/lazyEditors.ts';
import { isJobArguments, jobFromArguments, jobsFromArguments } from './jobArguments.ts';
import { type ErrorResult, errorResult, showFailure } from './messages.ts';
import { type PickPurpose, pickJob } from './pickJob.ts';
import type { Services } from './services.ts';

/**
 * Runs something for the jobs that a command means: those that a call names, the one of a document, the rows of a menu,
 * the one of the tab in front, the selected rows, or one that a person picks. A person is told what failed; a call
 * gets it as its result.
 */
export async function forJobs(
  services: Services,
  [node, nodes]: readonly [node?: unknown, nodes?: unknown],
  purpose: PickPurpose,
  run: (keys: readonly JobKey[]) => Promise<void>,
): Promise<ErrorResult | undefined> {
  if (isJobArguments(node)) {
    try {
      await run([jobFromArguments(node, services)]);
    } catch (error) {
      return errorResult(error);
    }
    return undefined;
  }
  const keys = await keysFor(services, node, nodes, purpose);
  const [first] = keys;
  if (first) {
    try {
      await run(keys);
    } catch (error) {
      void showFailure(error, first.account);
    }
  }
  return undefined;
}

/** Shows in the status bar that a service is being asked. */
export async function whileAsking<T>(ask: () => Promise<T>): Promise<T> {
  const options = { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Checking job…') };
  return await vscode.window.withProgress(options, ask);
}

/** The document that a button in its title means, or the one in front. */
export function documentOf(argument: unknown): (JobDocument & { readonly uri: vscode.Uri }) | undefined {
  const uri = argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
  const document = uri && readDocumentAddress(uri);
  return document ? { ...document, uri } : undefined;
}

/** The job of the tab in front: of its details, or of a document about it. */
function jobInFront({ editors }: Services): JobKey | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const isDetails = input instanceof vscode.TabInputWebview && input.viewType.endsWith(detailsViewType);
  return isDetails ? editors.get().activeDetails : documentOf(undefined)?.key;
}

async function keysFor(
  services: Services,
  node: unknown,
  nodes: unknown,
  purpose: PickPurpose,
): Promise<readonly JobKey[]> {
  if (node instanceof vscode.Uri) {
    const document = documentOf(node);
    if (!document) {
      throw new ServiceError('badRequest', `This is not the address of a document about a job: ${node.toString()}`);
    }
    return [document.key];
  }
  // What is in front is what a person looks at who runs a command by its name; a menu names its rows.
  const front = node === undefined ? jobInFront(services) : undefined;
  const keys = front ? [front] : jobsFromArguments(node, nodes, services);
  if (keys.length > 0) {
    return keys;
  }
  const key = await pickJob(services, purpose);
  return key ? [key] : [];
}
