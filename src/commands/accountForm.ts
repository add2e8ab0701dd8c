import path from 'node:path';
import { emulatorAccountNames } from '../accounts/emulatorAccounts.ts';
import { isMediaServicesHost } from '../client/clouds.ts';
import type { Localizer } from '../views/localize.ts';

/** What the wizard asks for, apart from how it asks. */

/** An entry of the accounts setting as it is being made: what was answered so far. */
export interface AccountDraft {
  readonly name?: string;
  readonly endpoint?: string;
  readonly method?: string;
  /** The fields of `authentication` beside the method. */
  readonly fields: Readonly<Record<string, string>>;
}

/** One text to enter. */
export interface TextField {
  readonly key: string;
  readonly prompt: string;
  readonly placeholder: string;
  /** What the box begins with where nothing was answered before. */
  readonly suggestion: string;
  /** Says what is wrong with an answer, or nothing. */
  validate(value: string): string | undefined;
}

export interface MethodChoice {
  readonly method: string;
  readonly label: string;
  readonly detail: string;
}

/** The ways to sign in, those that most people want first. */
export function methodChoices(l10n: Localizer): readonly MethodChoice[] {
  return [
    {
      method: 'vscode',
      label: l10n.t('Microsoft account'),
      detail: l10n.t('The account that you are signed in to VS Code with'),
    },
    {
      method: 'servicePrincipal',
      label: l10n.t('Service principal with a secret'),
      detail: l10n.t('An app registration; the client secret is asked for once'),
    },
    {
      method: 'certificate',
      label: l10n.t('Service principal with a certificate'),
      detail: l10n.t('An app registration; a PEM file with certificate and key'),
    },
    { method: 'azureCli', label: l10n.t('Azure CLI'), detail: l10n.t('Whoever is signed in by “az login”') },
    {
      method: 'environment',
      label: l10n.t('Environment variables'),
      detail: 'AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET',
    },
    { method: 'browser', label: l10n.t('Browser'), detail: l10n.t('Sign in on a web page on this machine') },
    { method: 'deviceCode', label: l10n.t('Device code'), detail: l10n.t('Sign in on any machine by entering a code') },
    {
      method: 'managedIdentity',
      label: l10n.t('Managed identity'),
      detail: l10n.t('Only where the extension runs on an Azure machine'),
    },
    {
      method: 'acs',
      label: l10n.t('Account name and key'),
      detail: l10n.t('The Access Control Service, as before 2018; the key is asked for once'),
    },
    { method: 'token', label: l10n.t('Bearer token'), detail: l10n.t('A token of your own, pasted when asked') },
  ];
}

export function nameField(taken: readonly string[], l10n: Localizer): TextField {
  const names = new Set([...taken, ...Object.values(emulatorAccountNames)].map((name) => name.trim().toLowerCase()));
  return {
    key: 'name',
    prompt: l10n.t('A name of your own for the account'),
    placeholder: 'contoso',
    suggestion: '',
    validate: (value) => {
      if (value.trim() === '') {
        return l10n.t('Enter a name.');
      }
      return names.has(value.trim().toLowerCase()) ? l10n.t('Another account has this name.') : undefined;
    },
  };
}

export function endpointField(l10n: Localizer): TextField {
  return {
    key: 'endpoint',
    prompt: l10n.t("The global root, or the account's own API root"),
    placeholder: 'https://media.windows.net/',
    suggestion: 'https://media.windows.net/',
    validate: (value) => httpsProblem(value, l10n),
  };
}

/** The texts that a method needs beyond name and endpoint, in the order in which they are asked for. */
export function methodFields(draft: Pick<AccountDraft, 'method' | 'endpoint'>, l10n: Localizer): readonly TextField[] {
  const { method = '', endpoint = '' } = draft;
  const fields = ownFields(method, l10n);
  // The endpoint of a known cloud says where to sign in; any other, an emulator's among them, does not.
  return isMediaServicesHost(URL.parse(endpoint.trim())?.hostname ?? '')
    ? fields
    : [...fields, ...authorityFields(method, l10n)];
}

