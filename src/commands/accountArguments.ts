import * as vscode from 'vscode';
import type { Account } from '../accounts/accountRegistry.ts';
import { plainLine, withoutIcons } from '../views/text.ts';
import type { Services } from './services.ts';

/** The account that a row of the panel or a name means; `undefined` where it means none that there is. */
export function accountFromNode(argument: unknown, { accounts }: Pick<Services, 'accounts'>): string | undefined {
  const name = typeof argument === 'object' && argument !== null && 'account' in argument ? argument.account : argument;
  return typeof name === 'string' ? accounts.get(name)?.name : undefined;
}

/** The account that a row or a name means, else the only fitting one, else the one that a person picks. */
export async function pickAccount(
  argument: unknown,
  placeholder: string,
  fits: (account: Account) => boolean,
  services: Services,
): Promise<Account | undefined> {
  const named = accountFromNode(argument, services);
  if (named !== undefined) {
    return services.accounts.get(named);
  }
  const candidates = services.accounts.accounts.filter(fits);
  if (candidates.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no account that this applies to.'));
    return undefined;
  }
  if (candidates.length === 1) {
    return candidates[0];
  }
  const items = candidates.map((account) => ({
    label: withoutIcons(plainLine(account.name)),
    description: account.config.endpoint,
    account,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: placeholder }))?.account;
}
