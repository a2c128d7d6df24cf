/** A middle value and what it lies between. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

/** Throws `RangeError` if there are no values, or one is not a number. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0 || values.some(Number.isNaN)) throw new RangeError(`no spread of [${values.join(', ')}]`);
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle]!;
  const median = sorted.length % 2 === 1 ? upper : (sorted[middle - 1]! + upper) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)!, count: sorted.length };
}

/** Round by round: what the first took, in units of what the second took in the same round. */
export function ratiosOf(values: readonly number[], floors: readonly number[]): Spread {
  if (values.length !== floors.length) throw new RangeError(`${values.length} values, ${floors.length} floors`);
  return spreadOf(values.map((value, round) => value / floors[round]!));
}

/** The order of contestants in a round: each begins as often as the others, and follows each of its neighbours. */
export function orderOf<T>(contestants: readonly T[], round: number): readonly T[] {
  const shift = round % contestants.length;
  const rotated = [...contestants.slice(shift), ...contestants.slice(0, shift)];
  return Math.floor(round / contestants.length) % 2 === 0 ? rotated : rotated.toReversed();
}
