import type { JobIdFormName } from './jobIdForms.ts';

/** What a service is and can do: all that whoever shows its jobs adapts to. */
export interface ServiceCapabilities {
  /** What the service is called, in few letters. */
  readonly service: string;
  readonly cancel: boolean;
  readonly delete: boolean;
  /**
   * How the priority of a queued job can be changed: to any whole number of 32 bits, to one of a few levels, which are
   * named from the least urgent up and counted from 0, or not at all.
   */
  readonly priority: 'number' | readonly string[] | null;
  /** By what the service itself leaves jobs out. For the rest, all of them have to be looked at here. */
  readonly filter: { readonly states: boolean; readonly name: boolean; readonly created: boolean };
  /** Whether the service can list the newest first. */
  readonly sort: boolean;
  /** Whether the service says how far a job is. */
  readonly progress: boolean;
  /** Whether every job comes with its tasks, so that they are never asked for by themselves. */
  readonly tasksWithJobs: boolean;
  readonly jobIds: JobIdFormName;
}
