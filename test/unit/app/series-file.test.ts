import { describe, expect, it } from 'vitest';
import { openSeriesFile, type SeriesFile, seriesKey } from '../../../shared/app/series-file.ts';
import type { MetricBatch } from '../../../shared/core/batch.ts';
import { MetricBatchBuilder } from '../../../shared/core/batch-builder.ts';
import { LEAF_LEVELS, TOTAL_LEVELS } from '../../../shared/core/level.ts';
import { metricId } from '../../../shared/core/metrics.ts';
import { HOUR, MINUTE } from '../../../shared/core/units.ts';
import type { Sink } from '../../../shared/sinks/sink.ts';
import { createMemoryStore } from '../../../shared/state/memory.ts';
import type { ObjectStore } from '../../../shared/state/object-store.ts';
import { setLabels } from '../../contract/sinks/contract-batch.ts';

const T0 = Date.UTC(2026, 10, 24);
const live = new AbortController().signal;
const SINK = { endsSeries: true, selection: { levels: ['node'], metrics: ['*'] } } as unknown as Sink;

function nodes(timestamp: number, names: readonly string[]): MetricBatch {
  const builder = new MetricBatchBuilder({ timestamp, resolution: MINUTE, cluster: 'c' });
  for (const nodename of names) {
    const row = builder.table('node').addRow();
    setLabels(builder, 'node', row, { nodename });
    builder.table('node').set(metricId('cpu/usage_rate'), row, 1);
  }
  return builder.build();
}

async function open(store: ObjectStore, part = 's0', inherit: readonly string[] = []): Promise<SeriesFile> {
  const file = openSeriesFile({ sinks: [SINK], store }, { cluster: 'c', part, inherit, levels: LEAF_LEVELS });
  if (file === undefined) throw new Error('no file');
  expect(await file.load(live)).toEqual([]);
  return file;
}

const everyNode = (): boolean => true;
const noNode = (): boolean => false;

/** Saves a tick and says how many rows have ended in it. */
async function tick(
  store: ObjectStore,
  batch: MetricBatch,
  part?: string,
  inherit?: readonly string[],
): Promise<number> {
  const file = await open(store, part, inherit);
  const { ended } = file.withEnded(batch, everyNode);
  expect(await file.save(batch, noNode, live)).toEqual([]);
  return ended?.tables.node?.rows ?? 0;
}

describe('the series file', () => {
  it('knows from tick to tick which series have ended, each once', async () => {
    const store = createMemoryStore('memory:');

    const counts = [
      await tick(store, nodes(T0, ['a', 'b', 'c'])),
      await tick(store, nodes(T0 + MINUTE, ['a'])),
      await tick(store, nodes(T0 + 2 * MINUTE, ['a'])),
    ];

    expect(counts).toEqual([0, 2, 0]);
  });

  it('keeps the series of a node that did not answer, for an hour', async () => {
    const store = createMemoryStore('memory:');
    await tick(store, nodes(T0, ['a', 'b']));
    const isB = (node: string | undefined): boolean => node === 'b';
    const file = await open(store);
    expect(file.withEnded(nodes(T0 + MINUTE, ['a']), (node) => !isB(node)).ended).toBeUndefined();
    await file.save(nodes(T0 + MINUTE, ['a']), isB, live);

    const later = await open(store);
    const afterAnHour = await open(store);
    await afterAnHour.save(nodes(T0 + HOUR + MINUTE, ['a']), isB, live);
    const forgotten = await open(store);

    expect(later.withEnded(nodes(T0 + 2 * MINUTE, ['a']), everyNode).ended?.tables.node?.rows).toBe(1);
    expect(forgotten.withEnded(nodes(T0 + 2 * HOUR, ['a']), everyNode).ended).toBeUndefined();
  });

  it('takes over the series of a shard that it inherits nodes from', async () => {
    const store = createMemoryStore('memory:');
    await tick(store, nodes(T0, ['a']), 's1');

    expect(await tick(store, nodes(T0 + MINUTE, ['b']), 's0', ['s1'])).toBe(1);
  });

  it('is not written over what a run beside has written', async () => {
    const store = createMemoryStore('memory:');
    const first = await open(store);
    const second = await open(store);
    await first.save(nodes(T0, ['a']), noNode, live);

    expect(await second.save(nodes(T0, ['b']), noNode, live)).toEqual([
      expect.stringMatching(/another run wrote them/),
    ]);
  });

  it('ends nothing if it is damaged or of this very tick', async () => {
    const store = createMemoryStore('memory:');
    await tick(store, nodes(T0, ['a']));
    const again = await open(store);
    expect(again.withEnded(nodes(T0, []), everyNode).ended).toBeUndefined();
    await store.put(seriesKey('c', 's0'), Buffer.from('x'), { if: 'any' }, live);

    const file = openSeriesFile(
      { sinks: [SINK], store },
      { cluster: 'c', part: 's0', inherit: [], levels: LEAF_LEVELS },
    );

    expect(await file?.load(live)).toEqual([expect.stringMatching(/not a series object; nothing is marked as ended/)]);
    expect(file?.withEnded(nodes(T0 + MINUTE, []), everyNode).ended).toBeUndefined();
    expect(await file?.save(nodes(T0 + MINUTE, []), noNode, live)).toEqual([]);
  });

  it('is there only for sinks that want it, at levels they take', () => {
    const store = createMemoryStore('memory:');
    const options = { cluster: 'c', part: 's0', inherit: [] };

    expect(openSeriesFile({ sinks: [SINK], store }, { ...options, levels: TOTAL_LEVELS })).toBeUndefined();
    expect(
      openSeriesFile({ sinks: [{ ...SINK, endsSeries: false }], store }, { ...options, levels: LEAF_LEVELS }),
    ).toBeUndefined();
  });
});
