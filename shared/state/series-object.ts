import { crc32 } from 'node:zlib';
import { LEVELS } from '../core/level.ts';
import { once } from '../core/once.ts';
import * as z from '../core/zod.ts';
import type { SeriesSegment, SeriesTable } from './series.ts';

export type DecodedSeries =
  | { readonly status: 'ok'; readonly segments: readonly SeriesSegment[] }
  | { readonly status: 'unreadable'; readonly reason: string };

const MAGIC = Buffer.from('HPLSSERS', 'latin1');
const FORMAT = 1;
/** Magic, format, header length, checksum of header and columns. */
const PREFIX_BYTES = 20;

const HEADER = once(() => {
  const count = z.int().check(z.nonnegative());
  return z.array(
    z.object({
      timestamp: z.number(),
      strings: z.array(z.string()),
      labelKeys: z.array(z.string()),
      metrics: z.array(z.tuple([z.string(), z.enum(['gauge', 'cumulative'])])),
      own: z.array(z.array(z.tuple([z.string(), z.string()]))),
      tables: z.array(
        z.object({
          level: z.enum(LEVELS),
          rows: count,
          /** Indices of the label keys and metrics that have a column, and the number of sparse values. */
          labels: z.array(count),
          has: z.array(count),
          sparse: count,
        }),
      ),
    }),
  );
});

type HeaderTable = z.output<ReturnType<typeof HEADER>>[number]['tables'][number];

/** Indices of what is there. */
function present(columns: readonly unknown[]): number[] {
  return columns.flatMap((column, index) => (column === undefined ? [] : [index]));
}

function bytesOf(column: Int32Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

/**
 * Bytes of a series object, little-endian: magic (8 bytes), format, header length and CRC-32 of the rest (u32 each), JSON
 * header, then by table: label columns (i32), sparse rows, metrics and sets (i32), presence columns (a byte a row).
 */
export function encodeSeries(segments: readonly SeriesSegment[]): Buffer {
  const header = Buffer.from(
    JSON.stringify(
      segments.map((segment) => ({
        ...segment,
        tables: segment.tables.map(({ level, rows, labels, has, sparse }) => ({
          level,
          rows,
          labels: present(labels),
          has: present(has),
          sparse: sparse.row.length,
        })),
      })),
    ),
  );
  const columns = segments.flatMap(({ tables }) =>
    tables.flatMap(({ labels, has, sparse }) => [
      ...[...labels, sparse.row, sparse.metric, sparse.own].flatMap((column) => (column ? [bytesOf(column)] : [])),
      ...has.filter((column) => column !== undefined),
    ]),
  );
  const rest = Buffer.concat([header, ...columns]);
  const prefix = Buffer.alloc(PREFIX_BYTES);
  MAGIC.copy(prefix);
  prefix.writeUInt32LE(FORMAT, 8);
  prefix.writeUInt32LE(header.length, 12);
  prefix.writeUInt32LE(crc32(rest), 16);
  return Buffer.concat([prefix, rest]);
}

/** Reads a series object. What is none, or of another version, or damaged, is `unreadable` with a reason. */
export function decodeSeries(bytes: Buffer): DecodedSeries {
  const unreadable = (reason: string): DecodedSeries => ({ status: 'unreadable', reason });
  if (bytes.length < PREFIX_BYTES || !bytes.subarray(0, 8).equals(MAGIC))
    return unreadable('it is not a series object');
  const format = bytes.readUInt32LE(8);
  if (format !== FORMAT) return unreadable(`its format is ${format}, this version reads ${FORMAT}`);
  const rest = bytes.subarray(PREFIX_BYTES);
  if (crc32(rest) !== bytes.readUInt32LE(16))
    return unreadable('its checksum does not match: it is cut off or damaged');
  const length = bytes.readUInt32LE(12);
  const header = readHeader(rest.subarray(0, length));
  if (header === undefined) return unreadable('its header is not one of ours');
  const reader = createColumnReader(rest.subarray(length));
  const segments = header.map((segment) => ({
    ...segment,
    tables: segment.tables.map((table) =>
      readTable(table, { labels: segment.labelKeys.length, has: segment.metrics.length }, reader),
    ),
  }));
  return reader.ended() ? { status: 'ok', segments } : unreadable('its lengths do not add up');
}

function readHeader(bytes: Buffer): z.output<ReturnType<typeof HEADER>> | undefined {
  try {
    return HEADER().safeParse(JSON.parse(bytes.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

interface ColumnReader {
  ints(length: number): Int32Array;
  bytes(length: number): Uint8Array;
  /** True if all was read, and nothing beyond. */
  ended(): boolean;
}

function createColumnReader(columns: Buffer): ColumnReader {
  let at = 0;
  const take = (length: number): Uint8Array => {
    const part = new Uint8Array(Math.max(0, Math.min(length, columns.length - at)));
    part.set(columns.subarray(at, at + part.length));
    at += length;
    return part;
  };
  return {
    ints: (length) => {
      const part = take(4 * length);
      return part.length === 4 * length ? new Int32Array(part.buffer) : new Int32Array(0);
    },
    bytes: take,
    ended: () => at === columns.length,
  };
}

function readTable(
  { level, rows, labels, has, sparse }: HeaderTable,
  counts: { readonly labels: number; readonly has: number },
  reader: ColumnReader,
): SeriesTable {
  const spread = <T>(length: number, indices: readonly number[], read: () => T): (T | undefined)[] => {
    const columns: (T | undefined)[] = Array.from({ length }, () => undefined);
    for (const index of indices) columns[index] = read();
    return columns;
  };
  return {
    level,
    rows,
    labels: spread(counts.labels, labels, () => reader.ints(rows)),
    sparse: { row: reader.ints(sparse), metric: reader.ints(sparse), own: reader.ints(sparse) },
    has: spread(counts.has, has, () => reader.bytes(rows)),
  };
}
