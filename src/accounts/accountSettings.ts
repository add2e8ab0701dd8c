import {
  type AmsAccount,
  type AmsAuthentication,
  type CommonAccount,
  isPathSegment,
  type MkioAccount,
  mkioEndpoints,
  type RavnurAccount,
  type ServiceAccount,
  type ServiceKind,
} from '../client/account.ts';
import type { AccountProblem } from '../jobs/accountStatus.ts';
import { emulatorAccountNames } from './emulatorAccounts.ts';

export interface AccountSettings {
  readonly accounts: readonly ServiceAccount[];
  readonly problems: readonly AccountProblem[];
}

const maxNameLength = 64;

/**
 * Reads the accounts setting, which may hold anything. A wrong entry is named with what is wrong about it and left
 * out; the others work on.
 */
export function readAccountSettings(value: unknown): AccountSettings {
  if (value === undefined || value === null) {
    return { accounts: [], problems: [] };
  }
  if (!Array.isArray(value)) {
    return { accounts: [], problems: [{ index: 0, label: 'mediaServices.accounts', message: 'It must be a list.' }] };
  }
  const accounts: ServiceAccount[] = [];
  const problems: AccountProblem[] = [];
  const reserved = Object.values(emulatorAccountNames).map(sameNameKey);
  const taken = new Set(reserved);
  value.forEach((entry: unknown, index) => {
    try {
      const account = readAccount(entry);
      const key = sameNameKey(account.name);
      if (taken.has(key)) {
        throw new SettingError(
          reserved.includes(key) ? 'This name is kept for the local emulator.' : 'Another account has the same name.',
        );
      }
      taken.add(key);
      accounts.push(account);
    } catch (error) {
      if (!(error instanceof SettingError)) {
        throw error;
      }
      problems.push({ index, label: labelOf(entry, index), message: error.message });
    }
  });
  return { accounts, problems };
}

/** Equal for names that look alike: the case, the composition of characters and the kind of spaces do not count. */
function sameNameKey(name: string): string {
  return name.normalize('NFKC').replace(/\s+/gu, ' ').toLowerCase();
}

/**
 * Line breaks and invisible characters would let one account pass for another. Made when a name is not ASCII alone: it
 * takes milliseconds, which start-up does not have.
 */
const deceptive = (): RegExp =>
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?!\p{Variation_Selector})\p{Default_Ignorable_Code_Point}/u;

/** Why one entry cannot be used. It does not leave this file. */
class SettingError extends Error {}

function readAccount(value: unknown): ServiceAccount {
  const entry = readObject(value, 'The entry');
  const name = readText(entry, 'name');
  if (name.length > maxNameLength) {
    throw new SettingError(`"name" is longer than ${maxNameLength} characters.`);
  }
  if (!/^[\x20-\x7e]*$/.test(name) && deceptive().test(name)) {
    throw new SettingError('"name" holds control or invisible characters.');
  }
  const kind = readOneOf(entry, 'kind', Object.keys(readers) as ServiceKind[]);
  const of = readers[kind](entry, () => readObject(own(entry, 'authentication'), '"authentication"'));
  return { name, ...of, trustedHosts: readTextList(entry, 'trustedHosts') } as ServiceAccount;
}

/** What only accounts of one kind have, and where they are. */
type Own<Account extends ServiceAccount> = Omit<Account, Exclude<keyof CommonAccount, 'endpoint'>>;

/** Reads what is an account's kind's own. `signIn` gives the entry's `authentication`. */
type ReadOwn<Account extends ServiceAccount> = (entry: object, signIn: () => object) => Own<Account>;

const readers: {
  readonly [Kind in ServiceKind]: ReadOwn<Extract<ServiceAccount, { readonly kind: Kind }>>;
} = { ams: readAms, mkio: readMkio, ravnur: readRavnur };

function readAms(entry: object, signIn: () => object): Own<AmsAccount> {
  return { kind: 'ams', endpoint: readUrl(entry, 'endpoint'), authentication: readAuthentication(signIn()) };
}

function readMkio(entry: object, signIn: () => object): Own<MkioAccount> {
  const [key, ...others] = (['project', 'subscription'] as const).filter((name) => own(entry, name) !== undefined);
  if (key === undefined || others.length > 0) {
    throw new SettingError('Exactly one of "project" and "subscription" must be there.');
  }
  const endpoint = readOptional(entry, 'endpoint', readUrl) ?? mkioEndpoints[key];
  if (URL.parse(endpoint)?.pathname !== '/') {
    throw new SettingError('"endpoint" must be an address without a path.');
  }
  const authentication = { method: readOneOf(signIn(), 'method', ['token'] as const) };
  return { kind: 'mkio', endpoint, [key]: readSegment(entry, key), authentication };
}

