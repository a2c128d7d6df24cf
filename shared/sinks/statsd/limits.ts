import { MINUTE } from '../../core/units.ts';
import type { SinkLimits } from '../sink.ts';

/** Bytes of a datagram that no network on the way divides; StatsD's own advice is 512 over the internet, 1432 within. */
export const MAX_DATAGRAM_BYTES = 1_400;
/** The largest payload of a datagram; a longer line cannot be sent. */
export const MAX_LINE_BYTES = 65_507;
/** Values that are older are not sent: StatsD would take them for those of now. */
export const OLDEST = 5 * MINUTE;

export const LIMITS: SinkLimits = { maxPoints: 5_000, maxBytes: 1_048_576, concurrency: 1 };
