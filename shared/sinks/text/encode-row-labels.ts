// hot path: bench "sinks"
import type { MetricBatch, MetricTable } from '../../core/batch.ts';
import { heapsterType } from '../../core/level.ts';
import type { Dialect } from '../../dialects/dialect.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { Constant } from './constant.ts';
import type { Escapes } from './escapes.ts';

/** How labels are written in a format. */
export interface LabelSyntax {
  /** The bytes before a value, `,name=` or `,"name":"`. */
  readonly before: (name: string) => Constant;
  /** The bytes behind a value. */
  readonly after: Constant;
  readonly escapes: Escapes;
  /** The value as the format can say it; empty = the label is left out, as every empty one is. */
  readonly value?: (text: string) => string;
}

export interface LabelSettings {
  readonly dialect: Dialect;
  readonly syntax: LabelSyntax;
  /** Value of `cluster_name`; undefined = no such label. */
  readonly cluster: string | undefined;
  /** Label keys that are not written. */
  readonly without: ReadonlySet<string>;
}

/** Writes the labels of a table's rows: the row's own, its type, the cluster and the dialect's fixed ones, by name. */
export interface RowLabels {
  /** Names of labels that rows may have. */
  readonly names: readonly string[];
  /** The labels of a row, without those that the variant's values have of their own. */
  write(out: ByteWriter, row: number, variant: number): void;
  /**
   * 0 for own labels that no row label has the name of. Else a number to give to `write`: a value's own label stands in
   * place of the row's of that name.
   */
  variantOf(ownNames: readonly string[]): number;
}

interface LabelColumn {
  readonly name: string;
  readonly before: Constant;
  readonly ids: Int32Array | undefined;
  /** The whole label where it is the same on all rows. */
  readonly constant: string;
}

/** Row labels of a table in a dialect. Empty and absent ones are not written. */
export function createRowLabels(batch: MetricBatch, table: MetricTable, settings: LabelSettings): RowLabels {
  const { dialect, syntax, cluster, without } = settings;
  const { level } = table;
  const columns = new Map<string, LabelColumn>();
  const add = (key: string, ids: Int32Array | undefined, constant: string): void => {
    const name = without.has(key) ? undefined : dialect.label(key, level);
    if (name !== undefined) columns.set(name, { name, before: syntax.before(name), ids, constant });
  };
  for (const [name, value] of dialect.fixed(level)) {
    columns.set(name, { name, before: syntax.before(name), ids: undefined, constant: value });
  }
  for (const [index, key] of batch.labelKeys.entries()) {
    const ids = table.labels[index];
    if (ids !== undefined) add(key, ids, '');
  }
  add('type', undefined, heapsterType(level));
  if (cluster !== undefined) add('cluster_name', undefined, cluster);
  const sorted = [...columns.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const variants: (readonly LabelColumn[])[] = [sorted];
  const keyed = new Map<string, number>();
  const { strings } = batch;
  const { after, escapes, value = (text: string): string => text } = syntax;
  return {
    names: [...columns.keys()],
    write(out, row, variant) {
      for (const column of variants[variant]!) {
        const { ids } = column;
        const text = ids === undefined ? column.constant : strings.get(ids[row]!);
        if (text === undefined || text === '') continue;
        const said = value(text);
        if (said === '') continue;
        out.reserve(column.before.length + after.length);
        out.constant(column.before);
        out.text(said, escapes);
        out.reserve(after.length);
        out.constant(after);
      }
    },
    variantOf(ownNames) {
      const hidden = ownNames.filter((name) => columns.has(name)).sort();
      if (hidden.length === 0) return 0;
      const key = hidden.join('\0');
      const known = keyed.get(key);
      if (known !== undefined) return known;
      keyed.set(key, variants.length);
      return variants.push(sorted.filter(({ name }) => !hidden.includes(name))) - 1;
    },
  };
}
