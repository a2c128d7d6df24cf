import { describe, expect, it } from 'vitest';
import { decodeDocument, NOW, SAMPLED } from '../../../support/decoded-summary.ts';

const at = (second: number): string => new Date(NOW - 600_000 + second * 1_000).toISOString();
const summary = (pods: unknown, node: object = {}) => ({ node: { nodeName: 'n1', ...node }, pods });
const podRef = (name: string, uid: unknown = name) => ({ name, namespace: 'default', uid });
const usage = (bytes: number, second = 0) => ({
  startTime: at(second),
  cpu: { time: SAMPLED },
  memory: { usageBytes: bytes },
});

describe('containers', () => {
  it.each([
    ['the later start wins, listed first', [usage(1, 20), usage(2, 10)], 1],
    ['the later start wins, listed last', [usage(1, 10), usage(2, 20)], 2],
    [
      'of equal starts the newer cpu sample wins',
      [
        { ...usage(1), cpu: { time: at(9) } },
        { ...usage(2), cpu: { time: at(5) } },
      ],
      1,
    ],
    ['of equal starts and samples the later-listed wins', [usage(1), usage(2)], 2],
    ['a start beats none', [usage(1, 10), { memory: { usageBytes: 2 } }], 1],
    ['of three the youngest wins', [usage(1, 10), usage(2, 30), usage(3, 20)], 2],
  ])('listed twice count once: %s', (_, containers, expected) => {
    const { table, value, faults } = decodeDocument(
      summary([{ podRef: podRef('p'), containers: containers.map((item) => ({ name: 'app', ...item })) }]),
    );

    expect(table('pod_container').rows).toBe(1);
    expect(value('pod_container', 0, 'memory/usage')).toBe(expected);
    expect(faults).toEqual({ duplicate_container: containers.length - 1 });
  });

  it('of one name in two pods are two', () => {
    const { table, faults } = decodeDocument(
      summary([
        { podRef: podRef('a'), containers: [{ name: 'app' }] },
        { podRef: podRef('b'), containers: [{ name: 'app' }] },
      ]),
    );

    expect(table('pod_container').rows).toBe(2);
    expect(faults).toEqual({});
  });

  it('may be null or missing while the pod has values', () => {
    const memory = { usageBytes: 5 };
    const { batch, value, row, faults } = decodeDocument(
      summary([
        { podRef: podRef('a'), containers: null, memory },
        { podRef: podRef('b'), memory },
      ]),
    );

    expect(batch.tables.pod_container).toBeUndefined();
    expect(value('pod', row('pod', 'a'), 'memory/usage')).toBe(5);
    expect(value('pod', row('pod', 'b'), 'memory/usage')).toBe(5);
    expect(faults).toEqual({});
  });

  it('without a usable name are left out and counted', () => {
    const containers = [null, 'app', [], {}, { name: '' }, { name: 7 }, { name: 'x'.repeat(257) }, { name: 'app' }];
    const { table, faults } = decodeDocument(summary([{ podRef: podRef('p'), containers }]));

    expect(table('pod_container').rows).toBe(1);
    expect(faults).toEqual({ bad_container: 7 });
  });

  it('have ephemeral storage only if both rootfs and logs say what they use', () => {
    const { value, row } = decodeDocument(
      summary([
        {
          podRef: podRef('p'),
          containers: [
            { name: 'both', rootfs: { usedBytes: 11 }, logs: { usedBytes: 22 } },
            { name: 'rootfs', rootfs: { usedBytes: 11 } },
            { name: 'blocks', rootfs: { capacityBytes: 9 }, logs: { usedBytes: 22 } },
          ],
          'ephemeral-storage': { usedBytes: 99, availableBytes: 1, inodesUsed: 2 },
        },
      ]),
    );
    const ephemeral = (name: string) => value('pod_container', row('pod_container', name), 'ephemeral_storage/usage');

    expect([ephemeral('both'), ephemeral('rootfs'), ephemeral('blocks')]).toEqual([33, undefined, undefined]);
    expect(value('pod_container', row('pod_container', 'blocks'), 'filesystem/limit[/]')).toBe(9);
    expect(value('pod_container', row('pod_container', 'both'), 'filesystem/usage[logs]')).toBe(22);
    expect(value('pod', 0, 'ephemeral_storage/usage')).toBe(99);
    expect(value('pod', 0, 'ephemeral_storage/available')).toBe(1);
    expect(value('pod', 0, 'ephemeral_storage/inodes_used')).toBe(2);
  });
});

