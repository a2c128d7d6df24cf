import * as z from '../../core/zod.ts';
import type { SinkBacklog } from '../sink.ts';
import type { SizedDatum } from './datum.ts';
import { OLDEST } from './limits.ts';
import { type MetricDataRequest, toRequest } from './request.ts';

/** A datum as JSON has it. */
type SavedDatum = Omit<SizedDatum['datum'], 'Timestamp'> & { readonly Timestamp: string };

function isSavedDatum(value: unknown): boolean {
  const datum = value as Partial<SavedDatum> | null;
  return typeof datum?.MetricName === 'string' && typeof datum.Timestamp === 'string';
}

/** A saved request: what it takes to send and to divide it. */
const SAVED = z.object({
  namespace: z.string(),
  timestamp: z.number(),
  idempotent: z.boolean(),
  datums: z.array(
    z.object({
      points: z.number(),
      bytes: z.number(),
      /** Taken as it is, keys in their order, so that a saved request has the same bytes. */
      datum: z.custom<SavedDatum>(isSavedDatum),
    }),
  ),
});

/** CloudWatch takes values of the last two weeks, in any order. */
export const BACKLOG: SinkBacklog<MetricDataRequest> = {
  maxAge: OLDEST,
  ordered: false,
  save: ({ namespace, timestamp, idempotent, sized }) =>
    Buffer.from(JSON.stringify({ namespace, timestamp, idempotent, datums: sized })),
  load(bytes) {
    const { datums, ...head } = SAVED.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
    return toRequest(
      head,
      datums.map(
        ({ points, bytes: size, datum }): SizedDatum => ({
          points,
          bytes: size,
          datum: { ...datum, Timestamp: new Date(datum.Timestamp) },
        }),
      ),
    );
  },
};
