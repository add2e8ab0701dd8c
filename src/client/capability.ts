/**
 * What a service may turn out not to do. Only what a service lacks is ever kept, by these names:
 * - `ne`, `or`, `range`: `State ne …`, `… or …`, `State lt …` in `$filter`;
 * - `createdRange`, `endedRange`: `Created ge …`, `EndTime ge …`;
 * - `tolower`: the function, in `$filter`;
 * - `newestFirst`: a list that is newest first by itself; `orderby`: `$orderby`;
 * - `allTasks`: the tasks of all jobs at once; `selectOnTasks`: `$select` there;
 * - `count`: `Jobs()/$count`;
 * - `reservedUnits`: the set `EncodingReservedUnitTypes`.
 *
 * Of services with the records of Azure Media Services v3:
 * - `stateFilter`: `properties/state eq …` in `$filter`; `typedStates`: `Microsoft.Media.JobState'…'` there;
 * - `contains`: the function, in `$filter`;
 * - `largePages`: more than 100 in `$top`.
 */
export const capabilities = [
  'ne',
  'or',
  'range',
  'createdRange',
  'endedRange',
  'tolower',
  'newestFirst',
  'orderby',
  'allTasks',
  'selectOnTasks',
  'count',
  'reservedUnits',
  'stateFilter',
  'typedStates',
  'contains',
  'largePages',
] as const;

export type Capability = (typeof capabilities)[number];

/** The capabilities that a value names, which may be damaged or of another version. */
export function readCapabilities(value: unknown): readonly Capability[] {
  return Array.isArray(value) ? capabilities.filter((capability) => value.includes(capability)) : [];
}
