import { guidOf, type IdKind, toId } from '../simulation/identifiers.ts';
import { badRequest, notFound } from './errors.ts';

/** What an address below the API root names. Ids are well-formed, but whether they exist is not looked at. */
export type Resource =
  | { readonly kind: 'serviceDocument' }
  | { readonly kind: 'jobs'; readonly count: boolean }
  | { readonly kind: 'job'; readonly id: string }
  | { readonly kind: 'jobProperty'; readonly id: string; readonly property: string }
  | { readonly kind: 'tasksOfJob'; readonly id: string }
  | { readonly kind: 'tasks'; readonly count: boolean }
  | { readonly kind: 'task'; readonly id: string }
  | { readonly kind: 'taskProperty'; readonly id: string; readonly property: string }
  | { readonly kind: 'cancelJob' };

const segmentPattern = /^(?<name>[A-Za-z$][A-Za-z0-9]*)(?<parentheses>\((?:'(?<key>(?:[^']|'')*)')?\))?$/;

interface Segment {
  readonly name: string;
  readonly key: string | undefined;
}

/**
 * Reads a path. Both `/api` and `/API` occur in Microsoft's samples, `Jobs` is the same as `Jobs()`, and a key may be
 * raw or percent-encoded.
 *
 * @throws ODataError 404 for an address that names nothing, 400 for a malformed one or a malformed id
 */
export function readPath(path: string): Resource {
  const [root, ...rest] = path.split('/').slice(1);
  if (root?.toLowerCase() !== 'api') {
    throw notFound(`Resource not found for the segment '${root ?? ''}'.`);
  }
  if (rest.at(-1) === '') {
    rest.pop();
  }
  const [first, second, third] = rest.map(readSegment);
  if (!first) {
    return { kind: 'serviceDocument' };
  }
  if (third) {
    throw notFound(`Resource not found for the segment '${third.name}'.`);
  }
  switch (first.name) {
    case 'Jobs':
      return readJobs(first, second);
    case 'Tasks':
      return readTasks(first, second);
    case 'CancelJob':
      if (!second) {
        return { kind: 'cancelJob' };
      }
      break;
    default:
      break;
  }
  throw notFound(`Resource not found for the segment '${(second ?? first).name}'.`);
}

/** @throws ODataError 400 where the text is no id of this kind */
export function checkId(kind: IdKind, id: string): string {
  const guid = guidOf(kind, id);
  if (guid === null) {
    throw badRequest(`The id '${id}' is malformed: ${toId(kind, '<guid>')} is expected.`);
  }
  return toId(kind, guid);
}

function readJobs(jobs: Segment, child: Segment | undefined): Resource {
  if (jobs.key === undefined) {
    return { kind: 'jobs', count: readCount(child) };
  }
  const id = checkId('jid', jobs.key);
  if (!child) {
    return { kind: 'job', id };
  }
  return child.name === 'Tasks' && child.key === undefined
    ? { kind: 'tasksOfJob', id }
    : { kind: 'jobProperty', id, property: child.name };
}

function readTasks(tasks: Segment, child: Segment | undefined): Resource {
  if (tasks.key === undefined) {
    return { kind: 'tasks', count: readCount(child) };
  }
  const id = checkId('tid', tasks.key);
  return child ? { kind: 'taskProperty', id, property: child.name } : { kind: 'task', id };
}

/** Whether the collection's `/$count` is asked for, the only thing that can follow it. */
function readCount(child: Segment | undefined): boolean {
  if (child && child.name !== '$count') {
    throw notFound(`Resource not found for the segment '${child.name}'.`);
  }
  return child !== undefined;
}

function readSegment(encoded: string): Segment {
  const groups = segmentPattern.exec(decode(encoded))?.groups;
  const { name, key } = groups ?? {};
  if (name === undefined) {
    throw badRequest(`Bad Request - Error in query syntax at the segment '${encoded}'.`);
  }
  return { name, key: key?.replaceAll("''", "'") };
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw badRequest(`The segment '${encoded}' is not properly percent-encoded.`);
  }
}
