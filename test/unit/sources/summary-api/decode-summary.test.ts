import { describe, expect, it } from 'vitest';
import { countBatchPoints, ROW_FLAGS } from '../../../../shared/core/batch.ts';
import { MetricBatchBuilder } from '../../../../shared/core/batch-builder.ts';
import { decodeSummary } from '../../../../shared/sources/summary-api/decode-summary.ts';
import { DEPTH_SCAN_BYTES } from '../../../../shared/sources/summary-api/limits.ts';
import { decodeDocument, NOW, SAMPLED } from '../../../support/decoded-summary.ts';

const MINUTE = 60_000;
const at = (millis: number): string => new Date(millis).toISOString();

describe('a whole document', () => {
  it('has only a node row if the node has only its name', () => {
    const { result, batch, value } = decodeDocument({ node: { nodeName: 'n1' } });

    expect(result).toMatchObject({ status: 'ok', faults: {} });
    expect(Object.keys(batch.tables)).toEqual(['node']);
    expect(value('node', 0, 'cpu/usage')).toBeUndefined();
    expect(countBatchPoints(batch)).toBe(0);
  });

  it('carries labels, parents and row ranges of its node', () => {
    const builder = new MetricBatchBuilder({ timestamp: NOW, resolution: MINUTE, cluster: undefined });
    const document = (node: string): Buffer =>
      Buffer.from(
        JSON.stringify({
          node: { nodeName: node, systemContainers: [{ name: 'kubelet' }] },
          pods: [
            {
              podRef: { name: `${node}-web`, namespace: 'shop', uid: `u-${node}` },
              containers: [{ name: 'a' }, { name: 'b' }],
              volume: [{ name: 'data' }],
            },
          ],
        }),
      );
    const identity = (name: string) => ({ name, hostname: `${name}.local`, hostId: 'i-1' });

    decodeSummary(document('n1'), identity('n1'), builder, { now: NOW });
    const second = decodeSummary(document('n2'), identity('n2'), builder, { now: NOW });

    expect(second).toMatchObject({
      rows: {
        node: 1,
        sysContainers: { from: 1, to: 2 },
        pods: { from: 1, to: 2 },
        containers: { from: 2, to: 4 },
        volumes: { from: 1, to: 2 },
      },
    });
    const { tables } = builder.build();
    expect([...tables.pod!.parent]).toEqual([0, 1]);
    expect([...tables.pod_container!.parent]).toEqual([0, 0, 1, 1]);
    expect([...tables.volume!.parent]).toEqual([0, 1]);
    expect([...tables.sys_container!.parent]).toEqual([0, 1]);
  });

  it('names the node on every row and the pod on its containers and volumes', () => {
    const { label } = decodeDocument(
      {
        node: { nodeName: 'n1', systemContainers: [{ name: 'runtime' }] },
        pods: [
          {
            podRef: { name: 'web', namespace: 'shop', uid: 'u1' },
            containers: [{ name: 'app' }],
            volume: [{ name: 'data', pvcRef: { name: 'claim', namespace: 'shop' } }],
          },
        ],
      },
      { hostId: 'i-1' },
    );

    for (const level of ['node', 'sys_container', 'pod', 'pod_container', 'volume'] as const) {
      expect(label(level, 0, 'nodename')).toBe('n1');
      expect(label(level, 0, 'hostname')).toBe('n1.local');
      expect(label(level, 0, 'host_id')).toBe('i-1');
    }
    for (const level of ['pod', 'pod_container', 'volume'] as const) {
      expect(label(level, 0, 'pod_id')).toBe('u1');
      expect(label(level, 0, 'pod_name')).toBe('web');
      expect(label(level, 0, 'namespace_name')).toBe('shop');
    }
    expect(label('pod_container', 0, 'container_name')).toBe('app');
    expect(label('sys_container', 0, 'container_name')).toBe('docker-daemon');
    expect(label('volume', 0, 'volume_name')).toBe('data');
    expect(label('volume', 0, 'resource_id')).toBe('Volume:data');
    expect(label('volume', 0, 'pvc_name')).toBe('claim');
    expect(label('volume', 0, 'pvc_namespace')).toBe('shop');
  });

  it.each([
    ['a number', '1', /no Summary/],
    ['a node without a name', '{"node":{}}', /no node\.nodeName/],
    ['a node that is a text', '{"node":"n1"}', /no node\.nodeName/],
    ['a Status', '{"kind":"Status","message":"nodes \\"n1\\" not found"}', /"Status" and no Summary: .*not found/],
    ['another node', '{"node":{"nodeName":"n2"}}', /of node "n2", not of "n1"/],
  ])('is refused, with the reason in words, if it is %s', (_, text, message) => {
    const { result, batch } = decodeDocument(text);

    expect(result).toMatchObject({ status: 'failed', reason: 'invalid', message: expect.stringMatching(message) });
    expect(batch.tables).toEqual({});
  });

  it('is refused if it is large and nested deeper than any Summary', () => {
    const pad = ' '.repeat(DEPTH_SCAN_BYTES);
    const nested = (depth: number): string =>
      `{"node":{"nodeName":"n1"},"unknown":${'['.repeat(depth)}${']'.repeat(depth)}}${pad}`;

    expect(decodeDocument(nested(1_000)).result).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/nested deeper than 64/),
    });
    expect(decodeDocument(nested(60)).result.status).toBe('ok');
  });

  it('does not mind ten thousand levels in a key that it does not know', () => {
    const text = `{"node":{"nodeName":"n1"},"unknown":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;

    expect(decodeDocument(text).result.status).toBe('ok');
  });

  it.each([
    [10 * MINUTE, 'ok'],
    [10 * MINUTE + 1_000, 'clock_skew'],
    [-60 * MINUTE, 'ok'],
    [-60 * MINUTE - 1_000, 'clock_skew'],
  ])('with a node sample %d ms from our clock ends as %s', (offset, expected) => {
    const { result } = decodeDocument({ node: { nodeName: 'n1', cpu: { time: at(NOW + offset) } } });

    expect(result.status === 'ok' ? 'ok' : result.reason).toBe(expected);
  });

  it('is taken although samples of pods and file systems are days old', () => {
    const old = at(NOW - 5 * 24 * 60 * MINUTE);
    const { result, value } = decodeDocument({
      node: { nodeName: 'n1', cpu: { time: SAMPLED }, fs: { time: old, usedBytes: 7 } },
      pods: [{ podRef: { name: 'p', namespace: 'd', uid: 'u' }, cpu: { time: old, usageCoreNanoSeconds: 9 } }],
    });

    expect(result).toMatchObject({ status: 'ok', faults: {} });
    expect(value('node', 0, 'filesystem/usage[/]')).toBe(7);
    expect(value('pod', 0, 'cpu/usage')).toBe(9);
  });
});

describe('times', () => {
  it('gives uptime from the start, and none without one or with one ahead of us', () => {
    const pod = (name: string, startTime: unknown) => ({ podRef: { name, namespace: 'd', uid: name }, startTime });
    const { table, row, value, faults } = decodeDocument({
      node: { nodeName: 'n1', startTime: at(NOW - 90_000) },
      pods: [
        pod('null', null),
        pod('zero', '0001-01-01T00:00:00Z'),
        pod('soon', at(NOW + 5_000)),
        pod('far', at(NOW + 60 * MINUTE)),
        pod('text', 'now'),
        pod('number', 17),
      ],
    });

    expect(value('node', 0, 'uptime')).toBe(90_000);
    expect(table('node').start[0]).toBe(NOW - 90_000);
    for (const name of ['null', 'zero', 'soon', 'far', 'text', 'number']) {
      expect(value('pod', row('pod', name), 'uptime')).toBeUndefined();
    }
    expect(table('pod').start[row('pod', 'soon')]).toBe(NOW + 5_000);
    expect(table('pod').start[row('pod', 'far')]).toBeNaN();
    expect(faults).toEqual({ future_time: 1, bad_time: 2 });
  });

  it('keeps the sample time of each block for itself', () => {
    const time = (second: number): string => at(NOW - 30_000 + second * 1_000);
    const { table } = decodeDocument({
      node: {
        nodeName: 'n1',
        cpu: { time: time(1) },
        memory: { time: time(2) },
        network: { time: time(3), rxBytes: 1 },
        io: { time: time(4) },
      },
    });

    expect(table('node').sampled.map((clock) => ((clock?.[0] ?? Number.NaN) - NOW + 30_000) / 1_000)).toEqual([
      1, 2, 3, 4,
    ]);
  });
});

describe('values', () => {
  it("writes the kubelet's own rate in millicores and flags it", () => {
    const { table, value } = decodeDocument({
      node: { nodeName: 'n1', cpu: { time: SAMPLED, usageNanoCores: 576_996_212 } },
      pods: [
        {
          podRef: { name: 'p', namespace: 'd', uid: 'u' },
          cpu: { time: SAMPLED, usageCoreNanoSeconds: 0 },
        },
      ],
    });

    expect(value('node', 0, 'cpu/usage_rate')).toBe(576.996212);
    expect(table('node').flags[0]).toBe(ROW_FLAGS.cpuRateFallback);
    expect(value('pod', 0, 'cpu/usage_rate')).toBeUndefined();
    expect(value('pod', 0, 'cpu/usage')).toBe(0);
    expect(table('pod').flags[0]).toBe(0);
  });

  it.each([
    [-1, { negative_value: 1 }],
    [2 ** 64, { huge_value: 1 }],
    [1.5, { bad_number: 1 }],
    ['7', { bad_number: 1 }],
    [true, { bad_number: 1 }],
    [{}, { bad_number: 1 }],
    [null, {}],
  ])('leaves %j out and counts it', (usageBytes, expected) => {
    const { faults, value } = decodeDocument({ node: { nodeName: 'n1', memory: { usageBytes, rssBytes: 1 } } });

    expect(faults).toEqual(expected);
    expect(value('node', 0, 'memory/usage')).toBeUndefined();
    expect(value('node', 0, 'memory/rss')).toBe(1);
  });

  it('leaves a number that overflows a double out and counts it', () => {
    const { faults } = decodeDocument('{"node":{"nodeName":"n1","memory":{"usageBytes":1e999}}}');

    expect(faults).toEqual({ huge_value: 1 });
  });

  it.each(['cpu', 'memory', 'io', 'swap', 'network', 'fs', 'runtime', 'rlimit', 'systemContainers'])(
    'counts a text or a number in the place of node.%s',
    (key) => {
      expect(decodeDocument({ node: { nodeName: 'n1', [key]: 'text' } }).faults).toEqual({ bad_block: 1 });
      expect(decodeDocument({ node: { nodeName: 'n1', [key]: 3 } }).faults).toEqual({ bad_block: 1 });
      expect(decodeDocument({ node: { nodeName: 'n1', [key]: null } }).faults).toEqual({});
    },
  );

  it('reads pressure, swap, limits and both image stores of a node', () => {
    const share = (total: number) => ({ total, avg10: 1.5, avg60: 2.5, avg300: 99.99 });
    const fs = { availableBytes: 1, capacityBytes: 2, usedBytes: 3, inodes: 4, inodesFree: 5, inodesUsed: 6 };
    const { value } = decodeDocument({
      node: {
        nodeName: 'n1',
        cpu: { time: SAMPLED, psi: { some: share(11), full: share(12) } },
        memory: { time: SAMPLED, psi: { some: share(13) } },
        io: { time: SAMPLED, psi: { some: share(15), full: share(16) } },
        swap: { time: SAMPLED, swapAvailableBytes: 21, swapUsageBytes: 22 },
        fs,
        runtime: { imageFs: { ...fs, usedBytes: 31 }, containerFs: { ...fs, usedBytes: 32 } },
        rlimit: { time: SAMPLED, maxpid: 41, curproc: 42 },
      },
    });
    const node = (key: string): number | undefined => value('node', 0, key);

    expect(node('cpu/pressure_total[some]')).toBe(11);
    expect(node('cpu/pressure_total[full]')).toBe(12);
    expect(node('memory/pressure_total[some]')).toBe(13);
    expect(node('memory/pressure_total[full]')).toBeUndefined();
    expect(node('io/pressure_total[full]')).toBe(16);
    expect(node('io/pressure_avg10[some]')).toBe(1.5);
    expect(node('io/pressure_avg60[some]')).toBe(2.5);
    expect(node('io/pressure_avg300[some]')).toBe(99.99);
    expect(node('swap/available')).toBe(21);
    expect(node('swap/usage')).toBe(22);
    expect(node('filesystem/limit[/]')).toBe(2);
    expect(node('filesystem/inodes_free[/]')).toBe(5);
    expect(node('ephemeral_storage/usage')).toBe(3);
    expect(node('filesystem/usage[imagefs]')).toBe(31);
    expect(node('filesystem/usage[containerfs]')).toBe(32);
    expect(node('pid/limit')).toBe(41);
    expect(node('pid/usage')).toBe(42);
  });
});
