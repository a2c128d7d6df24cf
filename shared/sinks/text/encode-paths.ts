// hot path: bench "sinks"
import type { MetricBatch, MetricTable } from '../../core/batch.ts';
import { type LabelKey, labelIndex } from '../../core/labels.ts';
import type { Level } from '../../core/level.ts';
import type { ByteWriter } from './byte-writer.ts';
import { type Constant, toConstant } from './constant.ts';
import type { Escapes } from './escapes.ts';

/** One element of a path: a word, a label (the first of these that the row has), or the keys and values of a group. */
export type PathElement = string | { readonly labels: readonly LabelKey[] } | { readonly labels: 'grouping' };

export type PathRules = Readonly<Record<Level, readonly PathElement[]>>;

/** What stands for a name that a row does not have. */
const UNNAMED = 'unknown';

/** Writes the path of a row, each element with `separator` behind it. */
export type WritePath = (out: ByteWriter, row: number) => void;

export interface PathSettings {
  readonly rules: PathRules;
  readonly escapes: Escapes;
  /** Of what a grouping's keys and values are made: different texts stay different. */
  readonly groupEscapes: Escapes;
  readonly separator: string;
}

type WriteElement = (out: ByteWriter, row: number) => void;

/** The paths of a table's rows. */
export function createPaths(batch: MetricBatch, table: MetricTable, settings: PathSettings): WritePath {
  const separator = toConstant(settings.separator);
  const elements = settings.rules[table.level].map((element): WriteElement => {
    if (typeof element === 'string') {
      const word = toConstant(element + settings.separator);
      return (out) => {
        out.reserve(word.length);
        out.constant(word);
      };
    }
    if (element.labels === 'grouping') return groupElement(batch, table, settings, separator);
    return labelElement(batch, table, element.labels, settings, separator);
  });
  return (out, row) => {
    for (const write of elements) write(out, row);
  };
}

function labelElement(
  batch: MetricBatch,
  table: MetricTable,
  keys: readonly LabelKey[],
  { escapes }: PathSettings,
  separator: Constant,
): WriteElement {
  const columns = keys.map((key) => table.labels[labelIndex(key)]).filter((column) => column !== undefined);
  return (out, row) => {
    let text: string | undefined;
    for (const column of columns) text ||= batch.strings.get(column[row]!);
    put(out, text === undefined || text === '' ? UNNAMED : text, escapes, separator);
  };
}

function groupElement(
  batch: MetricBatch,
  table: MetricTable,
  { groupEscapes }: PathSettings,
  separator: Constant,
): WriteElement {
  const grouping = labelIndex('grouping');
  const columns = batch.labelKeys.flatMap((name, index) => {
    const ids = table.labels[index];
    return ids === undefined || index === grouping ? [] : [{ name, ids }];
  });
  const groupings = table.labels[grouping];
  return (out, row) => {
    put(out, (groupings && batch.strings.get(groupings[row]!)) || UNNAMED, groupEscapes, separator);
    for (const { name, ids } of columns) {
      const value = batch.strings.get(ids[row]!);
      if (value === undefined) continue;
      put(out, name, groupEscapes, separator);
      put(out, value === '' ? UNNAMED : value, groupEscapes, separator);
    }
  };
}

function put(out: ByteWriter, text: string, escapes: Escapes, separator: Constant): void {
  out.text(text, escapes);
  out.reserve(separator.length);
  out.constant(separator);
}
