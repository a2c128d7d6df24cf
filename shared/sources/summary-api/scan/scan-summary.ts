// hot path: bench "decode"
import { MetricBatchBuilder } from '../../../core/batch-builder.ts';
import { LEAF_LEVELS } from '../../../core/level.ts';
import type { UnixMillis } from '../../../core/units.ts';
import type { NodeIdentity, NodeRows } from '../../source.ts';
import { ZERO_TIME } from '../kubelet-time.ts';
import { MAX_CLOCK_AHEAD, MAX_SAMPLE_AGE } from '../limits.ts';
import { RESOURCE_PREFIX } from '../resource-prefix.ts';
import { BYTE } from './bytes.ts';
import { Marks } from './marks.ts';
import { NameTable } from './name-table.ts';
import { readEntity } from './read-entity.ts';
import { DAYS_LENGTH } from './read-text.ts';
import { type Reading, skipSpace } from './reading.ts';
import { resolveNames } from './resolve-names.ts';
import type { BatchNames, Scanned } from './scanned.ts';
import { Stage } from './stage.ts';
import { createSummaryLayout, STAGES } from './summary-layout.ts';
import { Ways } from './ways.ts';
import { createNetworkWriter } from './write-network.ts';
import { writeScanned } from './write-scanned.ts';

/** The shortest row of a real document: an interface with its name and four counters. */
const ROW_BYTES = 64;
/** So many rows are allowed in any document. */
const LEAST_ROWS = 4_096;

const NOTHING = Buffer.alloc(0);
const NOBODY: NodeIdentity = { name: '', hostname: '', hostId: '' };

/** Reads documents one after the other. It learns what they look like, which makes it faster, never different. */
export interface SummaryScanner {
  /**
   * Writes a document's rows as `decodeSummary` does without a single fault. Undefined, and no row written, if anything is
   * not as usual: what it was is for the other decoder to say.
   */
  scan(
    body: Buffer,
    node: NodeIdentity,
    builder: MetricBatchBuilder,
    context: { readonly now: UnixMillis },
  ): NodeRows | undefined;
}

/** Where the document ends: behind its last brace; 0 if it does not end with one. */
function endOf(body: Buffer): number {
  let end = body.length;
  while (end > 0 && (body[end - 1] === BYTE.newline || body[end - 1] === BYTE.space || body[end - 1] === BYTE.return))
    end--;
  return end > 0 && body[end - 1] === BYTE.close ? end : 0;
}

/**
 * An empty builder that is never let go of. V8 throws compiled code away when the last object of a shape that the code was made
 * for dies, and between two ticks there is no other builder: without this one each tick would compile anew.
 */
function createKeptBuilder(): MetricBatchBuilder {
  const builder = new MetricBatchBuilder({ timestamp: 0, resolution: 0, cluster: undefined });
  for (const level of LEAF_LEVELS) builder.table(level);
  return builder;
}

export function createSummaryScanner(): SummaryScanner {
  const layout = createSummaryLayout();
  const entities = Object.entries(STAGES)
    .sort(([, a], [, b]) => a - b)
    .map(([name]) => layout[name as keyof typeof STAGES]);
  const stages = entities.map((entity) => new Stage(entity));
  const reading: Reading = {
    body: NOTHING,
    bytes: NOTHING,
    view: new DataView(NOTHING.buffer),
    end: 0,
    latest: 0,
    mostRows: 0,
    stages,
    places: layout.places,
    ways: new Ways(layout.places.length),
    days: new Float64Array(DAYS_LENGTH),
  };
  const network = createNetworkWriter(layout);
  const cpuSampled = layout.node.slot('sampled:cpu');

  const batches = new WeakMap<MetricBatchBuilder, BatchNames>();
  const kept = createKeptBuilder();

  function namesOf(builder: MetricBatchBuilder): BatchNames {
    let names = batches.get(builder);
    if (names === undefined) {
      names = {
        table: new NameTable(builder, RESOURCE_PREFIX),
        strings: new Marks(),
        entries: new Marks(),
        nodeInterfaces: new Marks(),
      };
      batches.set(builder, names);
    }
    return names;
  }

  const scanned: Scanned = {
    body: NOTHING,
    node: NOBODY,
    now: 0,
    builder: kept,
    names: namesOf(kept),
    layout,
    stages,
    targets: stages.map((stage, index) => ({ stage, entity: entities[index]!, table: kept.table('node'), first: 0 })),
  };

  /** Lets go of a batch and of a document. */
  function letGo(): void {
    for (const stage of stages) stage.clear();
    for (const target of scanned.targets) target.table = kept.table('node');
    scanned.body = NOTHING;
    scanned.node = NOBODY;
    scanned.builder = kept;
    scanned.names = namesOf(kept);
    open(NOTHING, 0);
  }

  function open(body: Buffer, end: number): void {
    reading.body = body;
    reading.bytes = new Uint8Array(body.buffer, body.byteOffset, body.length);
    reading.view = new DataView(body.buffer, body.byteOffset, body.length);
    reading.end = end;
  }

  function read(body: Buffer, now: UnixMillis): boolean {
    const end = endOf(body);
    if (end === 0) return false;
    open(body, end);
    reading.latest = now + MAX_CLOCK_AHEAD;
    reading.mostRows = Math.max(LEAST_ROWS, body.length / ROW_BYTES);
    const begin = skipSpace(reading, 0);
    return body[begin] === BYTE.open && readEntity(reading, begin + 1, layout.summary, -1) === end;
  }

  return {
    scan(body, node, builder, { now }) {
      try {
        if (!read(body, now)) return undefined;
        const sampled = stages[STAGES.node]!.value(0, cpuSampled);
        // A node's own sample that is too old fails the document.
        if (sampled > ZERO_TIME && sampled < now - MAX_SAMPLE_AGE) return undefined;
        scanned.body = body;
        scanned.node = node;
        scanned.now = now;
        scanned.builder = builder;
        scanned.names = namesOf(builder);
        return resolveNames(scanned) ? writeScanned(scanned, network) : undefined;
      } finally {
        letGo();
      }
    },
  };
}
