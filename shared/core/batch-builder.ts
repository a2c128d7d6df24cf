// hot path: bench "decode", "whole tick"
import type { MetricBatch, MetricTable, OwnLabels } from './batch.ts';
import { type ColumnPool, NO_POOL } from './column-pool.ts';
import { LABEL_KEYS } from './labels.ts';
import type { Level } from './level.ts';
import { dynamicMetric, METRICS, type MetricDescriptor, type MetricKind } from './metrics.ts';
import { createStringInterner, type StringInterner } from './string-table.ts';
import { TableBuilder } from './table-builder.ts';
import type { UnixMillis } from './units.ts';

export interface BatchBuilderOptions {
  readonly timestamp: UnixMillis;
  /** Milliseconds. */
  readonly resolution: number;
  readonly cluster: string | undefined;
  /** Has the memory of tables until `release`; without one nothing is used again. */
  readonly pool?: ColumnPool;
  /** Label columns beyond `LABEL_KEYS`. */
  readonly extraLabelKeys?: readonly string[];
}

/** Collects the rows of one tick; `build()` hands them over once. The only writer of a batch. */
export class MetricBatchBuilder {
  readonly timestamp: UnixMillis;
  readonly resolution: number;
  readonly cluster: string | undefined;
  readonly strings: StringInterner = createStringInterner();
  readonly labelKeys: readonly string[];
  readonly #pool: ColumnPool;
  readonly #tables = new Map<Level, TableBuilder>();
  readonly #ownSets: OwnLabels[] = [[]];
  readonly #ownIds = new Map<string, number>([['', 0]]);
  readonly #metrics: MetricDescriptor[] = [...METRICS];
  readonly #dynamicIds = new Map<string, number>();

  constructor(options: BatchBuilderOptions) {
    this.timestamp = options.timestamp;
    this.resolution = options.resolution;
    this.cluster = options.cluster;
    this.#pool = options.pool ?? NO_POOL;
    const extra = (options.extraLabelKeys ?? []).filter((key) => !(LABEL_KEYS as readonly string[]).includes(key));
    this.labelKeys = [...LABEL_KEYS, ...new Set(extra)];
  }

  /** The table of a level, made on first use. */
  table(level: Level): TableBuilder {
    let table = this.#tables.get(level);
    if (table === undefined) {
      table = new TableBuilder(level, this.#pool);
      this.#tables.set(level, table);
    }
    return table;
  }

  /** The table of a level if anything asked for it before. */
  tableIfAny(level: Level): TableBuilder | undefined {
    return this.#tables.get(level);
  }

  /** Room in every table for `times` the rows that it has. */
  reserve(times: number): void {
    for (const table of this.#tables.values()) table.reserve(Math.ceil(table.rows * times));
  }

  /** Id of an own-label set (keys and values alternate, keys sorted). */
  ownLabels(...flat: readonly string[]): number {
    const key = flat.join('\u0000');
    const known = this.#ownIds.get(key);
    if (known !== undefined) return known;
    const id = this.#ownSets.length;
    const pairs: (readonly [string, string])[] = [];
    for (let i = 0; i + 1 < flat.length; i += 2) pairs.push([flat[i]!, flat[i + 1]!]);
    this.#ownSets.push(pairs);
    this.#ownIds.set(key, id);
    return id;
  }

  /** The pairs of an own-label set. */
  ownLabelsOf(id: number): OwnLabels {
    return this.#ownSets[id] ?? [];
  }

  /** Id of a metric that the cluster names itself (`custom/…`, `<resource>/request`); its values are sparse. */
  dynamicMetric(name: string, kind: MetricKind, levels: readonly Level[]): number {
    const known = this.#dynamicIds.get(name);
    if (known !== undefined) return known;
    const id = this.#metrics.length;
    this.#metrics.push(dynamicMetric(id, name, kind, levels));
    this.#dynamicIds.set(name, id);
    return id;
  }

  /** Descriptors by id, those of the catalog first. */
  get metrics(): readonly MetricDescriptor[] {
    return this.#metrics;
  }

  /** Index of a label column by key. Throws if the batch has no such column. */
  labelColumn(key: string): number {
    const index = this.labelKeys.indexOf(key);
    if (index < 0) throw new RangeError(`the batch has no label column ${key}`);
    return index;
  }

  /** Gives the memory of all tables back: nobody may read the batch any more. */
  release(): void {
    for (const table of this.#tables.values()) table.release();
  }

  build(): MetricBatch {
    this.strings.seal();
    const tables: Partial<Record<Level, MetricTable>> = {};
    for (const [level, table] of this.#tables) if (table.rows > 0) tables[level] = table.build();
    return {
      timestamp: this.timestamp,
      resolution: this.resolution,
      cluster: this.cluster,
      strings: this.strings,
      labelKeys: this.labelKeys,
      ownLabels: this.#ownSets,
      metrics: this.#metrics,
      tables,
    };
  }
}
