import * as vscode from 'vscode';
import { readAccountSettings } from '../accounts/accountSettings.ts';
import type { SecretKind } from '../accounts/secretDestination.ts';
import type { ServiceKind } from '../client/account.ts';
import { accountEntries, isEntryOf } from './accountEntries.ts';
import {
  type AccountDraft,
  credentialsField,
  emulatorChoices,
  endpointField,
  type MethodChoice,
  methodChoices,
  methodFields,
  nameField,
  placeField,
  ravnurEndpointField,
  readCredentials,
  serviceChoices,
  type TextField,
  withKind,
} from './accountForm.ts';
import { askProject } from './accountProjects.ts';
import { cleanSecret, secretProblem, secretSource } from './accountSecret.ts';
import type { Services } from './services.ts';
import { signIn } from './signIn.ts';
import { testConnection } from './testConnection.ts';
import { askChoice, askText, type StepPlace, type StepResult } from './wizard.ts';

/**
 * Signs in where that takes a person, and shows step by step whether the account works.
 * @param entry as it was written to the settings; a secret that was entered is bound to where it goes by that
 */
export async function connect(
  services: Services,
  { name: entered, secret }: AccountDraft,
  entry: object,
): Promise<void> {
  const name = entered?.trim() ?? '';
  // The setting is heard of through an event; this is the same event a moment earlier.
  services.accounts.reload();
  const account = services.accounts.get(name);
  if (!account) {
    await vscode.commands.executeCommand('mediaServices.openAccountSettings');
    return;
  }
  const [config] = readAccountSettings([entry]).accounts;
  const given = account.secretKind === null ? '' : cleanSecret(account.secretKind, secret ?? '');
  if (config && given !== '') {
    await services.accounts.signIn({ name, config }, given);
  }
  const stored = await services.accounts.secretState(name);
  if (account.secretKind !== null && stored.state !== 'ready') {
    await signIn(services, name);
    if ((await services.accounts.secretState(name)).state !== 'ready') {
      return;
    }
  }
  await testConnection(services, name);
}

/** What a wizard begins with. */
export interface WizardOptions {
  readonly title: string;
  readonly initial: AccountDraft;
  /** Names that other accounts have. */
  readonly taken: readonly string[];
  /** The secret of the account that is edited, where it is there for the same destination. */
  readonly storedSecret?: string | undefined;
  /** Whether the local emulator is offered. */
  readonly offersEmulator: boolean;
}

/** What a person wants: an account, or the local emulator as a service. */
export type WizardResult = { readonly draft: AccountDraft } | { readonly emulated: ServiceKind };

type Step = (place: StepPlace) => Promise<StepResult<Answers>>;

/** What was answered so far, with what only the wizard has to know. */
interface Answers {
  readonly draft: AccountDraft;
  readonly emulated?: ServiceKind | undefined;
  /** Which name of MK.IO is typed instead of picked. */
  readonly typing?: 'project' | 'subscription' | undefined;
  /** Whether the credentials of Ravnur are pasted at once. */
  readonly pasting?: boolean | undefined;
}

/** Asks one question after the other; Back goes to the one before, with its answer. */
export async function fillIn(services: Services, options: WizardOptions): Promise<WizardResult | undefined> {
  const { title, initial } = options;
  let answers: Answers = { draft: initial };
  for (let index = 0; ; ) {
    const steps = stepsOf(answers, options, services);
    const step = steps[index];
    if (!step) {
      const { draft, emulated } = answers;
      return emulated ? { emulated } : { draft: withoutOthersFields(draft) };
    }
    // Before the service is known nobody can say how many there are.
    const totalSteps = index > 0 || answers.draft.kind ? steps.length : undefined;
    const result = await step({ title, step: index + 1, totalSteps });
    if (result.kind === 'cancel') {
      return undefined;
    }
    if (result.kind === 'back') {
      index--;
      continue;
    }
    answers = result.value;
    index++;
  }
}

/** The questions, as many as follow from what was answered. */
function stepsOf(answers: Answers, options: WizardOptions, services: Services): readonly Step[] {
  const { draft, emulated } = answers;
  const service: Step = async (place) => {
    const { l10n } = vscode;
    const items = [...serviceChoices(l10n), ...(options.offersEmulator ? emulatorItems(l10n) : [])];
    const active = items.find((item) => 'service' in item && item.service === draft.kind) ?? items[0];
    return mapped(await askChoice(place, l10n.t('Which service'), items, active), (item) =>
      'service' in item && item.service
        ? { draft: withKind(draft, item.service) }
        : { ...answers, emulated: 'emulated' in item ? item.emulated : undefined },
    );
  };
  return emulated || !draft.kind ? [service] : [service, ...stepsOfKind[draft.kind](answers, options, services)];
}

const stepsOfKind: Readonly<
  Record<ServiceKind, (answers: Answers, options: WizardOptions, services: Services) => readonly Step[]>
> = { ams: amsSteps, mkio: mkioSteps, ravnur: ravnurSteps };

function amsSteps(answers: Answers, { taken }: WizardOptions): readonly Step[] {
  const { l10n } = vscode;
  const { draft } = answers;
  const fields = draft.method === undefined ? [] : methodFields(draft, l10n);
  return [
    text(answers, nameField(taken, l10n)),
    text(answers, endpointField(l10n)),
    async (place) => mapped(await askMethod(place, draft), ({ method }) => ({ draft: { ...draft, method } })),
    ...fields.map((field) => text(answers, field)),
  ];
}

