import * as vscode from 'vscode';
import { ServiceError } from '../jobs/serviceError.ts';
import { failureGroup } from '../views/failure.ts';
import { plainLine, withoutLinks } from '../views/text.ts';

/** What a call that fails resolves to, because errors lose all but their message on the way between extension hosts. */
export interface ErrorResult {
  readonly error: {
    readonly kind: string;
    readonly message: string;
    readonly status?: number;
    readonly requestId?: string;
  };
}

export function errorResult(thrown: unknown): ErrorResult {
  const { kind, message, status, requestId } = ServiceError.from(thrown);
  return {
    error: {
      kind,
      message,
      ...(status === undefined ? {} : { status }),
      ...(requestId === undefined ? {} : { requestId }),
    },
  };
}

/** Tells a person why what they asked for did not work, with the button that helps. Aborted is no news to them. */
export async function showFailure(thrown: unknown, account: string | undefined): Promise<void> {
  const { l10n } = vscode;
  const error = ServiceError.from(thrown);
  if (error.kind === 'aborted') {
    return;
  }
  const group = failureGroup(error);
  const showLog = l10n.t('Show Log');
  const remedies: Partial<Record<typeof group, { title: string; command: string }>> = {
    notSignedIn: { title: l10n.t('Sign In'), command: 'mediaServices.signIn' },
    untrusted: { title: l10n.t('Review Redirect'), command: 'mediaServices.trustHost' },
  };
  const remedy = account === undefined ? undefined : remedies[group];
  const message = safeMessage(error.message);
  const choice = remedy
    ? await vscode.window.showErrorMessage(message, remedy.title, showLog)
    : await vscode.window.showErrorMessage(message, showLog);
  if (choice === showLog) {
    await vscode.commands.executeCommand('mediaServices.showLog');
  } else if (remedy && choice === remedy.title) {
    await vscode.commands.executeCommand(remedy.command, account);
  }
}

/** Text that came from a service, for a notification. */
export function safeMessage(text: string): string {
  return withoutLinks(plainLine(text));
}
