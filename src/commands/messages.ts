import * as vscode from 'vscode';
import { ServiceError } from '../jobs/serviceError.ts';
import { errorText } from '../views/errorText.ts';
import { failureGroup } from '../views/failure.ts';
import { shortLine, withoutLinks } from '../views/text.ts';
import type { Services } from './services.ts';

/** In characters: VS Code shows no more of a message. */
const longestMessage = 1_000;

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

/** A button of a message, and what it runs. */
export interface Help {
  readonly title: string;
  run(): Thenable<unknown>;
}

/**
 * Tells a person why what they asked for did not work, with the button that helps. Aborted is no news to them.
 * @param text what to say instead of the error's own words
 * @param first buttons that come before those that help
 */
export async function showFailure(
  thrown: unknown,
  account: string | undefined,
  text?: string,
  first: readonly Help[] = [],
): Promise<void> {
  const error = ServiceError.from(thrown);
  if (error.kind === 'aborted') {
    return;
  }
  const { commands, l10n, window } = vscode;
  const helps: Help[] = [
    ...first,
    ...helpsFor(error, account),
    { title: l10n.t('Show Log'), run: () => commands.executeCommand('mediaServices.showLog') },
  ];
  const titles = helps.map(({ title }) => title);
  const choice = await window.showErrorMessage(text ?? safeMessage(errorText(error.message, l10n)), ...titles);
  await helps.find(({ title }) => title === choice)?.run();
}

function helpsFor(error: ServiceError, account: string | undefined): Help[] {
  const { commands, l10n } = vscode;
  if (account === undefined) {
    return [];
  }
  const command = (title: string, id: string): Help => ({
    title,
    run: () => commands.executeCommand(id, account),
  });
  const settings = (title: string, query: string): Help => ({
    title,
    run: () => commands.executeCommand('workbench.action.openSettings', query),
  });
  const edit = command(l10n.t('Edit Account'), 'mediaServices.editAccount');
  switch (error.remedy) {
    case 'editAccount':
      return [edit];
    case 'proxySettings':
      return [settings(l10n.t('Open Proxy Settings'), 'http.proxy')];
    case 'certificateSettings':
      return [settings(l10n.t('Open Certificate Settings'), 'http.systemCertificates')];
    case undefined:
  }
  switch (failureGroup(error)) {
    case 'notSignedIn':
      return [command(l10n.t('Sign In'), 'mediaServices.signIn'), edit];
    case 'untrusted':
      return error.untrustedOrigin === undefined ? [] : [command(l10n.t('Review Redirect'), 'mediaServices.trustHost')];
    default:
      return error.kind === 'configuration' || error.kind === 'permission' ? [edit] : [];
  }
}

/** Tells a person why the last request of one of these accounts failed: of the first that did, if any did. */
export function showFailureOf(accounts: readonly string[], { store }: Pick<Services, 'store'>): void {
  for (const account of accounts) {
    const status = store.status(account);
    if (status.state === 'failed') {
      void showFailure(status.error, account);
      return;
    }
  }
}

/** Text that came from a service, for a notification. */
export function safeMessage(text: string): string {
  return withoutLinks(shortLine(text, longestMessage));
}

/** The same, for a message that holds a link of ours: any bracket before it would become a part of the link. */
export function besideLink(text: string): string {
  return shortLine(text, longestMessage).replaceAll('[', '［').replaceAll(']', '］');
}
