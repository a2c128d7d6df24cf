import { crc32 } from 'node:zlib';
import { METRICS, SAMPLE_CLOCKS } from '../core/metrics.ts';
import type { UnixMillis } from '../core/units.ts';

const RATED_KEYS = METRICS.flatMap((metric) => (metric.rate === undefined ? [] : [metric.rate.of]));

/** Keys of the counters that rates are made of, each once. */
export const RATED_COUNTERS: readonly string[] = [...new Set(RATED_KEYS)];

/**
 * What is saved of a row: when its counters began, when each block was sampled, the counters, and `at:<counter>`, the
 * sample time of a counter that is older than its block's (it was missing in the last summary). Times in Unix ms.
 */
export const COUNTER_COLUMNS: readonly string[] = [
  'start',
  ...SAMPLE_CLOCKS.map((clock) => `sampled:${clock}`),
  ...RATED_COUNTERS,
  ...RATED_COUNTERS.map((key) => `at:${key}`),
];

/**
 * The saved samples of one node. Rows, in this order: the node, its system containers, its pods, its containers.
 * A pod is known by its uid (`namespace/name` without one), a container by its name under its pod.
 */
export interface NodeCounters {
  readonly node: string;
  /** Tick of the last answer. */
  readonly stamp: UnixMillis;
  readonly sysContainers: readonly string[];
  readonly pods: readonly string[];
  readonly containers: readonly string[];
  /** By container: index of its pod in `pods`; -1 = none. */
  readonly containerPods: readonly number[];
  /** By index in `COUNTER_COLUMNS`: a value per row, NaN = absent; a column that no row has is undefined. */
  readonly columns: readonly (Float64Array | undefined)[];
}

export type DecodedCounters =
  | { readonly status: 'ok'; readonly nodes: readonly NodeCounters[] }
  | { readonly status: 'unreadable'; readonly reason: string };

const MAGIC = Buffer.from('HPLSCTRS', 'latin1');
const FORMAT = 1;
const PREFIX_BYTES = 16;
const CHECKSUM_BYTES = 4;

interface HeaderNode {
  readonly node: string;
  readonly stamp: number;
  readonly sys: readonly string[];
  readonly pods: readonly string[];
  readonly containers: readonly string[];
  readonly of: readonly number[];
  /** Indexes into the header's `columns`, in the order of the doubles. */
  readonly has: readonly number[];
}

interface Header {
  readonly columns: readonly string[];
  readonly nodes: readonly HeaderNode[];
}

export function counterRows(counters: Pick<NodeCounters, 'sysContainers' | 'pods' | 'containers'>): number {
  return 1 + counters.sysContainers.length + counters.pods.length + counters.containers.length;
}

/**
 * Bytes of a counters object, little-endian: magic (8 bytes), format (u32), header length (u32, a multiple of 8), JSON header
 * (row keys, column keys), doubles by node and column, CRC-32 of everything before it. Not compressed: gzip costs more CPU
 * than the bytes are worth.
 */
export function encodeCounters(nodes: readonly NodeCounters[]): Uint8Array {
  const header: Header = {
    columns: COUNTER_COLUMNS,
    nodes: nodes.map((counters) => ({
      node: counters.node,
      stamp: counters.stamp,
      sys: counters.sysContainers,
      pods: counters.pods,
      containers: counters.containers,
      of: counters.containerPods,
      has: COUNTER_COLUMNS.flatMap((_, column) => (counters.columns[column] === undefined ? [] : [column])),
    })),
  };
  const text = Buffer.from(JSON.stringify(header), 'utf8');
  const headerBytes = Math.ceil(text.length / 8) * 8;
  let doubles = 0;
  for (const [at, counters] of nodes.entries()) doubles += header.nodes[at]!.has.length * counterRows(counters);
  const body = Buffer.alloc(PREFIX_BYTES + headerBytes + doubles * 8 + CHECKSUM_BYTES);
  MAGIC.copy(body, 0);
  body.writeUInt32LE(FORMAT, 8);
  body.writeUInt32LE(headerBytes, 12);
  body.fill(' ', PREFIX_BYTES, PREFIX_BYTES + headerBytes);
  text.copy(body, PREFIX_BYTES);
  let offset = PREFIX_BYTES + headerBytes;
  for (const counters of nodes) {
    const rows = counterRows(counters);
    for (const column of counters.columns) {
      if (column === undefined) continue;
      if (column.length !== rows)
        throw new RangeError(`a column of ${counters.node} has ${column.length} of ${rows} rows`);
      body.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), offset);
      offset += column.byteLength;
    }
  }
  body.writeUInt32LE(crc32(body.subarray(0, offset)), offset);
  return body;
}

