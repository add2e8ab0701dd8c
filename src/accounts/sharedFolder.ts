import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../jobs/clock.ts';
import { type Disposable, DisposableStore, Emitter, type Event } from '../jobs/lifecycle.ts';
import type { AccountSharing, PollLease, SharedAccount } from '../jobs/pollSharing.ts';
import type { AccountFiles } from './accountRegistry.ts';
import { EndpointFile } from './endpointFile.ts';
import { LeaseFile } from './leaseFile.ts';
import { SharedFile } from './sharedFile.ts';
import { isCode, SharedFiles } from './sharedFiles.ts';
import { maxSharedJobs, soundSharedAccount } from './soundSharedAccount.ts';
import { type WindowIdentity, windowIdentity } from './windowIdentity.ts';

export interface SharedFolderOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly log: (message: string) => void;
  /** This window, where it is to pass for another than it is. */
  readonly window?: Partial<WindowIdentity>;
}

/** One value that windows share; the last one who saves wins. Nothing here rejects. */
export interface SharedValue<T> {
  /** `null` where nothing was saved, or nothing of use. */
  load(): Promise<T | null>;
  save(value: T): Promise<void>;
  /** Fires with what another window saved. */
  readonly onDidChange: Event<T>;
}

interface AccountState {
  readonly jobs: SharedFile<SharedAccount>;
  readonly lease: LeaseFile;
  readonly endpoint: EndpointFile;
}

/** File events come in bursts. */
const touchedDelayMs = 50;
const maxTrackedBytes = 1_048_576;
const maxAccountBytes = 128 * 1_048_576;
const forgottenAfterMs = 100 * 86_400_000;
const trackedName = 'tracked.json';
const claimsName = 'claims';

/**
 * What the windows of a person share, in a folder that all of them have. A window that cannot use the folder works
 * alone. Making one touches no file; the first use does, or the moment after somebody asks for a part of it.
 */
export class SharedFolder implements AccountFiles, Disposable {
  readonly #files: SharedFiles;
  readonly #window: WindowIdentity;
  readonly #accounts = new Map<string, AccountState>();
  readonly #shared = new Map<string, SharedFile<unknown>>();
  readonly #touched = new Set<string>();
  #tracked: SharedFile<unknown> | null = null;
  #beginning: Disposable | null = null;
  #looking: Disposable | null = null;
  #cleaning: Promise<void> | null = null;

  constructor({ folder, clock, log, window = {} }: SharedFolderOptions) {
    this.#window = windowIdentity(window);
    this.#files = new SharedFiles({ folder, clock, log, onTouched: (name) => this.#onTouched(name) });
  }

  /** The tracked job, as it was saved. */
  get tracked(): SharedValue<unknown> {
    this.#begin();
    this.#tracked ??= this.#share(trackedName, maxTrackedBytes, (value) => value);
    return this.#tracked;
  }

  /** @param fingerprint what was shared under another one is as good as not there */
  account(name: string, fingerprint: string): AccountSharing {
    this.#begin();
    const { jobs, lease } = this.#account(name);
    return new SharedAccountFiles(this.#files, jobs, lease, fingerprint);
  }

  endpoint(name: string): EndpointFile {
    return this.#account(name).endpoint;
  }

  /** Removes what is kept of an account; the right to ask for it stays whose it is. */
  async forgetAccount(name: string): Promise<void> {
    const { jobs, endpoint } = this.#account(name);
    await Promise.all([jobs.remove(), endpoint.save(undefined)]);
  }

  /**
   * Whether the caller is the first of all windows to claim this. Where files cannot be used everybody is: a person is
   * better told twice than not at all.
   */
  async claim(name: string): Promise<boolean> {
    if (this.#files.signal.aborted) {
      return false;
    }
    try {
      await this.#files.prepare();
      this.#cleaning ??= this.#clean();
      await this.#cleaning;
      await mkdir(this.#files.path(claimsName), { recursive: true, mode: 0o700 });
      return await this.#createClaim(path.join(claimsName, digestOf(name)));
    } catch (error) {
      this.#files.complain('Other windows may say the same again', error);
      return true;
    }
  }

  dispose(): void {
    this.#beginning?.dispose();
    this.#looking?.dispose();
    this.#files.dispose();
    for (const file of this.#shared.values()) {
      file.dispose();
    }
    for (const { lease } of this.#accounts.values()) {
      lease.dispose();
    }
  }

  /** Watching begins once whoever asked is done with what it does now, which may be the start of the window. */
  #begin(): void {
    this.#beginning ??= this.#files.signal.aborted
      ? null
      : this.#files.clock.setTimeout(() => {
          this.#files
            .prepare()
            .catch((error: unknown) => this.#files.complain('Nothing is shared with other windows', error));
          this.#cleaning ??= this.#clean();
        }, 0);
  }

