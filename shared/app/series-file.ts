import type { MetricBatch } from '../core/batch.ts';
import { describeError } from '../core/errors.ts';
import type { Level } from '../core/level.ts';
import { HOUR } from '../core/units.ts';
import { findEnded } from '../processors/ended-series.ts';
import type { ObjectStore, PutCondition } from '../state/object-store.ts';
import { filterSegment, type SeriesSegment, toSegment } from '../state/series.ts';
import { decodeSeries, encodeSeries } from '../state/series-object.ts';
import type { Runtime } from './runtime.ts';

/** Series of a node that does not answer are remembered this long. */
const MAX_AGE = HOUR;

/** Which series a shard, or the reduction, had in the last tick: so that sinks can tell backends which have ended. */
export interface SeriesFile {
  /** Reads what was saved. Trouble is a warning: nothing then counts as ended. */
  load(signal: AbortSignal): Promise<readonly string[]>;
  /** The batch with `ended`. `isSettled`: does it say anything that a node's row is not there? */
  withEnded(batch: MetricBatch, isSettled: (node: string | undefined) => boolean): MetricBatch;
  /** Saves the series of a batch, and keeps those of nodes that `isPending`. Writes only if nobody else wrote since `load`. */
  save(
    batch: MetricBatch,
    isPending: (node: string | undefined) => boolean,
    signal: AbortSignal,
  ): Promise<readonly string[]>;
}

export function seriesKey(cluster: string, part: string): string {
  return `series/${encodeURIComponent(cluster)}/${part}`;
}

/** The file for batches of `levels`; undefined if no sink would use it. */
export function openSeriesFile(
  { sinks, store }: Pick<Runtime, 'sinks' | 'store'>,
  options: {
    readonly cluster: string;
    readonly part: string;
    readonly inherit: readonly string[];
    readonly levels: readonly Level[];
  },
): SeriesFile | undefined {
  const wanted = sinks.some(
    ({ endsSeries, selection }) =>
      endsSeries === true && selection.levels.some((level) => options.levels.includes(level)),
  );
  return wanted ? createSeriesFile(store, options) : undefined;
}

function createSeriesFile(
  store: ObjectStore,
  options: { readonly cluster: string; readonly part: string; readonly inherit: readonly string[] },
): SeriesFile {
  const key = seriesKey(options.cluster, options.part);
  const saved: SeriesSegment[] = [];
  let condition: PutCondition = { if: 'absent' };

  async function read(part: string, signal: AbortSignal): Promise<readonly string[]> {
    const from = seriesKey(options.cluster, part);
    try {
      const object = await store.get(from, signal);
      if (object === undefined) return [];
      if (part === options.part) condition = { if: 'version', version: object.version };
      const decoded = decodeSeries(object.body);
      if (decoded.status === 'unreadable')
        return [`saved series ${from}: ${decoded.reason}; nothing is marked as ended`];
      saved.push(...decoded.segments);
      return [];
    } catch (error) {
      return [`saved series ${from} could not be read: ${describeError(error)}; nothing is marked as ended`];
    }
  }

  return {
    async load(signal) {
      const warnings = await Promise.all([options.part, ...options.inherit].map((part) => read(part, signal)));
      return warnings.flat();
    },
    withEnded(batch, isSettled) {
      const ended = findEnded(
        saved.filter(({ timestamp }) => timestamp < batch.timestamp),
        batch,
        isSettled,
      );
      return ended === undefined ? batch : { ...batch, ended };
    },
    async save(batch, isPending, signal) {
      const pending = saved
        .filter(({ timestamp }) => batch.timestamp - timestamp <= MAX_AGE)
        .flatMap((segment) => {
          const node = segment.labelKeys.indexOf('nodename');
          return (
            filterSegment(segment, ({ labels }, row) => {
              return isPending(segment.strings[labels[node]?.[row] ?? 0] || undefined);
            }) ?? []
          );
        });
      try {
        const outcome = await store.put(key, encodeSeries([toSegment(batch), ...pending]), condition, signal);
        return outcome.status === 'stored' ? [] : [`series ${key} not saved: another run wrote them in the meantime`];
      } catch (error) {
        return [`series ${key} not saved: ${describeError(error)}; what ends next is not marked`];
      }
    },
  };
}
