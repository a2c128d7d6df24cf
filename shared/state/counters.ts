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
const FORMAT = 2;
/** Without `short`. */
const FIRST_FORMAT = 1;
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
  /** Those of `has` that no container has: their doubles end with the pods'. */
  readonly short?: readonly number[];
}

interface Header {
  readonly columns: readonly string[];
  readonly nodes: readonly HeaderNode[];
}

export function counterRows(counters: Pick<NodeCounters, 'sysContainers' | 'pods' | 'containers'>): number {
  return 1 + counters.sysContainers.length + counters.pods.length + counters.containers.length;
}

/** Columns that a node has, and of those the ones that no container has: a fifth of all doubles would say that there is no network. */
function columnsOf({ node, columns, containers }: NodeCounters, rows: number): { has: number[]; short: number[] } {
  const has: number[] = [];
  const short: number[] = [];
  for (let column = 0; column < columns.length; column++) {
    const values = columns[column];
    if (values === undefined) continue;
    if (values.length !== rows) throw new RangeError(`a column of ${node} has ${values.length} of ${rows} rows`);
    has.push(column);
    let last = rows - 1;
    while (last >= rows - containers.length && Number.isNaN(values[last])) last--;
    if (containers.length > 0 && last < rows - containers.length) short.push(column);
  }
  return { has, short };
}

/**
 * Bytes of a counters object, little-endian: magic (8 bytes), format (u32), header length (u32, a multiple of 8), JSON header
 * (row keys, column keys), doubles by node and column, CRC-32 of everything before it. Not compressed: gzip costs more CPU
 * than the bytes are worth.
 */
export function encodeCounters(nodes: readonly NodeCounters[]): Uint8Array {
  let doubles = 0;
  const header: Header = {
    columns: COUNTER_COLUMNS,
    nodes: nodes.map((counters) => {
      const rows = counterRows(counters);
      const { has, short } = columnsOf(counters, rows);
      doubles += has.length * rows - short.length * counters.containers.length;
      return {
        node: counters.node,
        stamp: counters.stamp,
        sys: counters.sysContainers,
        pods: counters.pods,
        containers: counters.containers,
        of: counters.containerPods,
        has,
        short,
      };
    }),
  };
  const text = Buffer.from(JSON.stringify(header), 'utf8');
  const headerBytes = Math.ceil(text.length / 8) * 8;
  const body = Buffer.alloc(PREFIX_BYTES + headerBytes + doubles * 8 + CHECKSUM_BYTES);
  MAGIC.copy(body, 0);
  body.writeUInt32LE(FORMAT, 8);
  body.writeUInt32LE(headerBytes, 12);
  body.fill(' ', PREFIX_BYTES, PREFIX_BYTES + headerBytes);
  text.copy(body, PREFIX_BYTES);
  let offset = PREFIX_BYTES + headerBytes;
  for (const [at, { columns, containers }] of nodes.entries()) {
    const { has, short = [] } = header.nodes[at]!;
    for (const column of has) {
      const { buffer, byteOffset, length } = columns[column]!;
      const stored = short.includes(column) ? length - containers.length : length;
      body.set(new Uint8Array(buffer, byteOffset, stored * 8), offset);
      offset += stored * 8;
    }
  }
  body.writeUInt32LE(crc32(body.subarray(0, offset)), offset);
  return body;
}

/**
 * The nodes of a counters object. Columns that this build's catalog does not know are dropped, those that the body
 * lacks are undefined. Most are views of `body`, which must not change. Anything that is not exactly what `encodeCounters` wrote is `unreadable`, never an error thrown.
 */
export function decodeCounters(body: Buffer): DecodedCounters {
  if (body.length === 0) return unreadable('it is empty');
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) return unreadable('it is not a counters object');
  if (body.length < PREFIX_BYTES + CHECKSUM_BYTES) return unreadable(`it is cut off after ${body.length} bytes`);
  const format = body.readUInt32LE(8);
  if (format !== FORMAT && format !== FIRST_FORMAT)
    return unreadable(`its format is ${format}, this version reads ${FIRST_FORMAT} and ${FORMAT}`);
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
  const expected = header.nodes.reduce((sum, node) => sum + valuesOf(node), 0);
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

/** Doubles of a node. */
function valuesOf(node: HeaderNode): number {
  return node.has.length * rowsOf(node) - (node.short ?? []).length * node.containers.length;
}

function readNodes(header: Header, values: Float64Array): NodeCounters[] {
  const columnOf = header.columns.map((key) => COUNTER_COLUMNS.indexOf(key));
  let offset = 0;
  return header.nodes.map((node) => {
    const rows = rowsOf(node);
    const { has, short = [] } = node;
    const columns: (Float64Array | undefined)[] = new Array(COUNTER_COLUMNS.length).fill(undefined);
    const padded = new Float64Array(short.length * rows).fill(Number.NaN);
    for (const index of has) {
      const at = short.indexOf(index);
      const stored = at < 0 ? rows : rows - node.containers.length;
      let column = values.subarray(offset, offset + stored);
      offset += stored;
      if (at >= 0) {
        padded.set(column, at * rows);
        column = padded.subarray(at * rows, (at + 1) * rows);
      }
      if (columnOf[index]! >= 0) columns[columnOf[index]!] = column;
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
  const { node, stamp, sys, pods, containers, of, has, short = [] } = value as Partial<HeaderNode>;
  return (
    typeof node === 'string' &&
    typeof stamp === 'number' &&
    isStrings(sys) &&
    isStrings(pods) &&
    isStrings(containers) &&
    isIndexes(of, -1, pods.length) &&
    of.length === containers.length &&
    isIndexes(has, 0, columns) &&
    isPartOf(has, has) &&
    isPartOf(short, has)
  );
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

/** Whether a list has each entry once, and only such as the other has. */
function isPartOf(value: unknown, all: readonly unknown[]): boolean {
  return Array.isArray(value) && new Set(value).size === value.length && value.every((entry) => all.includes(entry));
}

function isIndexes(value: unknown, least: number, below: number): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isInteger(n) && n >= least && n < below);
}
