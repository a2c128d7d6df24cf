import * as z from '../../core/zod.ts';
import type { SinkBacklog } from '../sink.ts';
import { OLDEST } from './limits.ts';
import { type CustomMetricsRequest, type SeriesPart, toRequest } from './request.ts';

/** A saved request: series with the number of their head and the points in them. */
const SAVED = z.object({
  timestamp: z.number(),
  idempotent: z.boolean(),
  heads: z.array(z.string()),
  series: z.array(z.tuple([z.number(), z.number(), z.string()])),
});

/** Azure Monitor takes values of the last 20 minutes, in any order. */
export const BACKLOG: SinkBacklog<CustomMetricsRequest> = {
  maxAge: OLDEST,
  ordered: false,
  save({ timestamp, idempotent, parts }) {
    const numbers = new Map<string, number>();
    for (const { head } of parts) if (!numbers.has(head)) numbers.set(head, numbers.size);
    const series = parts.map(({ head, points, series: text }) => [numbers.get(head), points, text]);
    return Buffer.from(JSON.stringify({ timestamp, idempotent, heads: [...numbers.keys()], series }));
  },
  load(bytes) {
    const { heads, series, ...head } = SAVED.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
    const parts = series.map(([number, points, text]): SeriesPart => {
      const of = heads[number];
      if (of === undefined) throw new RangeError(`a saved request has no head ${number}`);
      return { head: of, series: text, bytes: Buffer.byteLength(text), points };
    });
    return toRequest(head, parts);
  },
};
