/** Greater is sooner in v2, 0 being what everybody gets. */
export function priorityName(priority: number): 'Low' | 'Normal' | 'High' {
  return priority === 0 ? 'Normal' : priority > 0 ? 'High' : 'Low';
}

const numbers: ReadonlyMap<unknown, number> = new Map([
  ['Low', -1],
  ['Normal', 0],
  ['High', 1],
]);

/** Undefined where it is none of the three names. */
export function priorityNumber(name: unknown): number | undefined {
  return numbers.get(name);
}