/** Where to sign in, for an endpoint that does not say so. */
function authorityFields(method: string, l10n: Localizer): readonly TextField[] {
  const address = (key: string, prompt: string, placeholder: string): TextField => ({
    key,
    prompt,
    placeholder,
    suggestion: '',
    validate: (value) => (value.trim() === '' ? undefined : httpsProblem(value, l10n)),
  });
  switch (method) {
    case 'servicePrincipal':
    case 'certificate':
    case 'environment':
    case 'browser':
    case 'deviceCode':
      return [
        address(
          'authorityHost',
          l10n.t("The login host, or nothing for Microsoft's"),
          'https://login.microsoftonline.com/',
        ),
      ];
    case 'acs':
      return [
        address(
          'acsTokenUrl',
          l10n.t("The token URL, or nothing for Microsoft's"),
          'https://wamsprodglobal001acs.accesscontrol.windows.net/v2/OAuth2-13',
        ),
      ];
    default:
      return [];
  }
}

function ownFields(method: string, l10n: Localizer): readonly TextField[] {
  const text = (key: string, prompt: string, placeholder: string, optional = false): TextField => ({
    key,
    prompt,
    placeholder,
    suggestion: '',
    validate: (value) => (optional || value.trim() !== '' ? undefined : l10n.t('Enter a value.')),
  });
  const guid = '00000000-0000-0000-0000-000000000000';
  const tenant = text('tenantId', l10n.t('The tenant (directory) id'), guid);
  const client = text('clientId', l10n.t('The application (client) id'), guid);
  const optionalTenant = text('tenantId', l10n.t('The tenant (directory) id, or nothing for your own'), guid, true);
  switch (method) {
    case 'servicePrincipal':
      return [tenant, client];
    case 'certificate':
      return [
        tenant,
        client,
        {
          ...text(
            'certificatePath',
            l10n.t('The path of the PEM file with certificate and key'),
            '/home/me/contoso.pem',
          ),
          validate: (value) =>
            path.isAbsolute(value.trim()) ? undefined : l10n.t('Enter the whole path, from the root on.'),
        },
      ];
    case 'vscode':
    case 'browser':
    case 'deviceCode':
    case 'azureCli':
      return [optionalTenant];
    case 'managedIdentity':
      return [
        text(
          'clientId',
          l10n.t("The client id of a user-assigned identity, or nothing for the machine's own"),
          guid,
          true,
        ),
      ];
    case 'acs':
      return [text('accountName', l10n.t('The Media Services account name'), 'contosomedia')];
    default:
      return [];
  }
}

/** The entry of the accounts setting that a finished draft stands for, on top of what an edited entry held. */
export function entryOf(draft: AccountDraft, before: object = {}): object {
  const authenticationBefore = objectIn(before, 'authentication');
  const keptFields = draft.method === authenticationBefore['method'] ? authenticationBefore : {};
  const fields = Object.entries(draft.fields).map(([key, value]) => [
    key,
    value.trim() === '' ? undefined : value.trim(),
  ]);
  return {
    ...before,
    name: draft.name?.trim(),
    kind: 'ams',
    endpoint: draft.endpoint?.trim(),
    authentication: { ...keptFields, method: draft.method, ...Object.fromEntries(fields) },
  };
}

/** The answers that an entry of the setting would have been made from. */
export function draftOf(entry: object): AccountDraft {
  const { method, ...rest } = objectIn(entry, 'authentication');
  const fields = Object.entries(rest).filter((field): field is [string, string] => typeof field[1] === 'string');
  const text = (key: string): string | undefined => {
    const value = (entry as Record<string, unknown>)[key];
    return typeof value === 'string' ? value : undefined;
  };
  const name = text('name');
  const endpoint = text('endpoint');
  return {
    ...(name === undefined ? {} : { name }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(typeof method === 'string' ? { method } : {}),
    fields: Object.fromEntries(fields),
  };
}

function objectIn(entry: object, key: string): Record<string, unknown> {
  const value = Object.hasOwn(entry, key) ? (entry as Record<string, unknown>)[key] : undefined;
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function httpsProblem(value: string, l10n: Localizer): string | undefined {
  const url = URL.parse(value.trim());
  if (url?.protocol !== 'https:') {
    return l10n.t('Enter an address that begins with https://.');
  }
  return url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== ''
    ? l10n.t('Leave out user names, passwords, queries and fragments.')
    : undefined;
}
