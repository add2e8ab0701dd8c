import path from 'node:path';
import { emulatorAccountNames } from '../accounts/emulatorAccounts.ts';
import { isPathSegment, mkioEndpoints, type ServiceKind } from '../client/account.ts';
import { isMediaServicesHost } from '../client/clouds.ts';
import type { Localizer } from '../views/localize.ts';

/** What the wizard asks for, apart from how it asks. */

/** An entry of the accounts setting as it is being made: what was answered so far. */
export interface AccountDraft {
  readonly kind?: ServiceKind;
  readonly name?: string;
  readonly endpoint?: string;
  readonly method?: string;
  /** The fields of `authentication` beside the method. */
  readonly fields: Readonly<Record<string, string>>;
  /** What says which account of the service it is, as the entry has it: `project`, `resourceGroup` and the like. */
  readonly place?: Readonly<Partial<Record<PlaceKey, string>>>;
  /** Goes to the secret storage, and never into an entry. */
  readonly secret?: string;
}

const placeKeys = ['project', 'subscription', 'subscriptionId', 'resourceGroup', 'accountName'] as const;
export type PlaceKey = (typeof placeKeys)[number];

/** One text to enter. */
export interface TextField {
  readonly key: string;
  readonly prompt: string;
  readonly placeholder: string;
  /** What the box begins with where nothing was answered before. */
  readonly suggestion: string;
  /** Whether the text is not to be seen while it is entered. */
  readonly isSecret?: boolean;
  /** Says what is wrong with an answer, or nothing. */
  validate(value: string): string | undefined;
}

export interface MethodChoice {
  readonly method: string;
  readonly label: string;
  readonly detail: string;
}

export interface ServiceChoice {
  readonly service: ServiceKind;
  readonly label: string;
  readonly detail: string;
}

/** The services that an account may be of. */
export function serviceChoices(l10n: Localizer): readonly ServiceChoice[] {
  return [
    {
      service: 'ams',
      label: 'Azure Media Services v2',
      detail: l10n.t('The REST API v2, or a service of your own that speaks it'),
    },
    { service: 'mkio', label: 'MediaKind MK.IO', detail: l10n.t('A project of yours, with a personal API token') },
    {
      service: 'ravnur',
      label: 'Ravnur Media Services',
      detail: l10n.t('A deployment of your own in Azure, with an API key'),
    },
  ];
}