  #account(name: string): AccountState {
    const digest = digestOf(name);
    let state = this.#accounts.get(digest);
    if (!state) {
      state = {
        jobs: this.#share(`${digest}.jobs.json`, maxAccountBytes, (value) =>
          soundSharedAccount(value, this.#files.clock.now()),
        ),
        lease: new LeaseFile(this.#files, digest, this.#window),
        endpoint: new EndpointFile(this.#files, `${digest}.endpoint.json`),
      };
      this.#accounts.set(digest, state);
    }
    return state;
  }

  #share<T>(name: string, maxBytes: number, check: (value: unknown) => T | null): SharedFile<T> {
    const file = new SharedFile<T>({ files: this.#files, name, windowId: this.#window.id, maxBytes, check });
    this.#shared.set(name, file as SharedFile<unknown>);
    return file;
  }

  #onTouched(name: string | null): void {
    for (const touched of name === null ? this.#shared.keys() : [name]) {
      if (this.#shared.has(touched)) {
        this.#touched.add(touched);
      }
    }
    if (this.#touched.size > 0 && !this.#files.signal.aborted) {
      this.#looking ??= this.#files.clock.setTimeout(() => this.#look(), touchedDelayMs);
    }
  }

  #look(): void {
    this.#looking = null;
    const touched = [...this.#touched];
    this.#touched.clear();
    for (const name of touched) {
      void this.#shared.get(name)?.touched();
    }
  }

  async #createClaim(name: string): Promise<boolean> {
    try {
      await writeFile(this.#files.path(name), '', { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      if (isCode(error, 'EEXIST')) {
        return false;
      }
      throw error;
    }
  }

  /** Once a start: removes claims that nobody can ask for any more, and what windows left that ended while writing. */
  async #clean(): Promise<void> {
    for (const folder of ['', claimsName]) {
      for (const name of await readdir(this.#files.path(folder)).catch(() => [])) {
        try {
          const file = this.#files.path(path.join(folder, name));
          const ageMs = this.#files.clock.now() - (await stat(file)).mtimeMs;
          const isForgotten = ageMs > forgottenAfterMs && name !== claimsName && name !== trackedName;
          if (isForgotten || this.#files.isAbandoned(name, ageMs)) {
            await rm(file, { force: true });
          }
        } catch {
          // Another window was faster, or it stays until the next start.
        }
      }
    }
  }
}

/** One user of an account's files. Several in a window do not hear each other. */
class SharedAccountFiles implements AccountSharing {
  readonly #files: SharedFiles;
  readonly #jobs: SharedFile<SharedAccount>;
  readonly #lease: LeaseFile;
  readonly #fingerprint: string;
  readonly #disposables = new DisposableStore();
  readonly #change = this.#disposables.add(new Emitter<SharedAccount>());
  readonly #leases = new Set<PollLease>();

  readonly onDidChange = this.#change.event;

  constructor(files: SharedFiles, jobs: SharedFile<SharedAccount>, lease: LeaseFile, fingerprint: string) {
    this.#files = files;
    this.#jobs = jobs;
    this.#lease = lease;
    this.#fingerprint = fingerprint;
    this.#disposables.add(
      jobs.onDidChange((shared) => (shared.fingerprint === fingerprint ? this.#change.fire(shared) : undefined)),
    );
  }

  async read(): Promise<SharedAccount | null> {
    const shared = await this.#jobs.load();
    return shared?.fingerprint === this.#fingerprint ? shared : null;
  }

  async write(shared: Omit<SharedAccount, 'fingerprint'>): Promise<void> {
    if (this.#disposables.isDisposed) {
      return;
    }
    if (shared.jobs.length > maxSharedJobs) {
      this.#files.complain('Too many jobs to share', new Error(`${shared.jobs.length} of at most ${maxSharedJobs}`));
      return;
    }
    await this.#jobs.save({ ...shared, fingerprint: this.#fingerprint });
  }

  async acquire(): Promise<PollLease | null> {
    if (this.#disposables.isDisposed) {
      return null;
    }
    const lease = await this.#lease.acquire();
    if (lease && this.#disposables.isDisposed) {
      lease.dispose();
      return null;
    }
    if (!lease) {
      return null;
    }
    this.#leases.add(lease);
    return {
      dispose: () => {
        this.#leases.delete(lease);
        lease.dispose();
      },
    };
  }

  dispose(): void {
    this.#disposables.dispose();
    for (const lease of this.#leases) {
      lease.dispose();
    }
    this.#leases.clear();
  }
}

/** A name that says nothing and is good on every file system, whatever it is made of. */
function digestOf(name: string): string {
  return createHash('sha256').update(JSON.stringify(name)).digest('hex').slice(0, 40);
}