/**
 * The nodes of a counters object. Columns that this build's catalog does not know are dropped, those that the body
 * lacks are undefined. They are views of `body`, which must not change. Anything that is not exactly what `encodeCounters` wrote is `unreadable`, never an error thrown.
 */
export function decodeCounters(body: Buffer): DecodedCounters {
  if (body.length === 0) return unreadable('it is empty');
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) return unreadable('it is not a counters object');
  if (body.length < PREFIX_BYTES + CHECKSUM_BYTES) return unreadable(`it is cut off after ${body.length} bytes`);
  const format = body.readUInt32LE(8);
  if (format !== FORMAT) return unreadable(`its format is ${format}, this version reads ${FORMAT}`);
  const end = body.length - CHECKSUM_BYTES;
  if (crc32(body.subarray(0, end)) !== body.readUInt32LE(end)) {
    return unreadable('its checksum does not match: it is cut off or damaged');
  }
  const valuesAt = PREFIX_BYTES + body.readUInt32LE(12);
  if (valuesAt > end || valuesAt % 8 !== 0 || (end - valuesAt) % 8 !== 0)
    return unreadable('its lengths do not add up');
  const header = parseHeader(body.subarray(PREFIX_BYTES, valuesAt));
  if (header === undefined) return unreadable('its header is not one of ours');
  const values = doublesIn(body, valuesAt, end);
  const expected = header.nodes.reduce((sum, node) => sum + node.has.length * rowsOf(node), 0);
  if (expected !== values.length) return unreadable(`it holds ${values.length} values instead of ${expected}`);
  return { status: 'ok', nodes: readNodes(header, values) };
}

/** The doubles in a part of a body: where they lie, if that is where doubles may lie. */
function doublesIn(body: Buffer, from: number, to: number): Float64Array {
  const at = body.byteOffset + from;
  if (at % Float64Array.BYTES_PER_ELEMENT === 0) return new Float64Array(body.buffer, at, (to - from) / 8);
  const values = new Float64Array((to - from) / 8);
  new Uint8Array(values.buffer).set(body.subarray(from, to));
  return values;
}

function unreadable(reason: string): DecodedCounters {
  return { status: 'unreadable', reason };
}

function rowsOf(node: HeaderNode): number {
  return counterRows({ sysContainers: node.sys, pods: node.pods, containers: node.containers });
}

function readNodes(header: Header, values: Float64Array): NodeCounters[] {
  const columnOf = header.columns.map((key) => COUNTER_COLUMNS.indexOf(key));
  let offset = 0;
  return header.nodes.map((node) => {
    const rows = rowsOf(node);
    const columns: (Float64Array | undefined)[] = new Array(COUNTER_COLUMNS.length).fill(undefined);
    for (const index of node.has) {
      const column = columnOf[index]!;
      if (column >= 0) columns[column] = values.subarray(offset, offset + rows);
      offset += rows;
    }
    return {
      node: node.node,
      stamp: node.stamp,
      sysContainers: node.sys,
      pods: node.pods,
      containers: node.containers,
      containerPods: node.of,
      columns,
    };
  });
}

function parseHeader(bytes: Buffer): Header | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
  return isHeader(parsed) ? parsed : undefined;
}

function isHeader(value: unknown): value is Header {
  if (typeof value !== 'object' || value === null) return false;
  const { columns, nodes } = value as Partial<Header>;
  if (!isStrings(columns) || !Array.isArray(nodes)) return false;
  return nodes.every((node) => isHeaderNode(node, columns.length));
}

function isHeaderNode(value: unknown, columns: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { node, stamp, sys, pods, containers, of, has } = value as Partial<HeaderNode>;
  return (
    typeof node === 'string' &&
    typeof stamp === 'number' &&
    isStrings(sys) &&
    isStrings(pods) &&
    isStrings(containers) &&
    isIndexes(of, -1, pods.length) &&
    of.length === containers.length &&
    isIndexes(has, 0, columns)
  );
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

function isIndexes(value: unknown, least: number, below: number): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isInteger(n) && n >= least && n < below);
}
