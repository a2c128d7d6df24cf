import type { MetricBatch, MetricTable } from '../../core/batch.ts';
import { heapsterType } from '../../core/level.ts';
import { NAME_LABEL, toLabelName } from './names.ts';
import type { RemoteWriteSettings } from './settings.ts';

/** The name of a label, with what formats keep of it. */
export interface LabelName {
  readonly text: string;
  /** `0a LENGTH NAME`: the name's field in a Label of version 1.0. */
  readonly field: Buffer;
  /** Its symbol in the request of that serial number (version 2.0). */
  symbol: number;
  serial: number;
}

/** One label of a table's rows: the first column that has a text, else the constant; empty = no label. */
export interface LabelSlot {
  readonly name: LabelName;
  readonly columns: readonly Int32Array[];
  readonly constant: string;
}

export function createLabelName(text: string): LabelName {
  const bytes = Buffer.from(text);
  return { text, field: Buffer.concat([Buffer.of(0x0a, bytes.length), bytes]), symbol: 0, serial: -1 };
}

/**
 * The labels of a table's rows, sorted by name as remote write wants it. Labels that only differ in characters that it
 * does not take get `_2`, `_3` … so that none is lost; labels that the dialect gives one name share it.
 */
export function createLabelSlots(
  batch: MetricBatch,
  table: MetricTable,
  settings: RemoteWriteSettings,
): readonly LabelSlot[] {
  const { dialect, external } = settings;
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
  for (const [index, key] of batch.labelKeys.entries()) {
    const column = table.labels[index];
    if (column !== undefined) add(dialect.label(key, level), column, '');
  }
  add(dialect.label('type', level), undefined, heapsterType(level));
  add(dialect.label('cluster_name', level), undefined, batch.cluster ?? '');
  for (const [name, value] of external) add(name, undefined, value);
  const taken = new Set<string>([NAME_LABEL]);
  const slots = [...drafts].map(([name, draft]): LabelSlot => {
    const text = untaken(toLabelName(name), taken);
    taken.add(text);
    return { name: createLabelName(text), ...draft };
  });
  return slots.sort((a, b) => (a.name.text < b.name.text ? -1 : 1));
}

function untaken(name: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const text = number === 1 ? name : `${name}_${number}`;
    if (!taken.has(text)) return text;
  }
}
