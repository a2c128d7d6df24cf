// hot path: bench "sinks"
import type { MetricBatch, MetricTable } from '../../core/batch.ts';
import { heapsterType } from '../../core/level.ts';
import type { StringTable } from '../../core/string-table.ts';
import type { Dialect } from '../../dialects/dialect.ts';

/** One label of a table's rows: the first column that has a text, else the constant; empty = no label. */
export interface RowSlot {
  readonly name: string;
  readonly columns: readonly Int32Array[];
  readonly constant: string;
}

export interface RowSlotSettings {
  readonly dialect: Dialect;
  /** Labels of every row that does not have them itself. */
  readonly external: readonly (readonly [name: string, value: string])[];
  /** A name as the format takes it. */
  readonly toName: (name: string) => string;
  /** Names that no label of a row may have. */
  readonly reserved: readonly string[];
}

/**
 * The labels of a table's rows in a dialect. Labels that the dialect gives one name share it; those whose names differ
 * only in characters that the format does not take get `_2`, `_3` … so that none is lost.
 */
export function createRowSlots(batch: MetricBatch, table: MetricTable, settings: RowSlotSettings): readonly RowSlot[] {
  const { dialect, external, toName, reserved } = settings;
  const { level } = table;
  const drafts = new Map<string, { columns: Int32Array[]; constant: string }>();
  const add = (name: string | undefined, column: Int32Array | undefined, constant: string): void => {
    if (name === undefined) return;
    const draft = drafts.get(name) ?? { columns: [], constant: '' };
    drafts.set(name, draft);
    if (column !== undefined) draft.columns.push(column);
    if (draft.constant === '') draft.constant = constant;
  };
  for (const [name, value] of dialect.fixed(level)) add(name, undefined, value);
  for (const [index, key] of batch.labelKeys.entries()) add(dialect.label(key, level), table.labels[index], '');
  add(dialect.label('type', level), undefined, heapsterType(level));
  add(dialect.label('cluster_name', level), undefined, batch.cluster ?? '');
  for (const [name, value] of external) add(name, undefined, value);
  const taken = new Set(reserved);
  // All keys are named, those that no row has too: a name must not depend on what else is there.
  const slots = [...drafts].map(([given, draft]): RowSlot => {
    const name = untaken(toName(given), taken);
    taken.add(name);
    return { name, ...draft };
  });
  return slots.filter(({ columns, constant }) => columns.length > 0 || constant !== '');
}

/** The label's text on a row; empty = none. */
export function slotText(slot: RowSlot, strings: StringTable, row: number): string {
  for (const column of slot.columns) {
    const text = strings.get(column[row]!);
    if (text !== undefined && text !== '') return text;
  }
  return slot.constant;
}

function untaken(name: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const text = number === 1 ? name : `${name}_${number}`;
    if (!taken.has(text)) return text;
  }
}