/** What the local emulator can be beside Azure Media Services, to try it out. */
export function emulatorChoices(
  l10n: Localizer,
): readonly (Omit<ServiceChoice, 'service'> & { readonly emulated: ServiceKind })[] {
  const detail = l10n.t('Jobs that run by themselves on this machine; nothing is sent anywhere');
  return [
    { emulated: 'mkio', label: l10n.t('Local emulator as MK.IO'), detail },
    { emulated: 'ravnur', label: l10n.t('Local emulator as Ravnur Media Services'), detail },
  ];
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

/** @param suggestion a name that is offered, where nobody has it yet */
export function nameField(taken: readonly string[], l10n: Localizer, suggestion = ''): TextField {
  const names = new Set([...taken, ...Object.values(emulatorAccountNames)].map((name) => name.trim().toLowerCase()));
  return {
    key: 'name',
    prompt: l10n.t('A name of your own for the account'),
    placeholder: 'contoso',
    suggestion: names.has(suggestion.trim().toLowerCase()) ? '' : suggestion,
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

/** The text that names a place, as it stands in the addresses of a service. */
export function placeField(key: PlaceKey, l10n: Localizer): TextField {
  const prompts: Record<PlaceKey, string> = {
    project: l10n.t('The name of the MK.IO project, as the portal shows it'),
    subscription: l10n.t('The name of the older MK.IO subscription'),
    subscriptionId: l10n.t('The subscription id, from the tab “API Credentials” of the console'),
    resourceGroup: l10n.t('The resource group name, from the tab “API Credentials” of the console'),
    accountName: l10n.t('The account name, from the tab “API Credentials” of the console'),
  };
  return {
    key,
    prompt: prompts[key],
    placeholder: key === 'subscriptionId' ? guid : 'contoso',
    suggestion: '',
    validate: (value) => {
      if (value.trim() === '') {
        return l10n.t('Enter a value.');
      }
      return isPathSegment(value.trim())
        ? undefined
        : l10n.t("Enter a name of at most 260 characters without < > % & : \\ ? / * + ^ ' and #.");
    },
  };
}

export function ravnurEndpointField(l10n: Localizer): TextField {
  return {
    key: 'endpoint',
    prompt: l10n.t('The API endpoint, from the tab “API Credentials” of the console'),
    placeholder: 'https://contoso.ravnur.net/',
    suggestion: '',
    validate: (value) => httpsProblem(value, l10n),
  };
}

/** The box for all that the console of Ravnur Media Services copies at once. */
export function credentialsField(l10n: Localizer): TextField {
  return {
    key: 'credentials',
    prompt: l10n.t(
      'The JSON that the tab “API Credentials” of the console copies. It holds the API key, so it is not shown.',
    ),
    placeholder: '{ "subscriptionId": … }',
    suggestion: '',
    isSecret: true,
    validate: (value) => {
      const { missing } = readCredentials(value, l10n);
      return missing.length === 0 ? undefined : l10n.t('Missing or not right in it: {0}', missing.join(', '));
    },
  };
}

/** How keys of the credentials may be written, in small letters and digits alone, and what each is here. */
const credentialKeys: Readonly<Record<string, PlaceKey | 'endpoint' | 'secret'>> = {
  subscriptionid: 'subscriptionId',
  subscription: 'subscriptionId',
  resourcegroupname: 'resourceGroup',
  resourcegroup: 'resourceGroup',
  accountname: 'accountName',
  mediaservicesaccountname: 'accountName',
  account: 'accountName',
  apiendpoint: 'endpoint',
  endpoint: 'endpoint',
  apiurl: 'endpoint',
  apikey: 'secret',
  key: 'secret',
};

/**
 * Reads what the console of Ravnur Media Services copies: "How to get credentials" names the values, and nobody has
 * recorded how the keys are spelled, so that white space, case and signs in them do not count.
 * @returns what was read as answers, and the names of what is missing or cannot be used
 */
export function readCredentials(
  text: string,
  l10n: Localizer,
): { readonly answers: Pick<AccountDraft, 'endpoint' | 'place' | 'secret'>; readonly missing: readonly string[] } {
  const found = new Map(
    Object.entries(objectIn({ value: parseLeniently(text) }, 'value'))
      .flatMap(([key, value]) => (typeof value === 'object' && value !== null ? Object.entries(value) : [[key, value]]))
      .flatMap(([key, value]): [string, string][] => {
        const meant =
          credentialKeys[
            String(key)
              .toLowerCase()
              .replace(/[^a-z0-9]/g, '')
          ];
        return meant === undefined || typeof value !== 'string' ? [] : [[meant, value.trim()]];
      }),
  );
  const [endpoint = '', secret = ''] = [found.get('endpoint'), found.get('secret')];
  const places = (['subscriptionId', 'resourceGroup', 'accountName'] as const).map((key) => ({
    key,
    value: found.get(key) ?? '',
  }));
  const names: Record<(typeof places)[number]['key'], string> = {
    subscriptionId: 'Subscription ID',
    resourceGroup: 'Resource Group Name',
    accountName: 'Account Name',
  };
  return {
    answers: { endpoint, secret, place: Object.fromEntries(places.map(({ key, value }) => [key, value])) },
    missing: [
      ...places.filter(({ value }) => !isPathSegment(value)).map(({ key }) => names[key]),
      ...(secret === '' ? ['API Key'] : []),
      ...(httpsProblem(endpoint, l10n) === undefined ? [] : ['API Endpoint']),
    ],
  };
}

/** JSON, with commas that nothing follows; `null` for anything else. */
function parseLeniently(text: string): unknown {
  try {
    return JSON.parse(text.replace(/,(\s*[}\]])/g, '$1'));
  } catch {
    return null;
  }
}

const guid = '00000000-0000-0000-0000-000000000000';

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
export function entryOf(draft: AccountDraft, edited: object = {}): object {
  const { kind = 'ams' } = draft;
  // Of another service nothing is kept, as hosts that were trusted are none of this one's.
  const before = textIn(edited, 'kind') === kind ? edited : {};
  const common = { ...before, name: draft.name?.trim(), kind };
  const place = Object.fromEntries(Object.entries(draft.place ?? {}).map(([key, value]) => [key, value.trim()]));
  switch (kind) {
    case 'ams': {
      const authenticationBefore = objectIn(before, 'authentication');
      const keptFields = draft.method === authenticationBefore['method'] ? authenticationBefore : {};
      const fields = Object.entries(draft.fields).map(([key, value]) => [
        key,
        value.trim() === '' ? undefined : value.trim(),
      ]);
      return {
        ...common,
        endpoint: draft.endpoint?.trim(),
        authentication: { ...keptFields, method: draft.method, ...Object.fromEntries(fields) },
      };
    }
    case 'mkio': {
      const { project, subscription } = place;
      return {
        ...common,
        project,
        subscription: project === undefined ? subscription : undefined,
        endpoint: mkioEndpointOf(draft),
        authentication: { method: 'token' },
      };
    }
    case 'ravnur': {
      const { subscriptionId, resourceGroup, accountName } = place;
      const where = { endpoint: draft.endpoint?.trim(), subscriptionId, resourceGroup, accountName };
      return { ...common, ...where, authentication: { method: 'apiKey' } };
    }
  }
}

/** Where an account of MK.IO says that it is; nothing where that follows from its project or subscription. */
export function mkioEndpointOf({ endpoint }: Pick<AccountDraft, 'endpoint'>): string | undefined {
  const own = endpoint?.trim() ?? '';
  const origin = URL.parse(own)?.origin;
  return own === '' || Object.values(mkioEndpoints).some((known) => new URL(known).origin === origin) ? undefined : own;
}

/** The answers that an entry of the setting would have been made from. */
export function draftOf(entry: object): AccountDraft {
  const { method, ...rest } = objectIn(entry, 'authentication');
  const fields = Object.entries(rest).filter((field): field is [string, string] => typeof field[1] === 'string');
  const [kind, name, endpoint] = ['kind', 'name', 'endpoint'].map((key) => textIn(entry, key));
  const place = placeKeys.flatMap((key) => {
    const value = textIn(entry, key);
    return value === undefined ? [] : [[key, value]];
  });
  return {
    ...(isServiceKind(kind) ? { kind } : {}),
    ...(name === undefined ? {} : { name }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(typeof method === 'string' ? { method } : {}),
    fields: Object.fromEntries(fields),
    ...(place.length === 0 ? {} : { place: Object.fromEntries(place) }),
  };
}

/** The draft after its service was chosen: what was answered for another one is none. */
export function withKind(draft: AccountDraft, kind: ServiceKind): AccountDraft {
  const { name, kind: before } = draft;
  const isSame = before === undefined || before === kind;
  return isSame ? { ...draft, kind } : { kind, fields: {}, ...(name === undefined ? {} : { name }) };
}

function isServiceKind(text: string | undefined): text is ServiceKind {
  return text !== undefined && Object.hasOwn(emulatorAccountNames, text);
}

function textIn(entry: object, key: string): string | undefined {
  const value = Object.hasOwn(entry, key) ? (entry as Record<string, unknown>)[key] : undefined;
  return typeof value === 'string' ? value : undefined;
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
