/** Where a running emulator is and how to sign in to it: what it prints as one line of JSON once it serves. */
export interface EmulatorInfo {
  /** The global root, which answers 301. */
  readonly root: string;
  /** The account's API root. */
  readonly endpoint: string;
  readonly authorityHost: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly accountName: string;
  readonly admin: string;
  readonly adminToken: string;
  /** The certificate to trust, in PEM; read from the file that the emulator names. */
  readonly ca: string;
  /** The same jobs as MediaKind MK.IO shows them; missing where another window runs an earlier version. */
  readonly mkio?: MkioInfo;
  /** The same jobs as Ravnur Media Services shows them; missing likewise. */
  readonly ravnur?: RavnurInfo;
}

/** How to sign in to the emulated MK.IO. */
export interface MkioInfo {
  readonly endpoint: string;
  readonly project: string;
  /** The same project in the older family of addresses. */
  readonly subscription: string;
  /** A personal API token. */
  readonly token: string;
}

/** How to sign in to the emulated Ravnur Media Services. */
export interface RavnurInfo {
  readonly endpoint: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly accountName: string;
  readonly apiKey: string;
}

/** What the emulator's JSON line must hold; `caFile` names the file with the certificate. */
export type EmulatorLine = Omit<EmulatorInfo, 'ca'> & { readonly caFile: string };

const fields = [
  'root',
  'endpoint',
  'authorityHost',
  'tenantId',
  'clientId',
  'clientSecret',
  'accountName',
  'admin',
  'adminToken',
  'caFile',
] as const satisfies readonly (keyof EmulatorLine)[];

const otherServices = {
  mkio: ['endpoint', 'project', 'subscription', 'token'] satisfies readonly (keyof MkioInfo)[],
  ravnur: [
    'endpoint',
    'subscriptionId',
    'resourceGroup',
    'accountName',
    'apiKey',
  ] satisfies readonly (keyof RavnurInfo)[],
} as const;

/** Reads the emulator's JSON line, or gives `null` for anything else. */
export function parseEmulatorLine(line: string): EmulatorLine | null {
  if (!line.startsWith('{')) {
    return null;
  }
  try {
    const value = JSON.parse(line) as Partial<Record<keyof EmulatorLine, unknown>>;
    if (!hasTexts(value, fields)) {
      return null;
    }
    for (const [service, needed] of Object.entries(otherServices)) {
      if (!hasTexts(value[service as keyof typeof otherServices], needed)) {
        delete value[service as keyof typeof otherServices];
      }
    }
    return value as EmulatorLine;
  } catch {
    return null;
  }
}

function hasTexts(value: unknown, names: readonly string[]): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    names.every((name) => typeof (value as Readonly<Record<string, unknown>>)[name] === 'string')
  );
}
