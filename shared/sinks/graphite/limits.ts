import { HOUR } from '../../core/units.ts';
import type { SinkBacklog, SinkLimits } from '../sink.ts';
import { createLineBacklog } from '../text/line-backlog.ts';
import type { LineRequest, LineRequestRules } from '../text/line-request.ts';

/** A line that is longer ends the connection: Twisted's `LineOnlyReceiver.MAX_LENGTH`, which carbon has. */
const MAX_LINE_BYTES = 16_384;
/** A connection of its own each; no limit of Graphite's. */
const MAX_POINTS = 10_000;
const MAX_BODY_BYTES = 2 * 1_024 * 1_024;

export const LIMITS: SinkLimits = { maxPoints: MAX_POINTS, maxBytes: MAX_BODY_BYTES, concurrency: 1 };

/** A point that is sent twice overwrites its own slot of the archive. */
export const RULES: LineRequestRules = { idempotent: true, maxLine: MAX_LINE_BYTES };

/** Graphite takes late points, in any order, as far back as its archives reach. */
export const BACKLOG: SinkBacklog<LineRequest> = createLineBacklog(RULES, { maxAge: 24 * HOUR, ordered: false });

/**
 * Payload of a datagram: an Ethernet frame without the headers of IPv6 and UDP, less what tunnels take. Datagrams that
 * are divided on their way are lost as soon as one part is.
 */
export const MAX_DATAGRAM_BYTES = 1_400;
