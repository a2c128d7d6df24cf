import type { Spread } from './statistics.ts';

export type FigureUnit = 'P' | 'parse' | 'times' | 'MB' | 'KB' | 'B' | 's' | 'ms' | 'CPU-s' | 'count' | '%';

/** One number that a benchmark found, and what it must keep. */
export interface Figure {
  /** Group of rows in the table. */
  readonly group: string;
  readonly name: string;
  readonly value: number;
  readonly unit: FigureUnit;
  /** From the smallest to the largest round, if there were several. */
  readonly between?: readonly [number, number];
  /** At most this (design budget). */
  readonly must?: number;
  /** At most this, as the next aim. */
  readonly reach?: number;
  readonly note?: string;
}

export type Verdict = 'reaches' | 'holds' | 'FAILS' | '';

/** Whether a figure keeps its budget; empty without one. */
export function verdictOf({ value, must, reach }: Figure): Verdict {
  if (reach !== undefined && value <= reach) return 'reaches';
  if (must === undefined) return '';
  return value <= must ? 'holds' : 'FAILS';
}

/** The value and the range of a spread as parts of a figure; `scale` divides. */
export function fromSpread({ median, min, max, count }: Spread, scale = 1): Pick<Figure, 'value' | 'between'> {
  return { value: median / scale, ...(count > 1 && { between: [min / scale, max / scale] as const }) };
}
