// hot path: bench "decode"
import type { MetricBatchBuilder } from '../../../core/batch-builder.ts';
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
import type { BatchNames } from './scanned.ts';
import { Stage } from './stage.ts';
import { createSummaryLayout, STAGES } from './summary-layout.ts';
import { Ways } from './ways.ts';
import { createNetworkWriter } from './write-network.ts';
import { writeScanned } from './write-scanned.ts';

const NOTHING = Buffer.alloc(0);

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
    stages,
    places: layout.places,
    ways: new Ways(layout.places.length),
    days: new Float64Array(DAYS_LENGTH),
  };
  const network = createNetworkWriter(layout);
  const cpuSampled = layout.node.slot('sampled:cpu');
  const batches = new WeakMap<MetricBatchBuilder, BatchNames>();

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
        const scanned = { body, node, now, builder, names: namesOf(builder), layout, stages };
        return resolveNames(scanned) ? writeScanned(scanned, network) : undefined;
      } finally {
        for (const stage of stages) stage.clear();
        open(NOTHING, 0);
      }
    },
  };
}
