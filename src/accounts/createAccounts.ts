import type * as vscode from 'vscode';
import type { Clock } from '../jobs/clock.ts';
import type { JobStore } from '../jobs/jobStore.ts';
import { type AccountFiles, AccountRegistry } from './accountRegistry.ts';
import { AccountSecrets } from './accountSecrets.ts';
import { type Bundles, clientFactory } from './clientFactory.ts';
import type { logExchange } from './exchangeLog.ts';
import { type ExpiryWarningsOptions, expiryWarnings } from './expiryWarnings.ts';
import { accountsSetting, windowNotices } from './settings.ts';

export interface CreateAccountsOptions {
  readonly context: Pick<vscode.ExtensionContext, 'secrets' | 'globalState' | 'extension'>;
  readonly bundles: Bundles;
  readonly files: AccountFiles & Pick<ExpiryWarningsOptions, 'claim'>;
  readonly clock: Clock;
  readonly log: vscode.LogOutputChannel;
  readonly store: Pick<JobStore, 'recordExchange'>;
  readonly logExchange: typeof logExchange;
}

/** The accounts of the settings, with what VS Code keeps for them. */
export function createAccounts(options: CreateAccountsOptions): AccountRegistry {
  const { context, bundles, files, clock, log, store } = options;
  const tokenUsed = expiryWarnings({
    expiryOf: (name) => registry.expiryOf(name),
    clock,
    choice: windowNotices.choice,
    claim: files.claim,
    warn: (account, daysLeft) => bundles.prompts().warnOfExpiry(account, daysLeft),
  });
  const registry = new AccountRegistry({
    readSetting: accountsSetting,
    secrets: new AccountSecrets(context.secrets),
    state: context.globalState,
    files,
    createClient: clientFactory({
      bundles,
      clock,
      onExchange: (exchange) => {
        store.recordExchange(exchange);
        options.logExchange(log, exchange);
        tokenUsed(exchange.account);
      },
      version: String(context.extension.packageJSON.version),
    }),
  });
  return registry;
}