function mkioSteps(answers: Answers, options: WizardOptions, services: Services): readonly Step[] {
  const { l10n } = vscode;
  const { draft, typing } = answers;
  const { taken, initial } = options;
  const storedSecret = storedFor('mkio', options);
  // A secret is bound to its host, and an older subscription's is not the one that lists projects.
  const storedForProjects = initial.place?.project === undefined ? undefined : storedSecret;
  const secret = secretField('mkio', 'token', storedSecret !== undefined, services.presentation);
  const picked = async (place: StepPlace): Promise<StepResult<Answers>> => {
    const token = cleanSecret('token', draft.secret ?? '') || storedForProjects;
    return mapped(await askProject(services, place, draft, token), (choice) =>
      'typing' in choice
        ? { draft, typing: choice.typing }
        : { draft: { ...draft, place: { project: choice.project } } },
    );
  };
  const typed = (key: 'project' | 'subscription'): Step => {
    const field = placeField(key, l10n);
    return async (place) =>
      mapped(await askText(place, field, draft.place?.[key]), (value) => ({
        ...answers,
        draft: { ...draft, place: { [key]: value.trim() } },
      }));
  };
  const { project, subscription } = draft.place ?? {};
  return [
    text(answers, secret),
    picked,
    ...(typing ? [typed(typing)] : []),
    text(answers, nameField(taken, l10n, project ?? subscription)),
  ];
}

function ravnurSteps(answers: Answers, options: WizardOptions, services: Services): readonly Step[] {
  const { l10n } = vscode;
  const storedSecret = storedFor('ravnur', options);
  const { draft, pasting = storedSecret === undefined && draft.place === undefined } = answers;
  const how: Step = async (place) => {
    const items = [
      {
        label: l10n.t('Paste the credentials'),
        detail: l10n.t('The JSON from the tab “API Credentials” of the console'),
        pasting: true,
      },
      {
        label: l10n.t('Enter them one by one'),
        detail: l10n.t('API endpoint, ids, names and API key'),
        pasting: false,
      },
    ];
    const active = items.find((item) => item.pasting === pasting);
    return mapped(await askChoice(place, l10n.t('How to enter the credentials'), items, active), (item) => ({
      draft,
      pasting: item.pasting,
    }));
  };
  const paste: Step = async (place) =>
    mapped(await askText(place, credentialsField(l10n), ''), (value) => ({
      ...answers,
      draft: { ...draft, ...readCredentials(value, l10n).answers },
    }));
  const places = (['subscriptionId', 'resourceGroup', 'accountName'] as const).map((key): Step => {
    const field = placeField(key, l10n);
    return async (place) =>
      mapped(await askText(place, field, draft.place?.[key]), (value) => ({
        ...answers,
        draft: { ...draft, place: { ...draft.place, [key]: value.trim() } },
      }));
  });
  const secret = secretField('ravnur', 'apiKey', storedSecret !== undefined, services.presentation);
  return [
    how,
    ...(pasting ? [paste] : [text(answers, ravnurEndpointField(l10n)), ...places, text(answers, secret)]),
    text(answers, nameField(options.taken, l10n, draft.place?.accountName)),
  ];
}

/** What is stored is of no use to another kind of service. */
function storedFor(kind: ServiceKind, { initial, storedSecret }: WizardOptions): string | undefined {
  return initial.kind === kind ? storedSecret : undefined;
}

interface EmulatorItem extends vscode.QuickPickItem {
  readonly emulated?: ServiceKind;
}

function emulatorItems(l10n: typeof vscode.l10n): readonly EmulatorItem[] {
  return [{ label: '', kind: vscode.QuickPickItemKind.Separator }, ...emulatorChoices(l10n)];
}

/** The box for a secret; what is stored already may stay. */
function secretField(
  kind: ServiceKind,
  secretKind: SecretKind,
  isStored: boolean,
  context: Services['presentation'],
): TextField {
  const { l10n } = vscode;
  return {
    key: 'secret',
    prompt: secretSource(kind, l10n) ?? '',
    placeholder: isStored ? l10n.t('Leave it empty to keep the one that is stored') : '',
    suggestion: '',
    isSecret: true,
    validate: (value) =>
      value.trim() === '' && isStored ? undefined : secretProblem(kind, secretKind, value, context()),
  };
}

/** Asks for one text of the draft. */
function text(answers: Answers, field: TextField): Step {
  return async (place) =>
    mapped(await askText(place, field, answerOf(answers.draft, field)), (value) => ({
      ...answers,
      draft: answered(answers.draft, field, value),
    }));
}

async function askMethod(
  place: StepPlace,
  draft: AccountDraft,
): Promise<StepResult<MethodChoice & vscode.QuickPickItem>> {
  const choices = methodChoices(vscode.l10n);
  const active = choices.find(({ method }) => method === draft.method);
  return await askChoice(place, vscode.l10n.t('How to sign in'), choices, active);
}

const ownKeys = ['name', 'endpoint', 'secret'] as const;

function answerOf(draft: AccountDraft, { key }: TextField): string | undefined {
  const own = ownKeys.find((known) => known === key);
  return own === undefined ? draft.fields[key] : draft[own];
}

function answered(draft: AccountDraft, { key }: TextField, value: string): AccountDraft {
  return ownKeys.some((known) => known === key)
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
