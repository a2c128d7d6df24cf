import { deepEqual, equal, ok } from 'node:assert/strict';
import { crc32, gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { LEVELS } from '../../shared/core/level.ts';
import { parseShardPlan } from '../../shared/fanout/shard-plan.ts';
import { backlogKey, readBacklogKey } from '../../shared/state/backlog-key.ts';
import { type BacklogObject, decodeBacklog, encodeBacklog } from '../../shared/state/backlog-object.ts';
import { encodeClaim, readClaim } from '../../shared/state/claim-object.ts';
import {
  COUNTER_COLUMNS,
  counterRows,
  decodeCounters,
  encodeCounters,
  type NodeCounters,
} from '../../shared/state/counters.ts';
import { filterSegment, type SeriesSegment } from '../../shared/state/series.ts';
import { decodeSeries, encodeSeries } from '../../shared/state/series-object.ts';
import { byteChanges, changeBytes } from './byte-changes.ts';
import { asyncProperty, type FuzzSuite, property, together } from './suite.ts';

const name = fc.string({ unit: 'grapheme', maxLength: 6 });
const names = fc.array(name, { maxLength: 3 });
const stamp = fc.nat(2_000_000_000_000);
/** Changed bytes under a checksum that fits them: what a damaged disk cannot do, but another program can. */
const sealed = fc.boolean();

const nodeCounters: fc.Arbitrary<NodeCounters> = fc
  .record({ node: name, stamp, sysContainers: names, pods: names, containers: names, at: fc.nat(9), seed: fc.double() })
  .map(({ at, seed, ...rest }) => {
    const rows = counterRows(rest);
    const columns = COUNTER_COLUMNS.map((_, column) =>
      (column + at) % 3 === 0 ? new Float64Array(rows).fill(seed) : undefined,
    );
    return { ...rest, containerPods: rest.containers.map((_, index) => (index % (rest.pods.length + 1)) - 1), columns };
  });

const counters = property(
  fc.tuple(fc.array(nodeCounters, { maxLength: 3 }), byteChanges, sealed),
  ([nodes, changes, isSealed]) => {
    const body = Buffer.from(encodeCounters(nodes));
    const changed = changeBytes(body, changes);
    const isSame = changed.equals(body);
    if (isSealed && changed.length >= 4) {
      changed.writeUInt32LE(crc32(changed.subarray(0, changed.length - 4)), changed.length - 4);
    }
    const decoded = decodeCounters(changed);
    if (isSame) deepEqual(decoded, { status: 'ok', nodes });
    if (!isSame && !isSealed) equal(decoded.status, 'unreadable');
    if (decoded.status === 'unreadable') ok(decoded.reason.length > 0);
    else {
      for (const node of decoded.nodes) {
        for (const column of node.columns) ok(column === undefined || column.length === counterRows(node));
      }
    }
  },
);

const segment: fc.Arbitrary<SeriesSegment> = fc
  .record({ timestamp: stamp, strings: names, rows: fc.nat(3), level: fc.constantFrom(...LEVELS), bits: fc.nat(255) })
  .map(({ timestamp, strings, rows, level, bits }) => {
    const ints = (length: number, below: number): Int32Array =>
      Int32Array.from({ length }, (_, at) => (bits + at) % Math.max(1, below));
    return {
      timestamp,
      strings: ['', ...strings],
      labelKeys: ['nodename', 'pod_name'],
      metrics: [
        ['cpu/usage', 'cumulative'],
        ['up', 'gauge'],
      ],
      own: [[], [['k', 'v']]],
      tables: [
        {
          level,
          rows,
          labels: [bits % 2 === 0 ? undefined : ints(rows, strings.length + 1), ints(rows, strings.length + 1)],
          has: [Uint8Array.from({ length: rows }, () => bits & 1), undefined],
          sparse: { row: ints(rows, rows), metric: ints(rows, 2), own: ints(rows, 2) },
        },
      ],
    };
  });

const series = property(
  fc.tuple(fc.array(segment, { maxLength: 3 }), byteChanges, sealed),
  ([segments, changes, isSealed]) => {
    const body = encodeSeries(segments);
    const changed = changeBytes(body, changes);
    const isSame = changed.equals(body);
    if (isSealed && changed.length >= 20) changed.writeUInt32LE(crc32(changed.subarray(20)), 16);
    const decoded = decodeSeries(changed);
    if (isSame) deepEqual(decoded, { status: 'ok', segments });
    if (decoded.status === 'unreadable') ok(decoded.reason.length > 0);
    else if (isSealed) for (const one of decoded.segments) filterSegment(one, () => true);
    // What is not under the checksum, the length of the header, has no say in what is read.
    else deepEqual(decoded.segments, segments);
  },
);

const request = fc.record(
  { points: fc.nat(999), idempotent: fc.boolean(), body: fc.uint8Array({ maxLength: 30 }) },
  { noNullPrototype: true },
);
const backlogObject: fc.Arbitrary<BacklogObject> = fc.record(
  { timestamp: stamp, kind: fc.constantFrom('spilled', 'ahead'), requests: fc.array(request, { maxLength: 3 }) },
  { noNullPrototype: true },
);

const backlog = asyncProperty(
  fc.tuple(backlogObject, byteChanges, fc.constantFrom('packed', 'unpacked', 'sealed')),
  async ([object, changes, where]) => {
    const body = Buffer.from(await encodeBacklog(object));
    const before = where === 'packed' ? body : gunzipSync(body);
    const changed = changeBytes(before, changes);
    const isSame = changed.equals(before);
    if (where === 'sealed' && changed.length >= 20) changed.writeUInt32LE(crc32(changed.subarray(20)), 16);
    const decoded = await decodeBacklog(where === 'packed' ? changed : gzipSync(changed, { level: 0 }));
    if (decoded.status === 'unreadable') ok(decoded.reason.length > 0);
    else if (isSame || where !== 'sealed') {
      const requests = decoded.object.requests.map((each) => ({ ...each, body: new Uint8Array(each.body) }));
      deepEqual({ ...decoded.object, requests }, object);
    }
  },
);

const key = property(
  fc.record({ cluster: name, part: name, timestamp: stamp, points: fc.nat(999_999), bytes: fc.nat() }),
  (parts) => {
    const place = { ...parts, sink: 'otlp-0123abcd' };
    const isLegal =
      place.cluster !== '' && place.part !== '' && place.part.isWellFormed() && place.cluster.isWellFormed();
    if (isLegal) deepEqual(readBacklogKey(backlogKey(place)), place);
    readBacklogKey(`backlog/${place.cluster}/${place.part}/0000000000001/%~1~2`);
  },
);

const claim = property(
  fc.tuple(
    fc.record({
      cluster: name,
      timestamp: stamp,
      holder: name,
      nonce: name,
      leaseUntil: stamp,
      released: fc.boolean(),
    }),
    byteChanges,
  ),
  ([parts, changes]) => {
    const body = encodeClaim({ version: 1, ...parts });
    const changed = changeBytes(body, changes);
    const now = 2_000_000_000_000;
    const read = readClaim(changed, now);
    if (changed.equals(body)) deepEqual(read, { status: 'ok', claim: { version: 1, ...parts } });
    if (read.status === 'ok') ok(Math.max(read.claim.timestamp, read.claim.leaseUntil) <= now + 86_400_000);
  },
);

const shard = fc.record({ name, nodes: names, inherit: names }, { noNullPrototype: true });

const plan = property(fc.tuple(fc.array(shard, { maxLength: 3 }), byteChanges), ([shards, changes]) => {
  const body = Buffer.from(JSON.stringify({ version: 1, shards }));
  const changed = changeBytes(body, changes);
  const read = parseShardPlan(changed);
  if (changed.equals(body)) deepEqual(read, { version: 1, shards });
  if (read !== undefined) equal(read.version, 1);
});

/** Everything that is kept in the state store: read as it was written, or refused with a reason, whatever became of it. */
export const state: FuzzSuite = {
  name: 'state',
  share: 0.2,
  run: together(counters, series, backlog, key, claim, plan),
};
