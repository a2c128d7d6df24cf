import { describe, expect, it } from 'vitest';
import { ROW_FLAGS } from '../../../shared/core/batch.ts';
import { addDownNode, enrichNode } from '../../../shared/processors/node-enricher.ts';
import { createPodIndex } from '../../../shared/processors/pod-index.ts';
import { digestPod } from '../../../shared/processors/pod-meta.ts';
import { addRows, denseOf, labelOfRow, podObject, testBuilder, testNode } from './rows.ts';

const LABELS = { separator: ',', ignored: new Set<string>(), stored: new Map([['zone', 'zone']]) };
const INDEX = createPodIndex(
  ['a', 'b', 'c'].flatMap(
    (name) => digestPod(podObject({ name, node: 'n1', phase: name === 'c' ? 'Succeeded' : 'Running' }), LABELS) ?? [],
  ),
);
const SETTINGS = { labels: LABELS, index: INDEX };
const RESOURCES = { cpu: 2_000, memory: 1_000, ephemeralStorage: 500 };

describe('enrichNode', () => {
  it('counts pods and containers measured, and pods expected', () => {
    const builder = testBuilder(['zone']);
    const node = testNode('n1', { labels: { zone: 'z1', a: 'b' } });
    const rows = addRows(builder, node, {
      pods: [{ namespace: 'default', name: 'a', containers: [{ name: 'x' }, { name: 'y' }] }],
    });
    builder.table('pod_container').addFlag(1, ROW_FLAGS.unmeasured);

    enrichNode(builder, rows, node, SETTINGS);

    const table = builder.table('node');
    expect(['up', 'pod/count', 'container/count', 'pod/expected'].map((key) => denseOf(table, 0, key))).toEqual([
      1, 1, 1, 2,
    ]);
    expect(labelOfRow(builder, table, 0, 'labels')).toBe('a:b,zone:z1');
    expect(labelOfRow(builder, table, 0, 'zone')).toBe('z1');
  });

  it('says nothing of expected pods if none of the node are known', () => {
    const builder = testBuilder(['zone']);
    const node = testNode('n2');
    const rows = addRows(builder, node, { pods: [{ namespace: 'default', name: 'a' }] });

    enrichNode(builder, rows, node, SETTINGS);

    expect(denseOf(builder.table('node'), 0, 'pod/expected')).toBeUndefined();
    expect(denseOf(builder.table('node'), 0, 'pod/count')).toBe(1);
  });

  it('measures ephemeral storage only if capacity and allocatable both name it', () => {
    const used = { 'ephemeral_storage/usage': 100, 'ephemeral_storage/request': 250 };
    const keys = ['node_capacity', 'node_allocatable', 'node_utilization', 'node_reservation'];
    const found = [{ capacity: {} }, { capacity: RESOURCES }].map(({ capacity }) => {
      const builder = testBuilder(['zone']);
      const node = testNode('n1', { capacity, allocatable: RESOURCES });
      const rows = addRows(builder, node, { values: used });
      enrichNode(builder, rows, node, SETTINGS);
      return keys.map((key) => denseOf(builder.table('node'), 0, `ephemeral_storage/${key}`));
    });

    expect(found).toEqual([
      [undefined, undefined, undefined, undefined],
      [500, 500, 0.2, 0.5],
    ]);
  });

  it('leaves ratios out where nothing is allocatable', () => {
    const builder = testBuilder(['zone']);
    const node = testNode('n1', { capacity: { cpu: 100 }, allocatable: { cpu: 0 } });
    const rows = addRows(builder, node, { values: { 'cpu/usage_rate': 10 } });

    enrichNode(builder, rows, node, SETTINGS);

    expect(denseOf(builder.table('node'), 0, 'cpu/node_allocatable')).toBe(0);
    expect(denseOf(builder.table('node'), 0, 'cpu/node_utilization')).toBeUndefined();
  });
});

describe('addDownNode', () => {
  it('makes a row that says that the node is down and what it could do', () => {
    const builder = testBuilder(['zone']);
    const node = testNode('n1', {
      hostId: 'i-1',
      labels: { zone: 'z1' },
      capacity: RESOURCES,
      allocatable: { cpu: 1_900 },
    });

    const row = addDownNode(builder, node, { ...SETTINGS, reason: 'timeout' });

    const table = builder.table('node');
    expect(table.hasFlag(row, ROW_FLAGS.unmeasured)).toBe(true);
    const keys = [
      'up',
      'cpu/node_capacity',
      'cpu/node_allocatable',
      'memory/node_allocatable',
      'pod/expected',
      'pod/count',
    ];
    expect(keys.map((key) => denseOf(table, row, key))).toEqual([0, 2_000, 1_900, undefined, 2, undefined]);
    expect(['nodename', 'hostname', 'host_id', 'zone'].map((key) => labelOfRow(builder, table, row, key))).toEqual([
      'n1',
      'n1',
      'i-1',
      'z1',
    ]);
  });
});
