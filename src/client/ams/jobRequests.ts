import { type JobState, knownJobStates } from '../../jobs/job.ts';
import { parseJobId } from '../../jobs/jobId.ts';
import type { JobQuery } from '../../jobs/jobQuery.ts';
import { ServiceError } from '../../jobs/serviceError.ts';
import type { Capability } from '../capability.ts';
import { stateNumber } from './jobEntities.ts';

/** The service cuts every page at 1000 entities, also without `$top` ("Querying entities", `$top` and `$skip`). */
export const largestPage = 1000;

/** A request, and what the service must be able to do for it, as far as that is not certain. */
export interface ResourceWay {
  readonly needs: readonly Capability[];
  readonly resource: string;
}

/** A job by its id, as "How to check job progress" asks for it. */
export function jobResource(jobId: string): string {
  return `Jobs()?$filter=Id%20eq%20${quotedKey(jobId)}&$top=1`;
}

/** Any one job: asked to see whether the service answers at all. */
export const anyJobResource = 'Jobs()?$top=1';

export const jobCountResource = 'Jobs()/$count';

/** The account's reserved units, in one entity; without parentheses, as the "EncodingReservedUnitType" page has it. */
export const reservedUnitsResource = 'EncodingReservedUnitTypes';

/** Of several requests, what each brings belongs to the answer. No `or`; states that we do not know stay in. */
export const activeJobs = {
  /** In one request. */
  byNe: jobsWhere('State ne 3 and State ne 4 and State ne 5'),
  /** Around the final states 3 to 5, in two. */
  byRange: [jobsWhere('State lt 3'), jobsWhere('State gt 5')],
  /** One request for each active state, which misses those that we do not know. */
  byState: [0, 1, 2, 6].map((state) => jobsWhere(`State eq ${state}`)),
} as const;

export const runningTasks = {
  selected: 'Tasks()?$filter=State%20eq%202&$select=Id,State,Progress',
  whole: 'Tasks()?$filter=State%20eq%202',
} as const;

/** The jobs that ended then or later. `EndTime` by analogy: client code has ranges of `StartTime` and `LastModified`. */
export function jobsEndedSince(time: number): string {
  return jobsWhere(`EndTime ge ${dateTime(time)}`);
}

/** IIS, which the service ran on, refuses a query string of more than 2048 characters unless told otherwise. */
const longestUrl = 2000;

/** Requests for jobs by their ids, several at a time, each short enough to be sent to this root. */
export function jobsByIds(
  jobIds: readonly string[],
  root: URL,
): readonly { resource: string; ids: readonly string[] }[] {
  const chunks: { resource: string; ids: string[] }[] = [];
  for (const id of jobIds) {
    const clause = `Id%20eq%20${quotedKey(id)}`;
    const last = chunks.at(-1);
    const longer = last && `${last.resource}%20or%20${clause}`;
    if (last && longer && urlLength(root, longer) + longestPaging <= longestUrl) {
      last.resource = longer;
      last.ids.push(id);
    } else {
      chunks.push({ resource: `Jobs()?$filter=${clause}`, ids: [id] });
    }
  }
  return chunks;
}

const longestPaging = '&$top=1000&$skip=1000'.length;

/** As it is sent: `URL` writes a quote as `%27`. */
function urlLength(root: URL, resource: string): number {
  return new URL(root.href + resource).href.length;
}

/**
 * How to list the jobs that a query means, without paging. Each way brings all that are meant and, from one to the next,
 * more that are not; the last needs nothing.
 */
export function listWays(query: JobQuery, lacks: (capability: Capability) => boolean): readonly ResourceWay[] {
  const isSupported = (condition: Condition | null): condition is Condition =>
    condition !== null && !condition.needs.some(lacks);
  // The most doubtful is left out first.
  const optional = [nameCondition(query.name ?? ''), createdCondition(query.createdFrom)].filter(isSupported);
  const [bestStates = anyState, ...otherStates] = stateConditions(query.states ?? []).filter(isSupported);
  return [
    ...Array.from(optional, (_, index) => wayOf([bestStates, ...optional.slice(index)])),
    wayOf([bestStates]),
    ...otherStates.map((states) => wayOf([states])),
  ];
}

