/** How many tasks the account can run at a time, and on what. */
export interface ReservedUnits {
  readonly accountId: string;
  /** S1 (0), S2 (1) or S3 (2). */
  readonly type: number;
  readonly most: number;
  readonly current: number;
}

/** As many as an account can have unless it asks for more (MS docs "EncodingReservedUnitType"). */
const usualMost = 25;
const standard = 1;
/** The account of the page's sample. */
const accountId = '61318ce3-0629-4400-8a1b-e716bc501314';

export function reservedUnitsOf(count: number): ReservedUnits {
  return { accountId, type: standard, most: Math.max(usualMost, count), current: count };
}
