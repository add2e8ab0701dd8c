import * as vscode from 'vscode';
import { accountEntries, isEntryOf } from './accountEntries.ts';
import {
  type AccountDraft,
  endpointField,
  type MethodChoice,
  methodChoices,
  methodFields,
  nameField,
  type TextField,
} from './accountForm.ts';
import type { Services } from './services.ts';
import { signIn } from './signIn.ts';
import { testConnection } from './testConnection.ts';
import { askChoice, askText, type StepResult } from './wizard.ts';

/** Signs in where that takes a person, and shows step by step whether the account works. */
export async function connect(services: Services, draft: AccountDraft): Promise<void> {
  const name = draft.name?.trim() ?? '';
  // The setting is heard of through an event; this is the same event a moment earlier.
  services.accounts.reload();
  const account = services.accounts.get(name);
  if (!account) {
    await vscode.commands.executeCommand('mediaServices.openAccountSettings');
    return;
  }
  const secret = await services.accounts.secretState(name);
  if (account.secretKind !== null && secret.state !== 'ready') {
    await signIn(services, name);
    if ((await services.accounts.secretState(name)).state !== 'ready') {
      return;
    }
  }
  await testConnection(services, name);
}

/** Asks one question after the other; Back goes to the one before, with its answer. */
export async function fillIn(
  title: string,
  initial: AccountDraft,
  taken: readonly string[],
): Promise<AccountDraft | undefined> {
  const { l10n } = vscode;
  let draft = initial;
  for (let index = 0; ; ) {
    const fields = draft.method === undefined ? [] : methodFields(draft, l10n);
    const place = { title, step: index + 1, totalSteps: 3 + fields.length };
    const field = [nameField(taken, l10n), endpointField(l10n)][index] ?? fields[index - 3];
    const result: StepResult<AccountDraft> =
      index === 2
        ? mapped(await askMethod(place, draft), ({ method }) => ({ ...draft, method }))
        : field
          ? mapped(await askText(place, field, answerOf(draft, field)), (value) => answered(draft, field, value))
          : { kind: 'cancel' };
    if (result.kind === 'cancel') {
      return undefined;
    }
    if (result.kind === 'back') {
      index--;
      continue;
    }
    draft = result.value;
    index++;
    if (index === 3 + methodFields(draft, l10n).length) {
      return withoutOthersFields(draft);
    }
  }
}

async function askMethod(
  place: Parameters<typeof askText>[0],
  draft: AccountDraft,
): Promise<StepResult<MethodChoice & vscode.QuickPickItem>> {
  const choices = methodChoices(vscode.l10n);
  const active = choices.find(({ method }) => method === draft.method);
  return await askChoice(place, vscode.l10n.t('How to sign in'), choices, active);
}

function answerOf(draft: AccountDraft, { key }: TextField): string | undefined {
  return key === 'name' ? draft.name : key === 'endpoint' ? draft.endpoint : draft.fields[key];
}

function answered(draft: AccountDraft, { key }: TextField, value: string): AccountDraft {
  return key === 'name' || key === 'endpoint'
    ? { ...draft, [key]: value }
    : { ...draft, fields: { ...draft.fields, [key]: value } };
}

/** An answer to a question of a method that was not chosen in the end is none. */
function withoutOthersFields(draft: AccountDraft): AccountDraft {
  const keys = new Set(methodFields(draft, vscode.l10n).map(({ key }) => key));
  return { ...draft, fields: Object.fromEntries(Object.entries(draft.fields).filter(([key]) => keys.has(key))) };
}

function mapped<T, U>(result: StepResult<T>, map: (value: T) => U): StepResult<U> {
  return result.kind === 'next' ? { kind: 'next', value: map(result.value) } : { kind: result.kind };
}

/** The names that an account must not take; its own is not among them. */
export function namesBut(own: string | undefined): string[] {
  return accountEntries()
    .filter((entry) => own === undefined || !isEntryOf(entry, own))
    .map((entry) => (typeof entry === 'object' && entry !== null && 'name' in entry ? String(entry.name) : ''));
}
