/** A session that VS Code is asked for. */
export interface VscodeSessionRequest {
  readonly provider: 'microsoft' | 'microsoft-sovereign-cloud';
  readonly scopes: readonly string[];
  /** `silent` asks nobody anything; the others are for a person who has clicked Sign In. */
  readonly how: 'silent' | 'ask' | 'askAnew';
}

/** A code that a person enters at an address to sign a device in (RFC 8628). */
export interface DeviceCode {
  readonly userCode: string;
  readonly address: string;
}

/** What signing in needs of the window. Only `getVscodeSession` is called while nobody asked for anything. */
export interface SignInPrompts {
  /** The access token of a session; `null` where there is none and nobody may be asked. */
  getVscodeSession(request: VscodeSessionRequest): Promise<string | null>;
  /** Opens an address in the system's browser. Rejects where that did not work. */
  openBrowser(address: string): Promise<void>;
  /** Shows a code. `false`: the person does not want to go on. */
  showDeviceCode(code: DeviceCode): Promise<boolean>;
}

/** What one account keeps between two sign-ins of a person. */
export interface SignInMemory {
  /** The login that outlives a window; bound, as every secret, to where it goes. */
  load(): Promise<string | undefined>;
  save(login: string): Promise<void>;
  /** The token that the service has refused last, so that Sign In asks for another. It is never written down. */
  refusedToken: string | null;
}