/** The same list, the newest first. */
export function sortedNewestFirst({ needs, resource }: ResourceWay): ResourceWay {
  return { needs: [...needs, 'orderby'], resource: withOption(resource, '$orderby=Created%20desc') };
}

/** A part of a `$filter`; `null` lets everything through. */
interface Condition {
  readonly needs: readonly Capability[];
  readonly text: string | null;
}

const anyState: Condition = { needs: [], text: null };

function wayOf(conditions: readonly Condition[]): ResourceWay {
  const texts = conditions.flatMap(({ text }) => text ?? []);
  // An `or` binds less than the `and` between the conditions.
  const whole = texts.map((text) => (texts.length > 1 && text.includes(' or ') ? `(${text})` : text)).join(' and ');
  return {
    needs: conditions.flatMap(({ needs }) => needs),
    resource: whole === '' ? 'Jobs()?' : jobsWhere(whole),
  };
}

/** The conditions that let all these states through, the closest first. A state without a number cannot be asked for. */
function stateConditions(states: readonly JobState[]): readonly Condition[] {
  const numbers = [...new Set(states.map(stateNumber))].filter((number) => number !== null).sort((a, b) => a - b);
  const [least, ...others] = numbers;
  const most = others.at(-1);
  if (least === undefined || states.some((state) => stateNumber(state) === null)) {
    return [anyState];
  }
  if (most === undefined) {
    return [{ needs: [], text: `State eq ${least}` }];
  }
  const unwanted = knownJobStates.map((_, index) => index).filter((number) => !numbers.includes(number));
  if (unwanted.length === 0) {
    return [anyState];
  }
  return [
    { needs: ['or'], text: numbers.map((number) => `State eq ${number}`).join(' or ') },
    { needs: ['ne'], text: unwanted.map((number) => `State ne ${number}`).join(' and ') },
    { needs: ['range'], text: `State ge ${least} and State le ${most}` },
    anyState,
  ];
}

/** Characters of a name that are asked for, so that the address stays short. */
const longestName = 100;

/**
 * A part of the name in any case. Only a run of ASCII is asked for: what the lower case of other letters is differs from
 * one system to the next, and a shorter part lets more through, never less.
 */
function nameCondition(name: string): Condition | null {
  const runs = name.match(/[ -~]+/g) ?? [];
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  if (longest.trim() === '') {
    return null;
  }
  return {
    needs: ['tolower'],
    text: `substringof('${longest.slice(0, longestName).toLowerCase().replaceAll("'", "''")}',tolower(Name))`,
  };
}

function createdCondition(createdFrom: number | undefined): Condition | null {
  // Beyond these years there is no literal for a time, and before them no service.
  if (createdFrom === undefined || !(createdFrom > 0 && createdFrom < Date.UTC(9999, 0))) {
    return null;
  }
  return { needs: ['createdRange'], text: `Created ge ${dateTime(createdFrom)}` };
}

/** OData v3: UTC, without a zone. */
function dateTime(time: number): string {
  return `datetime'${new Date(Math.floor(time)).toISOString().slice(0, -1)}'`;
}

function jobsWhere(filter: string): string {
  return `Jobs()?${filterOption(filter)}`;
}

function filterOption(filter: string): string {
  return `$filter=${encodeURIComponent(filter)}`;
}

/** One page of a resource. */
export function pageOf(resource: string, top: number, skip: number): string {
  const page = withOption(resource, `$top=${top}`);
  return skip > 0 ? withOption(page, `$skip=${skip}`) : page;
}

function withOption(resource: string, option: string): string {
  return `${resource}${resource.endsWith('?') ? '' : '&'}${option}`;
}

/**
 * A job id as a key or literal of OData: quoted and percent-encoded, as the documented requests have it.
 * @throws ServiceError `badRequest` for what is no job id
 */
export function quotedKey(jobId: string): string {
  // Only the bare id: a URL that contains one is for people to paste, not for callers to pass.
  if (!/^nb:jid:uuid:[0-9a-f-]{36}$/i.test(jobId) || parseJobId(jobId) === null) {
    throw new ServiceError('badRequest', `This is not a job id like nb:jid:UUID:<guid>: ${jobId.slice(0, 100)}`);
  }
  return `'${encodeURIComponent(jobId)}'`;
}
