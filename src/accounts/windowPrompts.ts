import * as vscode from 'vscode';
import { plainLine } from '../client/redact.ts';
import type { DeviceCode, SignInPrompts, VscodeSessionRequest } from '../client/signInPrompts.ts';
import { ServiceError } from '../jobs/serviceError.ts';

/** What signing in asks of a window of VS Code, and what accounts say there. */
export interface WindowPrompts extends SignInPrompts {
  /** Warns that an account's token expires soon. */
  warnOfExpiry(account: string, daysLeft: number): Promise<void>;
}

/** What signing in asks of this window of VS Code. */
export const windowPrompts: WindowPrompts = {
  async warnOfExpiry(account: string, daysLeft: number): Promise<void> {
    const { commands, l10n, window } = vscode;
    const name = plainLine(account).replace(/[[\]]/g, '');
    const signIn = l10n.t('Sign In');
    const choice = await window.showWarningMessage(expiryWarning(name, daysLeft), signIn);
    if (choice === signIn) {
      await commands.executeCommand('mediaServices.signIn', account);
    }
  },

  async getVscodeSession({ provider, scopes, how }: VscodeSessionRequest): Promise<string | null> {
    const session = await vscode.authentication.getSession(provider, scopes, optionsOf(how));
    return session?.accessToken ?? null;
  },

  async openBrowser(address: string): Promise<void> {
    await open(address);
  },

  async showDeviceCode({ userCode, address }: DeviceCode): Promise<boolean> {
    const { l10n, window } = vscode;
    const copyAndOpen = l10n.t('Copy Code and Open Browser');
    const copy = l10n.t('Copy Code');
    const choice = await window.showInformationMessage(
      l10n.t('Your code: {0}', plainLine(userCode)),
      { modal: true, detail: l10n.t('Enter it at {0}, in any browser, to sign in.', plainLine(address)) },
      copyAndOpen,
      copy,
    );
    if (choice === undefined) {
      return false;
    }
    await vscode.env.clipboard.writeText(userCode);
    if (choice === copyAndOpen) {
      await open(address);
    }
    return true;
  },
};

function expiryWarning(name: string, daysLeft: number): string {
  const { l10n } = vscode;
  switch (daysLeft) {
    case 0:
      return l10n.t('The token of {0} expires within a day. Sign in with a new one before then.', name);
    case 1:
      return l10n.t('The token of {0} expires in 1 day. Sign in with a new one before then.', name);
    default:
      return l10n.t('The token of {0} expires in {1} days. Sign in with a new one before then.', name, daysLeft);
  }
}

function optionsOf(how: VscodeSessionRequest['how']): vscode.AuthenticationGetSessionOptions {
  switch (how) {
    case 'silent':
      return { silent: true };
    case 'ask':
      return { createIfNone: true };
    case 'askAnew':
      return {
        forceNewSession: { detail: vscode.l10n.t('The service does not accept the present sign-in.') },
      };
  }
}

async function open(address: string): Promise<void> {
  // The authority's address comes from its own configuration: nothing but a page on the web is opened.
  const url = URL.parse(address);
  if (url?.protocol !== 'https:' || !(await vscode.env.openExternal(vscode.Uri.parse(address, true)))) {
    throw new ServiceError(
      'signIn',
      vscode.l10n.t('The browser was not opened. Sign in again, or use the method "deviceCode".'),
    );
  }
}
