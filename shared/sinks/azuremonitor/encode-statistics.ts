import type { StatisticColumns } from '../../core/batch.ts';

/** The numbers of a series in one minute. */
export interface Statistics {
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  readonly count: number;
  /** Values of the batch that came together in it. */
  readonly points: number;
}

/** Numbers that come together under one series. */
export class StatisticsMerger {
  /** Values that cannot be sent. */
  refused = 0;
  #points = 0;
  #count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  /** Adds the value of a row; `statistics` = the count, minimum and maximum behind it. Absent values do not count. */
  add(raw: number, scale: number, statistics: StatisticColumns | undefined, row: number): void {
    if (Number.isNaN(raw)) return;
    const value = raw * scale;
    const given = statistics === undefined ? Number.NaN : (statistics.count[row] ?? Number.NaN);
    const count = given > 0 ? given : 1;
    const min = given > 0 ? (statistics?.min[row] ?? Number.NaN) * scale : value;
    const max = given > 0 ? (statistics?.max[row] ?? Number.NaN) * scale : value;
    if (
      !(Number.isFinite(value) && Number.isFinite(min) && Number.isFinite(max) && Number.isFinite(this.#sum + value))
    ) {
      this.refused++;
      return;
    }
    this.#points++;
    this.#count += count;
    this.#sum += value;
    this.#min = Math.min(this.#min, min);
    this.#max = Math.max(this.#max, max);
  }

  /** Undefined if there is nothing to send. */
  merged(): Statistics | undefined {
    if (this.#points === 0) return undefined;
    return { min: this.#min, max: this.#max, sum: this.#sum, count: this.#count, points: this.#points };
  }
}
