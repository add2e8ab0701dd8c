import * as vscode from 'vscode';
import type { Account } from '../accounts/accountRegistry.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import { plainLine, withoutIcons } from '../views/text.ts';
import type { Services } from './services.ts';

/**
 * The account that a row of the panel or a name means; `undefined` where neither was given.
 * @throws ServiceError `configuration` where one was given that there is not: it may be gone by now, and another account
 * must not be taken in its place.
 */
export function accountFromNode(argument: unknown, { accounts }: Pick<Services, 'accounts'>): string | undefined {
  const name = typeof argument === 'object' && argument !== null && 'account' in argument ? argument.account : argument;
  if (typeof name !== 'string') {
    return undefined;
  }
  if (!accounts.get(name)) {
    throw new ServiceError('configuration', `There is no account of this name: ${name}`);
  }
  return name;
}

/**
 * The account that a row or a name means, else the only fitting one, else the one that a person picks.
 * @throws ServiceError `configuration`
 */
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
    description: withoutIcons(plainLine(account.config.endpoint)),
    account,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: placeholder }))?.account;
}
