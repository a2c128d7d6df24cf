import { HOUR } from '../../core/units.ts';
import type { SinkBacklog } from '../sink.ts';
import { createLineBacklog } from '../text/line-backlog.ts';
import type { LineRequest, LineRequestRules } from '../text/line-request.ts';

/** Heapster's bulk: 1,000 documents or 2 MB. The server's own bound is `http.max_content_length` (100 MB). */
const MAX_DOCUMENTS = 1_000;
const MAX_BODY_BYTES = 2 * 1_024 * 1_024;
const MAX_POINTS = 50_000;

export const LIMITS = { maxPoints: MAX_POINTS, maxBytes: MAX_BODY_BYTES } as const;

/** A document's `_id` is made of its series and time: sent again, it replaces itself. */
export const RULES: LineRequestRules = { idempotent: true, maxLines: MAX_DOCUMENTS };

/** Elasticsearch takes documents of any time. */
export const BACKLOG: SinkBacklog<LineRequest> = createLineBacklog(RULES, { maxAge: 14 * 24 * HOUR, ordered: false });
