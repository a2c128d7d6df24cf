import type { StatisticColumns } from '../../core/batch.ts';
import type { DatumNumbers } from './datum.ts';
import { LEAST_VALUE, MAX_VALUE } from './limits.ts';

/** The numbers of one series at one time, with the points of the batch in them and those that cannot be sent. */
export interface MergedNumbers {
  /** Undefined if nothing is left to send. */
  readonly numbers: DatumNumbers | undefined;
  readonly points: number;
  readonly refused: number;
}

/** A number as CloudWatch takes it; NaN if it does not. */
export function sendable(value: number): number {
  const size = Math.abs(value);
  if (!(size <= MAX_VALUE)) return Number.NaN;
  return size < LEAST_VALUE ? 0 : value;
}

/** Numbers that came together under one series: values with how often each occurred, or totals with their statistics. */
export class NumberMerger {
  readonly #maxValues: number;
  #points = 0;
  #refused = 0;
  #count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #hasStatistics = false;
  /** How often each value occurred; made with the second one, as most series have one. */
  #values: Map<number, number> | undefined;

  /** Beyond `maxValues` different numbers, they become a statistic set. */
  constructor(maxValues: number) {
    this.#maxValues = maxValues;
  }

  /** Adds the value of a row; `statistics` = the count, minimum and maximum behind it. Absent values do not count. */
  add(raw: number, scale: number, statistics: StatisticColumns | undefined, row: number): void {
    if (Number.isNaN(raw)) return;
    const value = sendable(raw * scale);
    const count = statistics === undefined ? Number.NaN : statistics.count[row]!;
    const min = count > 0 ? sendable(statistics!.min[row]! * scale) : value;
    const max = count > 0 ? sendable(statistics!.max[row]! * scale) : value;
    if (Number.isNaN(value + min + max)) {
      this.#refused++;
      return;
    }
    if (count > 0) this.#hasStatistics = true;
    if (!this.#hasStatistics && this.#points > 0) {
      this.#values ??= new Map([[this.#sum, 1]]);
      this.#values.set(value, (this.#values.get(value) ?? 0) + 1);
    }
    this.#points++;
    this.#count += count > 0 ? count : 1;
    this.#sum += value;
    this.#min = Math.min(this.#min, min);
    this.#max = Math.max(this.#max, max);
  }

  /** One datum's numbers: never two, as CloudWatch would add them up. */
  merged(): MergedNumbers {
    return { numbers: this.#numbers(), points: this.#points, refused: this.#refused };
  }

  #numbers(): DatumNumbers | undefined {
    if (this.#points === 0) return undefined;
    if (this.#points === 1 && !this.#hasStatistics) return { form: 'value', value: this.#sum };
    const values = this.#hasStatistics ? undefined : this.#values;
    if (values !== undefined && values.size <= this.#maxValues) {
      return { form: 'values', values: [...values.keys()], counts: [...values.values()] };
    }
    return { form: 'statistics', count: this.#count, sum: this.#sum, min: this.#min, max: this.#max };
  }
}
