import { countBatchPoints, type MetricBatch } from '../../../shared/core/batch.ts';
import { MetricBatchBuilder } from '../../../shared/core/batch-builder.ts';
import { metricId } from '../../../shared/core/metrics.ts';
import type { EncodedRequest, SendOutcome, Sink } from '../../../shared/sinks/sink.ts';

/** A request for points numbered `from` to `to` (not included). */
export interface RangeRequest extends EncodedRequest {
  readonly from: number;
  readonly to: number;
}

export function rangeRequest(from: number, to: number, idempotent = true): RangeRequest {
  return {
    from,
    to,
    points: to - from,
    bytes: 10 * (to - from),
    idempotent,
    split() {
      if (to - from < 2) return undefined;
      const middle = from + ((to - from) >> 1);
      return [rangeRequest(from, middle, idempotent), rangeRequest(middle, to, idempotent)];
    },
  };
}

export interface FakeSinkOptions {
  readonly name?: string;
  readonly perRequest?: number;
  readonly concurrency?: number;
  readonly idempotent?: boolean;
  /** Points at the end of a batch that `encode` refuses. */
  readonly refused?: number;
  /** Index of the request before which `encode` throws. */
  readonly breaksAt?: number;
  /** Told of each request of `encode` whose bytes are given back. */
  readonly released?: (request: RangeRequest) => void;
  readonly send: (request: RangeRequest, signal: AbortSignal, call: number) => Promise<SendOutcome>;
}

export interface FakeSink extends Sink<RangeRequest> {
  /** Requests in the order they were sent. */
  readonly sent: readonly RangeRequest[];
  readonly encodings: number;
  readonly generatorEnded: boolean;
}

/** A sink whose requests are ranges of point numbers; it does what it is told. */
export function createFakeSink(options: FakeSinkOptions): FakeSink {
  const sent: RangeRequest[] = [];
  const size = options.perRequest ?? 10;
  let encodings = 0;
  let generatorEnded = false;
  return {
    name: options.name ?? 'fake',
    shown: 'fake:',
    limits: { maxPoints: size, maxBytes: 10 * size, concurrency: options.concurrency ?? 1 },
    selection: { levels: ['node'], metrics: ['*'] },
    sent,
    get encodings() {
      return encodings;
    },
    get generatorEnded() {
      return generatorEnded;
    },
    *encode(batch, reject) {
      encodings++;
      try {
        const points = countBatchPoints(batch);
        const refused = Math.min(points, options.refused ?? 0);
        if (refused > 0) reject({ points: refused, reason: 'not for us' });
        for (let from = 0, index = 0; from < points - refused; from += size, index++) {
          if (index === options.breaksAt) throw new Error('encoder fault');
          const request = rangeRequest(from, Math.min(from + size, points - refused), options.idempotent);
          const { released } = options;
          yield released === undefined ? request : { ...request, release: () => released(request) };
        }
      } finally {
        generatorEnded = true;
      }
    },
    send(request, signal) {
      sent.push(request);
      return options.send(request, signal, sent.length - 1);
    },
    close: async () => {},
  };
}

/** A batch with so many points. */
export function batchOf(points: number): MetricBatch {
  const builder = new MetricBatchBuilder({ timestamp: Date.UTC(2026, 10, 24), resolution: 60_000, cluster: 'c' });
  const table = builder.table('node');
  for (let index = 0; index < points; index++) table.set(metricId('up'), table.addRow(), 1);
  return builder.build();
}
