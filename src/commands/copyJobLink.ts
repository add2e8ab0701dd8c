import * as vscode from 'vscode';
import { jobsFromArguments } from './jobArguments.ts';
import { jobUri } from './jobUri.ts';
import { type ErrorResult, errorResult } from './messages.ts';
import type { Services } from './services.ts';

/** Copy Link to Job: of one row or of all selected ones, a line each. */
export async function copyJobLink(
  services: Services,
  node?: unknown,
  nodes?: unknown,
): Promise<ErrorResult | undefined> {
  try {
    const links = jobsFromArguments(node, nodes, services).map((key) => jobUri(key, vscode.env.uriScheme));
    if (links.length > 0) {
      await vscode.env.clipboard.writeText(links.join('\n'));
    }
    return undefined;
  } catch (error) {
    return errorResult(error);
  }
}
