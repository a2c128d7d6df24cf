import type { SinkSelection } from '../config/config.ts';
import type { MetricBatch, MetricTable, SparseValues } from '../core/batch.ts';
import { LABEL_KEYS } from '../core/labels.ts';
import type { Level } from '../core/level.ts';
import { createTextFilter, toExpression } from './glob.ts';

/** Levels whose rows belong to one pod: for `labels=`, a label that they do not have fits no glob. */
const OF_PODS: readonly Level[] = ['pod', 'pod_container', 'volume'];

/** `KEY=GLOB` or `!KEY=GLOB`, read. */
interface LabelRule {
  readonly key: string;
  readonly unwanted: boolean;
  readonly fits: (text: string) => boolean;
}

/** One condition of a row: the text of a label, `''` where the row has none. */
interface Condition {
  readonly column: Int32Array | undefined;
  readonly holds: (text: string) => boolean;
}

/** Reads `KEY=GLOB` and `!KEY=GLOB`; undefined if it is neither. */
export function readLabelRule(text: string): LabelRule | undefined {
  const [, bang = '', key = '', glob = ''] = /^(!?)([^=!]+)=(.*)$/s.exec(text) ?? [];
  if (key === '') return undefined;
  const expression = toExpression(glob);
  return { key, unwanted: bang === '!', fits: (value) => expression.test(value) };
}

/** The rows of a table that a sink wants by their namespaces and labels, in order; undefined = all. */
export function wantedRows(batch: MetricBatch, table: MetricTable, selection: SinkSelection): Int32Array | undefined {
  const conditions = [
    ...ofNamespaces(batch, table, selection),
    ...ofLabels(batch, table, selection),
    ...ofDialect(batch, table, selection),
  ];
  if (conditions.length === 0) return undefined;
  const verdicts = conditions.map(() => new Map<number, boolean>());
  const holds = (row: number): boolean =>
    conditions.every(({ column, holds }, at) => {
      const id = column?.[row] ?? 0;
      const known = verdicts[at]?.get(id);
      if (known !== undefined) return known;
      const verdict = holds(batch.strings.get(id) ?? '');
      verdicts[at]?.set(id, verdict);
      return verdict;
    });
  const rows = Int32Array.from({ length: table.rows }, (_, row) => row).filter(holds);
  return rows.length === table.rows ? undefined : rows;
}

function ofNamespaces(batch: MetricBatch, table: MetricTable, { namespaces }: SinkSelection): readonly Condition[] {
  const column = table.labels[batch.labelKeys.indexOf('namespace_name')];
  if (namespaces === undefined || column === undefined) return [];
  const fits = createTextFilter(namespaces);
  return [{ column, holds: (text) => text === '' || fits(text) }];
}

/** The label without which the sink's dialect has no word for a row. */
function ofDialect(batch: MetricBatch, table: MetricTable, { needs }: SinkSelection): readonly Condition[] {
  const key = needs?.(table.level);
  if (key === undefined) return [];
  return [{ column: table.labels[batch.labelKeys.indexOf(key)], holds: (text) => text !== '' }];
}

/** Globs of one key are alternatives; those of several keys must all hold. */
function ofLabels(batch: MetricBatch, table: MetricTable, { labels }: SinkSelection): readonly Condition[] {
  const rules = (labels ?? []).flatMap((text) => readLabelRule(text) ?? []);
  const isOfPods = OF_PODS.includes(table.level);
  return [...Map.groupBy(rules, ({ key }) => key)].map(([key, ofKey]): Condition => {
    const wanted = ofKey.filter(({ unwanted }) => !unwanted);
    const unwanted = ofKey.filter((rule) => rule.unwanted);
    return {
      column: table.labels[batch.labelKeys.indexOf(key)],
      holds: (text) => {
        if (text === '') return wanted.length === 0 || !isOfPods;
        return (
          (wanted.length === 0 || wanted.some(({ fits }) => fits(text))) && !unwanted.some(({ fits }) => fits(text))
        );
      },
    };
  });
}

/** Keys in `labels=` that no row can have: neither built in nor stored nor of a grouping. */
export function unknownLabels({ labels }: SinkSelection, chosen: readonly string[]): readonly string[] {
  const known = new Set<string>([...LABEL_KEYS, ...chosen]);
  const keys = (labels ?? []).flatMap((text) => readLabelRule(text)?.key ?? []);
  return [...new Set(keys)].filter((key) => !known.has(key));
}

/** A table of some of its rows. Rows of other tables, that `parent` names, are not known any more. */
export function takeRows(table: MetricTable, rows: Int32Array): MetricTable {
  const doubles = (from: Float64Array): Float64Array => Float64Array.from(rows, (row) => from[row] ?? Number.NaN);
  const ints = (from: Int32Array): Int32Array => Int32Array.from(rows, (row) => from[row] ?? 0);
  return {
    level: table.level,
    rows: rows.length,
    columns: table.columns.map((column) => column && doubles(column)),
    statistics: table.statistics.map(
      (statistic) =>
        statistic && { count: doubles(statistic.count), min: doubles(statistic.min), max: doubles(statistic.max) },
    ),
    labels: table.labels.map((column) => column && ints(column)),
    sparse: takeSparse(table.sparse, rows),
    start: doubles(table.start),
    created: doubles(table.created),
    sampled: table.sampled.map((column) => column && doubles(column)),
    parent: new Int32Array(rows.length).fill(-1),
    flags: Uint8Array.from(rows, (row) => table.flags[row] ?? 0),
  };
}

function takeSparse(sparse: SparseValues, rows: Int32Array): SparseValues {
  const place = new Map(Array.from(rows, (row, at) => [row, at] as const));
  const kept = Array.from({ length: sparse.length }, (_, at) => at).filter((at) => place.has(sparse.row[at] ?? -1));
  return {
    length: kept.length,
    row: Int32Array.from(kept, (at) => place.get(sparse.row[at] ?? -1) ?? 0),
    metric: Int32Array.from(kept, (at) => sparse.metric[at] ?? 0),
    own: Int32Array.from(kept, (at) => sparse.own[at] ?? 0),
    value: Float64Array.from(kept, (at) => sparse.value[at] ?? Number.NaN),
  };
}