describe('system containers', () => {
  it('carry Heapster’s names, and of two by one name the younger counts', () => {
    const systemContainers = [
      { name: 'runtime', ...usage(1, 10) },
      { name: 'misc', ...usage(2) },
      { name: 'kubelet', ...usage(3) },
      { name: 'bar', ...usage(4) },
      { name: 'docker-daemon', ...usage(5, 20) },
      'pods',
    ];
    const { label, table, value, row, faults } = decodeDocument(summary([], { systemContainers }));
    const names = Array.from({ length: table('sys_container').rows }, (_, i) =>
      label('sys_container', i, 'container_name'),
    );

    expect(names).toEqual(['system', 'kubelet', 'bar', 'docker-daemon']);
    expect(value('sys_container', row('sys_container', 'docker-daemon'), 'memory/usage')).toBe(5);
    expect(faults).toEqual({ duplicate_system_container: 1, bad_system_container: 1 });
  });
});

describe('pods', () => {
  it('of one uid count once with their containers and volumes, the younger one', () => {
    const pod = (bytes: number, second: number) => ({
      podRef: podRef('p', 'u'),
      ...usage(bytes, second),
      containers: [{ name: `c${bytes}` }],
      volume: [{ name: `v${bytes}` }],
    });
    const { table, value, label, faults } = decodeDocument(summary([pod(1, 20), pod(2, 10)]));

    expect(table('pod').rows).toBe(1);
    expect(value('pod', 0, 'memory/usage')).toBe(1);
    expect(label('pod_container', 0, 'container_name')).toBe('c1');
    expect(label('volume', 0, 'volume_name')).toBe('v1');
    expect(faults).toEqual({ duplicate_pod: 1 });
  });

  it('of one name with different uids are two: the old and the new one of a StatefulSet', () => {
    const { table } = decodeDocument(summary([{ podRef: podRef('db-0', 'u1') }, { podRef: podRef('db-0', 'u2') }]));

    expect(table('pod').rows).toBe(2);
  });

  it('without a uid are told apart by their names', () => {
    const { table, label, faults } = decodeDocument(
      summary([{ podRef: podRef('a', null) }, { podRef: podRef('a', '') }, { podRef: podRef('b', 7) }]),
    );

    expect(table('pod').rows).toBe(2);
    expect(label('pod', 0, 'pod_id')).toBeUndefined();
    expect(faults).toEqual({ duplicate_pod: 1, bad_name: 1 });
  });

  it('that cannot be named are left out and counted, the others stay', () => {
    const pods = [null, 3, {}, { podRef: 'p' }, { podRef: { name: 'p' } }, { podRef: podRef('ok') }];
    const { table, faults } = decodeDocument(summary(pods));

    expect(table('pod').rows).toBe(1);
    expect(faults).toEqual({ bad_pod: 5, bad_block: 1 });
  });

  it.each([null, undefined, 'pods', {}])('given as %j are none', (pods) => {
    const { result, batch } = decodeDocument(summary(pods));

    expect(result.status).toBe('ok');
    expect(batch.tables.pod).toBeUndefined();
  });

  it('count their processes', () => {
    const { value } = decodeDocument(summary([{ podRef: podRef('p'), process_stats: { process_count: 4 } }]));

    expect(value('pod', 0, 'process/count')).toBe(4);
  });
});

