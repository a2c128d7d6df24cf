import type { TickReport } from '../../shared/app/tick-report.ts';

/** One tick, as the parent orders it. */
export interface Order {
  /** Scheduled time, Unix ms. */
  readonly stamp: number;
  /** By how much the calendar is moved, in ms. */
  readonly offset: number;
  /** Time of the tick, in ms: also its lease. */
  readonly millis: number;
  /** How many ticks of the same minute this process begins at once; default 1. */
  readonly times?: number;
}

/** What a collector process says. A report that was said is one that its operator has read. */
export type Said =
  | { readonly kind: 'ready' | 'begun' }
  | { readonly kind: 'done'; readonly reports: readonly TickReport[] }
  | { readonly kind: 'failed'; readonly why: string };
