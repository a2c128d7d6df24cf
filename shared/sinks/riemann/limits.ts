import { HOUR, type Millis } from '../../core/units.ts';

/** Heapster's default of `batchsize`. */
export const DEFAULT_BATCH_SIZE = 1_000;
/** Our own bound: Riemann reads a message of any length over TCP. */
export const MAX_BYTES = 1_048_576;
/** Bytes before a message that tell its length. */
export const FRAME_BYTES = 4;
/** How late events are still sent. Riemann takes any time; what is older than its ttl is expired when it comes. */
export const OLDEST: Millis = HOUR;
