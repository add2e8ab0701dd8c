import type { AccountProblem } from '../jobs/accountStatus.ts';
import type { JobKey } from '../jobs/job.ts';

/**
 * The rows of the Jobs panel. A node only names what it stands for; what it looks like is read from the store when it
 * is drawn. One node object is kept per thing, so that VS Code can redraw it alone.
 */
export type JobsNode = AccountNode | GroupNode | JobNode | TaskNode | LoadMoreNode | NoteNode | ProblemNode;

export interface AccountNode {
  readonly type: 'account';
  readonly account: string;
}

/** Jobs of one state or one day, below an account or at the root. */
export interface GroupNode {
  readonly type: 'group';
  readonly account: string;
  /** See `JobGroup.key`. */
  readonly key: string;
}

/** Its fields make it a `JobKey`, so that commands take nodes and keys alike. */
export interface JobNode extends JobKey {
  readonly type: 'job';
}

export interface TaskNode {
  readonly type: 'task';
  readonly job: JobNode;
  readonly taskId: string;
}

export interface LoadMoreNode {
  readonly type: 'loadMore';
  readonly account: string;
}

/** A line that says why there is nothing below an account or a job, or at the root where a filter leaves nothing. */
export interface NoteNode {
  readonly type: 'note';
  readonly parent: AccountNode | JobNode | undefined;
  readonly text: string;
  /** Whether taking off the filter helps. */
  readonly isFiltered?: boolean;
}

/** A wrong entry of the accounts setting. */
export interface ProblemNode extends AccountProblem {
  readonly type: 'problem';
}