describe('volumes', () => {
  it('are rows with their sizes; the second of a name and nameless ones are counted', () => {
    const fs = { availableBytes: 1, capacityBytes: 2, usedBytes: 3, inodes: 4, inodesFree: 5, inodesUsed: 6 };
    const volume = [
      { name: 'data', ...fs },
      { name: 'data', usedBytes: 9 },
      { usedBytes: 9 },
      7,
      { name: 'claimless', pvcRef: { name: 'c' } },
      { name: 'odd', pvcRef: 'c' },
    ];
    const { table, value, label, row, faults } = decodeDocument(summary([{ podRef: podRef('p'), volume }]));

    expect(table('volume').rows).toBe(3);
    expect(
      ['usage', 'limit', 'available', 'inodes', 'inodes_free', 'inodes_used'].map((name) =>
        value('volume', row('volume', 'data'), `filesystem/${name}`),
      ),
    ).toEqual([3, 2, 1, 4, 5, 6]);
    expect(label('volume', row('volume', 'claimless'), 'pvc_name')).toBeUndefined();
    expect(faults).toEqual({ duplicate_volume: 1, bad_volume: 2, bad_name: 1, bad_block: 1 });
  });
});

describe('user-defined metrics', () => {
  const metric = (name: unknown, type: unknown, value: unknown, labels?: unknown) => ({ name, type, value, labels });
  const decoded = (...userDefinedMetrics: unknown[]) =>
    decodeDocument(summary([{ podRef: podRef('p'), containers: [{ name: 'app', userDefinedMetrics }] }]));

  it('are sparse values with their labels, sorted by key', () => {
    const { sparse, batch, faults } = decoded(
      metric('qps', 'gauge', 3.5),
      metric('degrees', 'gauge', -4.25),
      metric('hits', 'cumulative', 7, { zone: 'b', area: 'a' }),
      metric('hits', 'cumulative', 8, { zone: 'c', area: 'a' }),
    );

    expect(sparse('pod_container', 0)).toEqual([
      'custom/degrees{} -4.25',
      'custom/hits{area=a,zone=b} 7',
      'custom/hits{area=a,zone=c} 8',
      'custom/qps{} 3.5',
    ]);
    expect(batch.metrics.find(({ name }) => name === 'custom/hits')).toMatchObject({ kind: 'cumulative' });
    expect(faults).toEqual({});
  });

  it('of other types, of two kinds, without names, twice, or of impossible values are counted', () => {
    const { sparse, faults } = decoded(
      metric('a', 'delta', 1),
      metric('b', 'gauge', 1),
      metric('b', 'cumulative', 2),
      metric('b', 'gauge', 3),
      metric('', 'gauge', 1),
      metric('c', 'gauge', 1, { zone: 7 }),
      metric('c', 'gauge', 1, ['zone']),
      metric('d', 'cumulative', -1),
      metric('e', 'gauge', 'many'),
      'qps',
    );

    expect(sparse('pod_container', 0)).toEqual(['custom/b{} 1']);
    expect(faults).toEqual({
      custom_metric_type: 1,
      custom_metric_conflict: 1,
      duplicate_custom_metric: 1,
      bad_custom_metric: 4,
      negative_value: 1,
      bad_number: 1,
    });
  });

  it('may be null', () => {
    const { faults } = decodeDocument(
      summary([{ podRef: podRef('p'), containers: [{ name: 'app', userDefinedMetrics: null }] }]),
    );

    expect(faults).toEqual({});
  });
});

describe('accelerators', () => {
  it('are sparse values by id, make and model; nameless and repeated ones are counted', () => {
    const gpu = { make: 'nvidia', model: 'tesla-k80', id: 'g0', memoryTotal: 10, memoryUsed: 4, dutyCycle: 25 };
    const { sparse, faults } = decodeDocument(
      summary([
        {
          podRef: podRef('p'),
          containers: [{ name: 'app', accelerators: [gpu, gpu, { ...gpu, id: '' }, { ...gpu, id: 'a\u0000b' }, 1] }],
        },
      ]),
    );

    expect(sparse('pod_container', 0)).toEqual([
      'accelerator/duty_cycle{accelerator_id=g0,make=nvidia,model=tesla-k80} 25',
      'accelerator/memory_total{accelerator_id=g0,make=nvidia,model=tesla-k80} 10',
      'accelerator/memory_used{accelerator_id=g0,make=nvidia,model=tesla-k80} 4',
    ]);
    expect(faults).toEqual({ duplicate_accelerator: 1, bad_accelerator: 3 });
  });
});
