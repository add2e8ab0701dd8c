import * as vscode from 'vscode';
import { plainLine } from '../views/text.ts';
import { focusedJobs, isFocusArgument } from './focusedJobs.ts';
import { jobsFromArguments } from './jobArguments.ts';
import { type ErrorResult, errorResult } from './messages.ts';
import type { Services } from './services.ts';

/** Copy Job Id: of one row or of all selected ones, a line each. */
export async function copyJobId(services: Services, node?: unknown, nodes?: unknown): Promise<ErrorResult | undefined> {
  try {
    const keys = isFocusArgument(node) ? await focusedJobs(services) : jobsFromArguments(node, nodes, services);
    // What is pasted into a terminal must not run by itself.
    const ids = keys.map(({ id }) => plainLine(id));
    if (ids.length > 0) {
      await vscode.env.clipboard.writeText(ids.join('\n'));
    }
    return undefined;
  } catch (error) {
    return errorResult(error);
  }
}
