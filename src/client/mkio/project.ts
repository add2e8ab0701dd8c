import { ServiceError } from '../../jobs/serviceError.ts';
import type { MkioAccount } from '../account.ts';
import { pathOf } from '../v3/addresses.ts';
import type { RecordLists } from '../v3/recordLists.ts';
import { SharedAnswers } from '../v3/sharedAnswers.ts';
import { projectsResource, readProjectName } from './projectNames.ts';

/**
 * The project of an account: where its jobs are, and whether it exists. A list without rows may be answered with 404, as
 * clients in use have met it, and so is everything of a project that there is not. So before a 404 means "none", one
 * request that the project answers has to have told that it is there.
 */
export class Project {
  readonly #path: string;
  readonly #name: string;
  readonly #isOlder: boolean;
  readonly #lists: RecordLists;
  readonly #confirmations = new SharedAnswers<void>();
  #isKnown = false;

  /** @throws ServiceError `configuration` for a name that cannot be part of an address */
  constructor({ project, subscription, name }: MkioAccount, lists: RecordLists) {
    const own = project || subscription;
    if (!own || own === '.' || own === '..' || !own.isWellFormed()) {
      throw new ServiceError('configuration', `The account needs the name of its project: ${name}`, {
        remedy: 'editAccount',
      });
    }
    this.#isOlder = !project;
    this.#name = own;
    this.#path = project ? `api/v1/projects/${pathOf(own)}/media` : `api/ams/${pathOf(own)}`;
    this.#lists = lists;
  }

  /** @param path below the project, percent-encoded */
  resource(path: string): string {
    return `${this.#path}/${path}`;
  }

  noteAnswer(): void {
    this.#isKnown = true;
  }

  forget(): void {
    this.#isKnown = false;
  }

  /** @throws ServiceError `configuration` where there is no such project, or the token may not see it */
  async requireExisting(signal: AbortSignal | undefined): Promise<void> {
    if (!this.#isKnown) {
      await this.confirm(signal);
    }
  }

  /** The same, asked in any case: what a project had a moment ago says nothing of a 404 now. */
  confirm(signal: AbortSignal | undefined): Promise<void> {
    return this.#confirmations.get('', signal, () => this.#confirm(signal));
  }

  async #confirm(signal: AbortSignal | undefined): Promise<void> {
    this.#isKnown = false;
    const transforms = await this.#lists.page(this.resource('transforms?$top=1'), signal);
    if (transforms === null && !(await this.#isListed(signal))) {
      throw new ServiceError(
        'configuration',
        `MK.IO has no project that the token may see by this name: ${this.#name}`,
        {
          status: 404,
          remedy: 'editAccount',
        },
      );
    }
    this.#isKnown = true;
  }

  /** A project without transforms may be answered with 404 too; but the older addresses have no list of projects. */
  async #isListed(signal: AbortSignal | undefined): Promise<boolean> {
    if (this.#isOlder) {
      return false;
    }
    try {
      const projects = await this.#lists.all(projectsResource, signal);
      return projects?.some((project) => readProjectName(project) === this.#name) ?? false;
    } catch (error) {
      if (ServiceError.is(error) && (error.kind === 'permission' || error.kind === 'notFound')) {
        return false;
      }
      throw error;
    }
  }
}
