import * as vscode from 'vscode';
import type { ConnectionStep } from '../jobs/jobsClient.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import { errorText } from '../views/errorText.ts';
import { pickAccount } from './accountArguments.ts';
import { safeMessage, showFailure } from './messages.ts';
import type { Services } from './services.ts';

/** Test Connection: walks sign-in, redirect and query, and says which of them failed and why. */
export async function testConnection(services: Services, argument?: unknown): Promise<void> {
  const { l10n } = vscode;
  const account = await pickAccount(argument, l10n.t('Pick the account to test'), () => true, services);
  if (!account) {
    return;
  }
  const name = safeMessage(account.name);
  const words: Record<ConnectionStep, string> = {
    signIn: l10n.t('Signing in…'),
    redirect: l10n.t('Following the redirect…'),
    query: l10n.t('Asking for jobs…'),
  };
  const failures: Record<ConnectionStep, (reason: string) => string> = {
    signIn: (reason) => l10n.t('{0}: the sign-in failed. {1}', name, reason),
    redirect: (reason) => l10n.t('{0}: signed in, but the redirect was not followed. {1}', name, reason),
    query: (reason) => l10n.t('{0}: signed in, but the service could not be asked for jobs. {1}', name, reason),
  };
  let step: ConnectionStep = 'signIn';
  try {
    const { endpoint } = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: l10n.t('Testing {0}', name), cancellable: true },
      async (progress, token) => {
        const canceled = new AbortController();
        token.onCancellationRequested(() => canceled.abort());
        return await services.watcher.testConnection(
          account.name,
          (next) => {
            step = next;
            progress.report({ message: words[next] });
          },
          canceled.signal,
        );
      },
    );
    const redirected = URL.parse(endpoint)?.origin !== URL.parse(account.config.endpoint)?.origin;
    const where = safeMessage(endpoint);
    const known = services.accounts.model.accounts.find((candidate) => candidate.name === account.name)?.identity;
    const who = known ? ` ${l10n.t('You are {0}.', safeMessage(known))}` : '';
    const works = redirected
      ? l10n.t('{0} works: signed in, redirected to {1}, asked for jobs.', name, where)
      : l10n.t('{0} works: signed in, asked for jobs at {1}.', name, where);
    void vscode.window.showInformationMessage(`${works}${who}`);
  } catch (thrown) {
    const error = ServiceError.from(thrown);
    const failed: ConnectionStep = error.kind === 'untrustedRedirect' ? 'redirect' : step;
    await showFailure(error, account.name, failures[failed](safeMessage(errorText(error.message, l10n))));
  } finally {
    await services.watcher.refresh(account.name).catch(() => undefined);
  }
}
