import type { Level } from '../../shared/core/level.ts';

export const ALARM_IDS = [
  'node-down',
  'incomplete',
  'points-dropped',
  'backlog-growing',
  'memory-near-limit',
  'volume-almost-full',
  'pressure-high',
  'budget-exceeded',
] as const;
export type AlarmId = (typeof ALARM_IDS)[number];

/** A value that should not go beyond a bound. */
export interface Bound {
  /** Key of the catalog. */
  readonly metric: string;
  readonly comparison: '<' | '>';
  /** In the catalog's unit; of a quotient if `divisor` is given. */
  readonly threshold: number;
  /** Key of what the value is divided by. */
  readonly divisor?: string;
}

/** An alarm in the words of the catalog. */
export interface AlarmRule {
  readonly id: AlarmId;
  readonly title: string;
  /** What it means and what to do. */
  readonly description: string;
  readonly severity: 'critical' | 'warning';
  /** Levels to watch; the first at which the sink exports the metrics. */
  readonly levels: readonly Level[];
  /** Any of them raises the alarm. */
  readonly bounds: readonly Bound[];
  /** The same for consoles that cannot divide; undefined = `bounds` divide nothing. */
  readonly undivided?: readonly Bound[];
  /** One alarm for each value of these row labels, where the console tells them apart. */
  readonly by: readonly string[];
  /** Own labels that the value must have, with one of these values. */
  readonly only: Readonly<Record<string, readonly string[]>>;
  /** Minutes that it must last. */
  readonly minutes: number;
  /** True if no value at all is as bad. */
  readonly absent: boolean;
}

/** Bounds that depend on the house. Fractions are 0..1. */
export interface AlarmBounds {
  readonly completeness: number;
  readonly memory: number;
  readonly volume: number;
  /** Where a console cannot divide: bytes that should be free on a volume. */
  readonly volumeBytes: number;
  readonly pressure: number;
  readonly backlogMinutes: number;
  /** Most points that a tick may deliver; undefined = no budget, no alarm. */
  readonly budgetPoints: number | undefined;
}

export const DEFAULT_BOUNDS: AlarmBounds = {
  completeness: 0.9,
  memory: 0.9,
  volume: 0.9,
  volumeBytes: 2 ** 30,
  pressure: 0.25,
  backlogMinutes: 10,
  budgetPoints: undefined,
};
