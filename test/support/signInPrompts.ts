import type { DeviceCode, SignInMemory, SignInPrompts, VscodeSessionRequest } from '../../src/client/signInPrompts.ts';

/** A window that does what a test tells it, and remembers what it was asked. Untold, it has no session and no person. */
export class ScriptedPrompts implements SignInPrompts {
  readonly sessionRequests: VscodeSessionRequest[] = [];
  readonly opened: string[] = [];
  readonly codes: DeviceCode[] = [];
  onSession: (request: VscodeSessionRequest) => Promise<string | null> = () => Promise.resolve(null);
  onOpen: (address: string) => Promise<void> = () => Promise.reject(new Error('There is no browser.'));
  onCode: (code: DeviceCode) => Promise<boolean> = () => Promise.resolve(false);

  getVscodeSession(request: VscodeSessionRequest): Promise<string | null> {
    this.sessionRequests.push(request);
    return this.onSession(request);
  }

  openBrowser(address: string): Promise<void> {
    this.opened.push(address);
    return this.onOpen(address);
  }

  showDeviceCode(code: DeviceCode): Promise<boolean> {
    this.codes.push(code);
    return this.onCode(code);
  }

  /** How often a person was asked for something. */
  get askedPerson(): number {
    return this.opened.length + this.codes.length + this.sessionRequests.filter(({ how }) => how !== 'silent').length;
  }
}

/** What is kept of a login, in memory. */
export class MemoryLogin implements SignInMemory {
  login: string | undefined;
  refusedToken: string | null = null;

  load(): Promise<string | undefined> {
    return Promise.resolve(this.login);
  }

  save(login: string): Promise<void> {
    this.login = login;
    return Promise.resolve();
  }
}
