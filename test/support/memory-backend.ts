import type { MetricBatch, MetricTable } from '../../shared/core/batch.ts';
import type { Level } from '../../shared/core/level.ts';
import { HOUR } from '../../shared/core/units.ts';
import { rowKey } from '../../shared/sinks/row-key.ts';
import { createRowReader } from '../../shared/sinks/row-values.ts';
import type { EncodedRequest, SendOutcome, Sink } from '../../shared/sinks/sink.ts';

/** Series and stamp of a point, as one text. */
export type PointId = string;

export interface MemoryRequest extends EncodedRequest {
  readonly timestamp: number;
  readonly ids: readonly PointId[];
}

export interface MemoryBackendOptions {
  readonly name?: string;
  readonly levels: readonly Level[];
  readonly metrics: readonly string[];
  /** The backend refuses points older than the newest of their series. */
  readonly ordered: boolean;
  /** False: a second copy counts twice, so that it is not sent after a doubt. */
  readonly idempotent: boolean;
  readonly perRequest?: number;
}

/** A backend in memory that outlives the collectors that send to it, and keeps books of its own. */
export interface MemoryBackend {
  readonly sink: Sink<MemoryRequest>;
  /** How often each point is stored. */
  readonly stored: ReadonlyMap<PointId, number>;
  /** Points refused because a newer one of their series is stored. */
  readonly disordered: readonly PointId[];
  /** What the next requests meet; empty = all is taken. */
  readonly script: ('refuse' | 'down' | 'lost' | 'lost before')[];
  /** Every request meets this until it is undefined again. */
  always: 'refuse' | 'down' | 'lost' | 'lost before' | undefined;
}

const SEPARATOR = ' @ ';

export function createMemoryBackend(options: MemoryBackendOptions): MemoryBackend {
  const size = options.perRequest ?? 20;
  const stored = new Map<PointId, number>();
  const newest = new Map<string, number>();
  const disordered: PointId[] = [];

  const toRequest = (timestamp: number, ids: readonly PointId[]): MemoryRequest => ({
    timestamp,
    ids,
    points: ids.length,
    bytes: ids.reduce((sum, id) => sum + id.length, 0),
    idempotent: options.idempotent,
    split: () => undefined,
  });

  function store(request: MemoryRequest): SendOutcome {
    let refused = 0;
    for (const id of request.ids) {
      const series = id.slice(0, id.lastIndexOf(SEPARATOR));
      const last = newest.get(series) ?? Number.NEGATIVE_INFINITY;
      if (options.ordered && request.timestamp < last) {
        disordered.push(id);
        refused++;
        continue;
      }
      newest.set(series, Math.max(last, request.timestamp));
      stored.set(id, (stored.get(id) ?? 0) + 1);
    }
    if (refused === 0) return { status: 'delivered' };
    return { status: 'partial', rejected: refused, cause: new Error('older than what is stored') };
  }

  const backend: MemoryBackend = {
    stored,
    disordered,
    script: [],
    always: undefined,
    sink: {
      name: options.name ?? 'memory-backend',
      shown: `${options.name ?? 'memory-backend'}:`,
      limits: { maxPoints: size, maxBytes: 1e9, concurrency: 2 },
      selection: { levels: options.levels, metrics: options.metrics },
      *encode(batch) {
        const ids = [...pointIds(batch)];
        for (let at = 0; at < ids.length; at += size) yield toRequest(batch.timestamp, ids.slice(at, at + size));
      },
      async send(request) {
        const cause = new Error('as the script says');
        switch (backend.script.shift() ?? backend.always) {
          case 'refuse':
            return { status: 'rejected', cause };
          case 'down':
            return { status: 'retryable', ambiguous: false, retryAfter: HOUR, cause };
          case 'lost':
            store(request);
            return { status: 'retryable', ambiguous: true, retryAfter: HOUR, cause };
          case 'lost before':
            return { status: 'retryable', ambiguous: true, retryAfter: HOUR, cause };
          case undefined:
            return store(request);
        }
      },
      backlog: {
        maxAge: 48 * HOUR,
        ordered: options.ordered,
        save: ({ timestamp, ids }) => Buffer.from(JSON.stringify({ timestamp, ids })),
        load(bytes) {
          const { timestamp, ids } = JSON.parse(Buffer.from(bytes).toString()) as Pick<
            MemoryRequest,
            'timestamp' | 'ids'
          >;
          return toRequest(timestamp, ids);
        },
      },
      close: async () => undefined,
    },
  };
  return backend;
}

function* pointIds(batch: MetricBatch): Generator<PointId> {
  for (const table of Object.values(batch.tables) as readonly MetricTable[]) {
    const read = createRowReader(batch, table);
    for (let row = 0; row < table.rows; row++) {
      for (const { metric, own } of read(row)) {
        yield `${rowKey(batch, table, row)} ${metric.key} ${JSON.stringify(own)}${SEPARATOR}${batch.timestamp}`;
      }
    }
  }
}
