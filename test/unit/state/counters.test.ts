import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { COUNTER_COLUMNS, decodeCounters, encodeCounters, type NodeCounters } from '../../../shared/state/counters.ts';

function counters(node: string, pods: number): NodeCounters {
  const rows = 1 + 1 + pods + 2 * pods;
  const column = (seed: number): Float64Array =>
    Float64Array.from({ length: rows }, (_, row) => (row % 3 === 2 ? Number.NaN : seed + row / 7));
  return {
    node,
    stamp: 1_767_268_800_000,
    sysContainers: ['kubelet'],
    pods: Array.from({ length: pods }, (_, pod) => `uid-${pod}`),
    containers: Array.from({ length: 2 * pods }, (_, n) => `c${n % 2}-é-"`),
    containerPods: Array.from({ length: 2 * pods }, (_, n) => n >> 1),
    columns: COUNTER_COLUMNS.map((_, at) => (at % 2 === 0 ? column(2 ** 53 + at * 1_000) : undefined)),
  };
}

function buffer(nodes: readonly NodeCounters[]): Buffer {
  return Buffer.from(encodeCounters(nodes));
}

function resealed(body: Buffer): Buffer {
  body.writeUInt32LE(crc32(body.subarray(0, body.length - 4)), body.length - 4);
  return body;
}

describe('the counters object', () => {
  it('is read as it was written', () => {
    const nodes = [
      counters('n1', 3),
      counters('n2', 0),
      { ...counters('n3', 1), columns: COUNTER_COLUMNS.map(() => undefined) },
    ];

    const decoded = decodeCounters(buffer(nodes));

    expect(decoded).toEqual({ status: 'ok', nodes });
  });

  it('may hold no node at all', () => {
    expect(decodeCounters(buffer([]))).toEqual({ status: 'ok', nodes: [] });
  });

  it('is read wherever it lies in memory, and does not change with that memory', () => {
    const nodes = [counters('n1', 2)];
    const encoded = encodeCounters(nodes);
    const shifted = Buffer.alloc(encoded.length + 3);
    shifted.set(encoded, 3);

    const decoded = decodeCounters(shifted.subarray(3));
    shifted.fill(0);

    expect(decoded).toEqual({ status: 'ok', nodes });
  });

  it('is read by a catalog that knows other counters', () => {
    const [node] = [counters('n1', 1)];
    const body = buffer([node]);
    const renamed = Buffer.from(
      body.toString('latin1').replace('"memory/page_faults"', '"memory/xage_faults"'),
      'latin1',
    );
    const changed = COUNTER_COLUMNS.indexOf('memory/page_faults');

    const decoded = decodeCounters(resealed(renamed));

    const columns = node.columns.map((column, at) => (at === changed ? undefined : column));
    expect(node.columns[changed]).toBeDefined();
    expect(decoded).toEqual({ status: 'ok', nodes: [{ ...node, columns }] });
  });

  it.each([
    ['an empty body', Buffer.alloc(0), /empty/],
    ['JSON', Buffer.from('{"nodes":[]}'), /not a counters object/],
    ['its magic alone', Buffer.from('HPLSCTRS'), /cut off/],
  ])('is unreadable if it is %s', (_, body, reason) => {
    expect(decodeCounters(body)).toEqual({ status: 'unreadable', reason: expect.stringMatching(reason) });
  });

  it('is unreadable when cut off anywhere', () => {
    const body = buffer([counters('n1', 1)]);

    for (let length = 0; length < body.length; length++) {
      expect(decodeCounters(body.subarray(0, length)).status).toBe('unreadable');
    }
  });

  it('is unreadable in another format, which the reason names', () => {
    const body = buffer([counters('n1', 1)]);
    body.writeUInt32LE(3, 8);

    expect(decodeCounters(resealed(body))).toEqual({
      status: 'unreadable',
      reason: 'its format is 3, this version reads 1 and 2',
    });
  });

  it('is read in the first format, which had all rows of all columns', () => {
    const nodes = [counters('n1', 2)];
    const short = ',"short":[]';
    const body = Buffer.from(buffer(nodes).toString('latin1').replace(short, ' '.repeat(short.length)), 'latin1');
    body.writeUInt32LE(1, 8);

    expect(body.includes('short')).toBe(false);
    expect(decodeCounters(resealed(body))).toEqual({ status: 'ok', nodes });
  });

  it('has no doubles for containers in a column that none of them has', () => {
    const node = counters('n1', 3);
    const ofPods = (column: Float64Array): Float64Array => column.map((value, row) => (row < 5 ? value : Number.NaN));
    const columns = node.columns.map((column) => column && ofPods(column));
    const pods = { ...node, columns };

    const body = buffer([pods]);

    const saved = columns.filter((column) => column !== undefined).length * node.containers.length * 8;
    expect(buffer([node]).length - body.length).toBeGreaterThan(saved - 200);
    expect(decodeCounters(body)).toEqual({ status: 'ok', nodes: [pods] });
  });

  it.each([
    ['"nodes"', '"modes"', /header/],
    ['"of":[0,0]', '"of":[0,9]', /header/],
    ['"sys":["kubelet"]', '"sys":[1        ]', /header/],
    ['"pods":["uid-0"]', '"pods":[       ]', /header/],
    ['"sys":["kubelet"]', '"sys":[         ]', /values instead of/],
    ['"short":[]', '"short":{}', /header/],
    ['"has":[0,2,', '"has":[0,0,', /header/],
  ])('is unreadable if its header is well sealed but has %s as %s', (from, to, reason) => {
    const body = buffer([counters('n1', 1)]);
    const changed = Buffer.from(body.toString('latin1').replace(from, to), 'latin1');

    expect(changed.equals(body)).toBe(false);
    expect(decodeCounters(resealed(changed))).toEqual({ status: 'unreadable', reason: expect.stringMatching(reason) });
  });

  it('refuses to write a column that is not as long as the rows', () => {
    const node = counters('n1', 1);
    const columns = [new Float64Array(2), ...node.columns.slice(1)];

    expect(() => encodeCounters([{ ...node, columns }])).toThrow(/2 of 5 rows/);
  });
});
