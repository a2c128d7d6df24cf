import { createHash } from 'node:crypto';
import type { UnixMillis } from '../core/units.ts';

/** Where one run of a tick keeps what one sink did not take. */
export interface BacklogPlace {
  readonly cluster: string;
  /** Identity of the sink: `backlogSink`. */
  readonly sink: string;
  readonly timestamp: UnixMillis;
  /** Name of the shard, or `TOTALS`. */
  readonly part: string;
  /** Points in the object, and its bytes: so that a list of keys tells how much waits. */
  readonly points: number;
  readonly bytes: number;
}

/** The part of the rows that the reduction exports. No shard has this name. */
export const TOTALS = 'totals';

/** A sink's identity in keys: its name and a digest of its URI as shown, so that another target is another sink. */
export function backlogSink(sink: { readonly name: string; readonly shown: string }): string {
  const digest = createHash('sha256').update(sink.shown).digest('hex').slice(0, 8);
  return `${encodeURIComponent(sink.name)}-${digest}`;
}

/** Prefix of all keys of a cluster. */
export function backlogPrefix(cluster: string): string {
  return `backlog/${encodeURIComponent(cluster)}/`;
}

/** `backlog/<cluster>/<sink>/<stamp>/<part>~<points>~<bytes>`; a sink's keys are in the order of their stamps until 2286. */
export function backlogKey({ cluster, sink, timestamp, part, points, bytes }: BacklogPlace): string {
  const stamp = String(timestamp).padStart(13, '0');
  return `${backlogPrefix(cluster)}${sink}/${stamp}/${encodeURIComponent(part)}~${points}~${bytes}`;
}

/** What a key says; undefined if it is none of ours. */
export function readBacklogKey(key: string): BacklogPlace | undefined {
  const fields = /^backlog\/([^/]+)\/([^/]+)\/(\d{13})\/([^/]+)~(\d{1,12})~(\d{1,12})$/.exec(key);
  if (fields === null) return undefined;
  const [, cluster = '', sink = '', stamp, part = '', points, bytes] = fields;
  try {
    return {
      cluster: decodeURIComponent(cluster),
      sink,
      timestamp: Number(stamp),
      part: decodeURIComponent(part),
      points: Number(points),
      bytes: Number(bytes),
    };
  } catch {
    return undefined;
  }
}
