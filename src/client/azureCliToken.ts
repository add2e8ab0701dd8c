import { AzureCliCredential } from '@azure/identity';
import { ServiceError } from '../jobs/serviceError.ts';
import type { AccessToken } from './accessToken.ts';
import type { AzureCliTokenRequest } from './entraRequest.ts';
import { plainLine } from './redact.ts';
import { refusalSentence } from './signInRefusal.ts';
import { withTimeLimit } from './timeLimit.ts';

/** `az` starts a Python interpreter, which takes seconds on a machine that is busy. */
const timeoutMs = 30_000;

/** Gets a token from the Azure CLI, for whom `az login` has signed in. */
export function requestAzureCliToken(request: AzureCliTokenRequest, signal: AbortSignal): Promise<AccessToken> {
  const { tenantId, scope, clock } = request;
  return withTimeLimit(
    { clock, ms: timeoutMs, signal },
    async () => {
      const credential = new AzureCliCredential({
        processTimeoutInMs: timeoutMs,
        ...(tenantId === undefined ? {} : { tenantId }),
      });
      const { token, expiresOnTimestamp } = await credential.getToken(scope);
      return { token, lifetimeMs: expiresOnTimestamp - Date.now() };
    },
    (thrown, timedOut) => {
      if (timedOut) {
        return new ServiceError(
          'unreachable',
          'The Azure CLI did not answer in time. Run "az account show" to see why.',
        );
      }
      return explainAzureCli(thrown instanceof Error ? thrown.message : '', tenantId);
    },
  );
}

/** What a failure of the credential means: its errors differ by their messages alone, which may hold what `az` wrote. */
export function explainAzureCli(message: string, tenantId: string | undefined): ServiceError {
  if (/could not be found/i.test(message)) {
    return new ServiceError(
      'configuration',
      'The Azure CLI (az) was not found. Install it. Where "az" works in a terminal but not here, VS Code was started without your shell\'s PATH, for example from the Dock: quit VS Code and start it with "code" from that terminal.',
    );
  }
  const login = tenantId === undefined ? 'az login' : `az login --tenant ${tenantId}`;
  if (/AADSTS\d{4,8}/.test(message)) {
    return new ServiceError('signIn', `${refusalSentence(plainLine(message))}. Then run "${login}" in a terminal.`);
  }
  if (/az login/i.test(message)) {
    return new ServiceError(
      'signIn',
      `Nobody is signed in to the Azure CLI. Run "${login}" in a terminal, then try again.`,
    );
  }
  if (/JSON/.test(message) || message === '') {
    // A parser's message may quote what it could not read, and that may hold a token.
    return new ServiceError(
      'badReply',
      'The Azure CLI did not answer with a token. Run "az version" to see whether it works.',
    );
  }
  return new ServiceError('signIn', `The Azure CLI could not get a token: ${plainLine(message)}`);
}
