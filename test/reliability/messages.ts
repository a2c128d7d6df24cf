import type { TickReport } from '../../shared/app/tick-report.ts';

/** One tick, as the parent orders it. */
export interface Order {
  /** Scheduled time, Unix ms. */
  readonly stamp: number;
  /** By how much the calendar is moved, in ms. */
  readonly offset: number;
  /** Time of the tick, in ms: also its lease. */
  readonly millis: number;
}

/** What a collector process says. A report that was said is one that its operator has read. */
export type Said =
  | { readonly kind: 'ready' | 'begun' }
  | { readonly kind: 'done'; readonly reports: readonly TickReport[] }
  | { readonly kind: 'failed'; readonly why: string };