function readRavnur(entry: object, signIn: () => object): Own<RavnurAccount> {
  return {
    kind: 'ravnur',
    endpoint: readUrl(entry, 'endpoint'),
    subscriptionId: readSegment(entry, 'subscriptionId'),
    resourceGroup: readSegment(entry, 'resourceGroup'),
    accountName: readSegment(entry, 'accountName'),
    authentication: { method: readOneOf(signIn(), 'method', ['apiKey'] as const) },
  };
}

/** What each method needs beside its name; what ends in a question mark may be left out. */
const methods: Readonly<Record<AmsAuthentication['method'], string>> = {
  vscode: 'tenantId? clientId? scope?',
  servicePrincipal: 'tenantId clientId authorityHost? scope?',
  certificate: 'tenantId clientId certificatePath authorityHost? scope?',
  environment: 'authorityHost? scope?',
  azureCli: 'tenantId? scope?',
  browser: 'tenantId? clientId? authorityHost? scope?',
  deviceCode: 'tenantId? clientId? authorityHost? scope?',
  managedIdentity: 'clientId? scope?',
  acs: 'accountName acsTokenUrl?',
  token: '',
};

/** How fields are read that are not any text. */
const fieldReaders = new Map([
  ['authorityHost', readUrl],
  ['acsTokenUrl', readUrl],
  ['certificatePath', readPath],
]);

function readAuthentication(entry: object): AmsAuthentication {
  const method = readOneOf(entry, 'method', Object.keys(methods) as AmsAuthentication['method'][]);
  const fields = (methods[method].match(/\w+\??/g) ?? []).map((field) => {
    const key = field.replace('?', '');
    const read = fieldReaders.get(key) ?? readText;
    return [key, key === field ? read(entry, key) : readOptional(entry, key, read)];
  });
  return { method, ...Object.fromEntries(fields) } as AmsAuthentication;
}

/** Only what the entry itself holds: a name such as `constructor` must not be found on its prototype. */
function own(entry: object, key: string): unknown {
  return Object.hasOwn(entry, key) ? (entry as Record<string, unknown>)[key] : undefined;
}

function readObject(value: unknown, what: string): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SettingError(`${what} must be an object in braces.`);
  }
  return value;
}

/** A text without the white space around it, which nobody means. */
function readText(entry: object, key: string): string {
  const value = own(entry, key);
  if (value === undefined) {
    throw new SettingError(`"${key}" is missing.`);
  }
  if (typeof value !== 'string' || value.trim() === '') {
    throw new SettingError(`"${key}" must be text that is not empty.`);
  }
  return value.trim();
}

function readOneOf<Choice extends string>(entry: object, key: string, choices: readonly Choice[]): Choice {
  const text = readText(entry, key);
  const choice = choices.find((known) => known === text);
  if (choice === undefined) {
    const [known, given] = [choices.map(quote).join(', '), quote(text)];
    throw new SettingError(
      choices.length === 1
        ? `"${key}" must be ${known}, not ${given}.`
        : `"${key}" must be one of ${known}, not ${given}.`,
    );
  }
  return choice;
}

function readSegment(entry: object, key: string): string {
  const text = readText(entry, key);
  if (!isPathSegment(text)) {
    throw new SettingError(`"${key}" must be a name of at most 260 characters without < > % & : \\ ? / * + ^ ' and #.`);
  }
  return text;
}

function readOptional<T>(entry: object, key: string, read: (entry: object, key: string) => T): T | undefined {
  return own(entry, key) === undefined ? undefined : read(entry, key);
}

function readUrl(entry: object, key: string): string {
  const text = readText(entry, key);
  const url = URL.parse(text);
  if (url?.protocol !== 'https:') {
    throw new SettingError(`"${key}" must be an address that begins with https://.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new SettingError(`"${key}" must not hold a user name or password.`);
  }
  if (url.search !== '' || url.hash !== '') {
    throw new SettingError(`"${key}" must not hold a query or a fragment.`);
  }
  // A query or a fragment of nothing is still in the text.
  return url.href.replace(/\??#?$/, '');
}

/** A relative path would begin wherever VS Code was started. */
function readPath(entry: object, key: string): string {
  const path = readText(entry, key);
  if (!/^(?:[A-Za-z]:)?[\\/]/.test(path)) {
    throw new SettingError(`"${key}" must be the whole path of a file, from the root on.`);
  }
  return path;
}

function readTextList(entry: object, key: string): string[] {
  const value = own(entry, key);
  if (value === undefined) {
    return [];
  }
  if (!Array.isArray(value) || !value.every((item): item is string => typeof item === 'string' && item.trim() !== '')) {
    throw new SettingError(`"${key}" must be a list of host names.`);
  }
  return value.map((item) => item.trim());
}

function labelOf(entry: unknown, index: number): string {
  const name = typeof entry === 'object' && entry !== null ? own(entry, 'name') : undefined;
  return typeof name === 'string' && name.trim() !== '' ? quote(name) : `#${index + 1}`;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
