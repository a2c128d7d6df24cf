import { countPoints, type MetricBatch, type MetricTable } from '../../core/batch.ts';
import { LEVELS } from '../../core/level.ts';
import { rowKey } from '../row-key.ts';
import { createRowReader, type RowValue } from '../row-values.ts';
import type { EncodedRequest, EncodeRejection, SinkLimits } from '../sink.ts';
import { heapsterHeader, heapsterRow } from './format-heapster.ts';
import { jsonRow } from './format-json.ts';
import { type LogRow, readLogRow } from './row.ts';

/** A piece of the output, whole rows only. */
export interface LogRequest extends EncodedRequest {
  readonly text: string;
}

export type LogFormat = 'heapster' | 'json';

interface RowReference {
  readonly key: string;
  readonly table: MetricTable;
  readonly row: number;
}

/** Text that grows until a limit is near. */
interface Chunk {
  text: string;
  bytes: number;
  points: number;
}

/** The batch as text, in pieces within the limits; rows in the order of their keys, as Heapster's log sink has them. */
export function* encodeLog(
  batch: MetricBatch,
  format: LogFormat,
  limits: SinkLimits,
  reject: (rejection: EncodeRejection) => void,
): Generator<LogRequest> {
  const readers = new Map<MetricTable, (row: number) => readonly RowValue[]>();
  const chunk: Chunk = { text: '', bytes: 0, points: 0 };
  if (format === 'heapster') append(chunk, heapsterHeader(batch), 0);
  for (const { key, table, row } of sortedRows(batch)) {
    const reader = readers.get(table) ?? createRowReader(batch, table);
    readers.set(table, reader);
    const values = finiteOnly(reader(row), reject);
    for (const part of parts(values, limits.maxPoints)) {
      const text = textOf(readLogRow(batch, table, row, key, part), batch, format);
      const bytes = Buffer.byteLength(text);
      if (bytes > limits.maxBytes) {
        reject({ points: part.length, reason: `a row of more than ${limits.maxBytes} bytes is not written` });
        continue;
      }
      if (chunk.bytes + bytes > limits.maxBytes || chunk.points + part.length > limits.maxPoints) yield take(chunk);
      append(chunk, text, part.length, bytes);
    }
  }
  if (chunk.points > 0) yield take(chunk);
}

/** Rows that have values, by key. */
function sortedRows(batch: MetricBatch): readonly RowReference[] {
  const rows: RowReference[] = [];
  for (const level of LEVELS) {
    const table = batch.tables[level];
    if (table === undefined || countPoints(table) === 0) continue;
    for (let row = 0; row < table.rows; row++) rows.push({ key: rowKey(batch, table, row), table, row });
  }
  return rows.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

/** A row in pieces of at most `most` values; one piece but for rows of absurd width, none if it has no values. */
function* parts(values: readonly RowValue[], most: number): Generator<readonly RowValue[]> {
  for (let from = 0; from < values.length; from += most) yield values.slice(from, from + most);
}

function finiteOnly(values: readonly RowValue[], reject: (rejection: EncodeRejection) => void): readonly RowValue[] {
  const finite = values.filter(({ value }) => Number.isFinite(value));
  if (finite.length === values.length) return values;
  reject({ points: values.length - finite.length, reason: 'a value that is not a finite number is not written' });
  return finite;
}

function textOf(row: LogRow, batch: MetricBatch, format: LogFormat): string {
  return format === 'json' ? jsonRow(row, batch) : heapsterRow(row);
}

function append(chunk: Chunk, text: string, points: number, bytes: number = Buffer.byteLength(text)): void {
  chunk.text += text;
  chunk.bytes += bytes;
  chunk.points += points;
}

function take(chunk: Chunk): LogRequest {
  const { text, bytes, points } = chunk;
  chunk.text = '';
  chunk.bytes = 0;
  chunk.points = 0;
  return { text, bytes, points, idempotent: false, split: () => undefined };
}
