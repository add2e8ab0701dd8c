import { addAccount } from './addAccount.ts';
import { editAccount } from './editAccount.ts';
import { removeAccount } from './removeAccount.ts';
import { signIn } from './signIn.ts';
import { testConnection } from './testConnection.ts';
import { trustHost } from './trustHost.ts';

/** The entry of the bundle for setting accounts up, which is loaded when the first of these commands is run. */
export const accountSetup = { addAccount, editAccount, removeAccount, signIn, testConnection, trustHost };

export type AccountSetup = typeof accountSetup;
