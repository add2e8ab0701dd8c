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

/** Reads the emulator's JSON line, or gives `null` for anything else. */
export function parseEmulatorLine(line: string): EmulatorLine | null {
  if (!line.startsWith('{')) {
    return null;
  }
  try {
    const value = JSON.parse(line) as Partial<Record<keyof EmulatorLine, unknown>>;
    return fields.every((field) => typeof value[field] === 'string') ? (value as EmulatorLine) : null;
  } catch {
    return null;
  }
}
