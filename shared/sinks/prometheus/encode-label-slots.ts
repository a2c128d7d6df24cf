import type { MetricBatch, MetricTable } from '../../core/batch.ts';
import { createRowSlots, type RowSlot } from '../protobuf/encode-row-slots.ts';
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

/** A label of a table's rows. */
export interface LabelSlot extends RowSlot {
  readonly label: LabelName;
}

export function createLabelName(text: string): LabelName {
  const bytes = Buffer.from(text);
  const size = bytes.length < 0x80 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >>> 7];
  return { text, field: Buffer.concat([Buffer.of(0x0a, ...size), bytes]), symbol: 0, serial: -1 };
}

/** The labels of a table's rows, sorted by name as remote write wants it. */
export function createLabelSlots(
  batch: MetricBatch,
  table: MetricTable,
  { dialect, external }: RemoteWriteSettings,
): readonly LabelSlot[] {
  const slots = createRowSlots(batch, table, { dialect, external, toName: toLabelName, reserved: [NAME_LABEL] });
  return slots
    .map((slot) => ({ ...slot, label: createLabelName(slot.name) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
