import { isFinalState, type JobState, type KnownJobState, knownJobStates } from '../../jobs/job.ts';
import type { JobQuery } from '../../jobs/jobQuery.ts';
import type { Capability } from '../capability.ts';
import { rawState } from './jobRecords.ts';

/** How one service writes its filters. */
export interface FilterLanguage {
  /** Whether a state may be `Microsoft.Media.JobState'Finished'` and not just `'Finished'`; then that is tried first. */
  readonly hasTypedStates: boolean;
  /** Whether there may be `contains(name,'…')`. */
  readonly hasContains: boolean;
}

/** Lists that together hold all jobs that are meant, each as the options of its request. */
export interface QueryWay {
  readonly needs: readonly Capability[];
  readonly options: readonly string[];
}

const newestFirst = '$orderby=properties/created%20desc';

/**
 * How to list the jobs that a query means, newest first but for the last ways. Each way brings all that are meant and,
 * from one to the next, more that are not; the last needs nothing.
 */
export function listWays(
  query: JobQuery,
  language: FilterLanguage,
  lacks: (capability: Capability) => boolean,
): readonly QueryWay[] {
  const isSupported = ({ needs }: Condition): boolean => !needs.some(lacks);
  // The most doubtful is left out first.
  const optional = [
    ...(language.hasContains ? nameConditions(query.name ?? '') : []),
    ...createdConditions(query.createdFrom),
  ].filter(isSupported);
  const [best = anyState, ...others] = stateConditions(query.states ?? [], language).filter(isSupported);
  const filtered = [
    ...optional.map((_, index) => both(best, optional.slice(index))),
    best,
    ...others,
    ...(best === anyState || others.includes(anyState) ? [] : [anyState]),
  ];
  const ways = filtered.map(wayOf);
  return [...ways.map((way) => ({ ...way, needs: [...way.needs, 'orderby' as const] })), ...ways.map(unsorted)];
}

/** All jobs in no final state: in one list, or one for each active state, which misses those that we do not know. */
export function activeWays(language: FilterLanguage): readonly QueryWay[] {
  const final = knownJobStates.filter(isFinalState);
  const active = knownJobStates.filter((state) => !isFinalState(state));
  const inForm = (form: StateForm): readonly Condition[] => [
    { needs: [...form.needs, 'ne'], texts: [final.map((state) => form.is(state, 'ne')).join(' and ')] },
    { needs: [...form.needs, 'stateFilter'], texts: active.map((state) => form.is(state, 'eq')) },
  ];
  const forms = formsOf(language);
  return [...forms.flatMap((form) => inForm(form)), anyState].map((condition) => unsorted(wayOf(condition)));
}

/** A part of a `$filter`; of several texts, each stands for a list of its own. `null` lets everything through. */
interface Condition {
  readonly needs: readonly Capability[];
  readonly texts: readonly (string | null)[];
}

const anyState: Condition = { needs: [], texts: [null] };

/** One way to write that a job is, or is not, in a state. */
interface StateForm {
  readonly needs: readonly Capability[];
  is(state: string, operator: 'eq' | 'ne'): string;
}

const plainForm: StateForm = {
  needs: [],
  is: (state, operator) => `properties/state ${operator} ${quoted(state)}`,
};
/** As "Filter, order, and page Media Services entities" has it. */
const typedForm: StateForm = {
  needs: ['typedStates'],
  is: (state, operator) => `properties/state ${operator} Microsoft.Media.JobState${quoted(state)}`,
};

function formsOf({ hasTypedStates }: FilterLanguage): readonly StateForm[] {
  return hasTypedStates ? [typedForm, plainForm] : [plainForm];
}

/** More lists at a time than this are not worth it: all of them are known to hold much that is not meant. */
const mostLists = 4;

/** The conditions that let all these states through, the closest first. */
function stateConditions(states: readonly JobState[], language: FilterLanguage): readonly Condition[] {
  const raw = [...new Set(states.map(rawState))].filter((state) => state !== null);
  const unwanted = knownJobStates.filter((state) => !raw.includes(state));
  if (raw.length === 0 || states.some((state) => rawState(state) === null) || unwanted.length === 0) {
    return [anyState];
  }
  const inForm = (form: StateForm): readonly Condition[] => {
    const each: Condition = {
      needs: [...form.needs, 'stateFilter'],
      texts: raw.map((state) => form.is(state, 'eq')),
    };
    return raw.length === 1
      ? [each]
      : [
          { needs: [...form.needs, 'or'], texts: [raw.map((state) => form.is(state, 'eq')).join(' or ')] },
          {
            needs: [...form.needs, 'ne'],
            texts: [unwanted.map((state: KnownJobState) => form.is(state, 'ne')).join(' and ')],
          },
          ...(raw.length <= mostLists ? [each] : []),
        ];
  };
  return [...formsOf(language).flatMap(inForm), anyState];
}

/** Characters of a name that are asked for, so that the address stays short. */
const longestName = 100;

/**
 * A part of the name in any case, which `contains` does not promise to overlook: either it is told to, or only what has
 * no case is asked for. Only ASCII: what the lower case of other letters is differs from one system to the next.
 */
function nameConditions(name: string): readonly Condition[] {
  const ascii = longestRun(name, /[ -~]+/g).toLowerCase();
  const caseless = longestRun(name, /[ -@[-`{-~]+/g);
  return [
    ...(ascii === '' || ascii === caseless
      ? []
      : [{ needs: ['tolower'] as const, texts: [`contains(tolower(name),${quoted(ascii)})`] }]),
    ...(caseless === '' ? [] : [{ needs: ['contains'] as const, texts: [`contains(name,${quoted(caseless)})`] }]),
  ];
}

function longestRun(text: string, pattern: RegExp): string {
  const runs = text.match(pattern) ?? [];
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '').slice(0, longestName);
  return longest.trim() === '' ? '' : longest;
}

function createdConditions(createdFrom: number | undefined): readonly Condition[] {
  // Beyond these years there is no literal for a time, and before them no service.
  if (createdFrom === undefined || !(createdFrom > 0 && createdFrom < Date.UTC(9999, 0))) {
    return [];
  }
  // Whole seconds, as in requests of clients that are in use.
  const time = new Date(Math.floor(createdFrom / 1000) * 1000).toISOString().replace('.000Z', 'Z');
  return [{ needs: ['createdRange'], texts: [`properties/created ge ${time}`] }];
}

/** All of the optional conditions, and for each of the others a list of its own. */
function both(condition: Condition, optional: readonly Condition[]): Condition {
  const texts = optional.flatMap((one) => one.texts).filter((text) => text !== null);
  return {
    needs: [...condition.needs, ...optional.flatMap(({ needs }) => needs)],
    texts: condition.texts.map((text) => joined([text, ...texts].filter((part) => part !== null))),
  };
}

/** An `or` binds less than the `and` between the conditions. */
function joined(texts: readonly string[]): string {
  return texts.map((text) => (texts.length > 1 && text.includes(' or ') ? `(${text})` : text)).join(' and ');
}

function wayOf({ needs, texts }: Condition): QueryWay {
  const options = texts.map((text) =>
    [...(text === null ? [] : [`$filter=${encodeURIComponent(text)}`]), newestFirst].join('&'),
  );
  return { needs, options };
}

function unsorted({ needs, options }: QueryWay): QueryWay {
  return { needs, options: options.map((option) => option.replace(newestFirst, '').replace(/&$/, '')) };
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
