import { describe, expect, it, vi } from 'vitest';
import { parseUri } from '../../../../shared/config/uri.ts';
import type { MetricBatch } from '../../../../shared/core/batch.ts';
import { MetricBatchBuilder } from '../../../../shared/core/batch-builder.ts';
import { systemClock } from '../../../../shared/core/clock.ts';
import { metricId } from '../../../../shared/core/metrics.ts';
import { openSink } from '../../../../shared/sinks/registry.ts';
import type { Sink } from '../../../../shared/sinks/sink.ts';
import type { LineRequest } from '../../../../shared/sinks/text/line-request.ts';
import { createBuilder, nodeBatch, setLabels } from '../../../contract/sinks/contract-batch.ts';
import { deliverTo } from '../../../real/real-batch.ts';
import { startLineServer } from '../../../sim/line-server.ts';

const STAMP = Date.UTC(2026, 10, 24, 0, 1);
const SECONDS = STAMP / 1_000;

async function open(text: string): Promise<Sink<LineRequest>> {
  const sink = await openSink(parseUri(text, {}), { clock: systemClock, notice: () => {}, write: () => {} });
  return sink as Sink<LineRequest>;
}

async function linesOf(uri: string, batch: MetricBatch): Promise<readonly string[]> {
  const sink = await open(uri);
  const text = [...sink.encode(batch, () => {})].map(({ body }) => Buffer.from(body).toString('utf8')).join('');
  return text.split('\n').slice(0, -1);
}

/** Every level once, with one value each, and a filesystem and an interface of the node. */
function smallBatch(): MetricBatch {
  const builder = createBuilder(STAMP);
  const add = (level: Parameters<typeof setLabels>[1], labels: Parameters<typeof setLabels>[3], key: string): void => {
    const row = builder.table(level).addRow();
    setLabels(builder, level, row, labels);
    builder.table(level).set(metricId(key), row, 5);
  };
  const node = { nodename: 'n1', hostname: 'n1.local' };
  const pod = { ...node, namespace_name: 'shop', pod_name: 'web.0', pod_id: 'uid' };
  add('cluster', {}, 'cpu/usage_rate');
  add('namespace', { namespace_name: 'shop' }, 'cpu/usage_rate');
  add('workload', { namespace_name: 'shop', workload_kind: 'Deployment', workload_name: 'web' }, 'cpu/usage_rate');
  add('node', node, 'cpu/usage_rate');
  builder.table('node').set(metricId('filesystem/usage[/]'), 0, 6);
  builder.table('node').set(metricId('filesystem/usage[imagefs]'), 0, 7);
  builder.table('node').addSparse(0, metricId('network/interface_rx'), builder.ownLabels('interface', 'eth0.1'), 8);
  add('sys_container', { ...node, container_name: 'kubelet' }, 'memory/usage');
  add('pod', pod, 'memory/usage');
  add('pod_container', { ...pod, container_name: 'app/x' }, 'memory/usage');
  add('volume', { ...pod, volume_name: 'data', resource_id: 'Volume:data' }, 'filesystem/usage');
  return builder.build();
}

describe('graphite', () => {
  it("writes Heapster's paths, and no two values to one path", async () => {
    const lines = await linesOf('graphite:tcp://h', smallBatch());

    expect(lines).toEqual(
      [
        'kubernetes.cluster.cpu.usage_rate 5',
        'kubernetes.namespaces.shop.cpu.usage_rate 5',
        'kubernetes.namespaces.shop.workloads.Deployment.web.cpu.usage_rate 5',
        'kubernetes.nodes.n1_local.cpu.usage_rate 5',
        'kubernetes.nodes.n1_local.filesystem.usage.root 6',
        'kubernetes.nodes.n1_local.filesystem.usage.imagefs 7',
        'kubernetes.nodes.n1_local.network.interface_rx.eth0_1 8',
        'kubernetes.nodes.n1_local.sys-containers.kubelet.memory.usage 5',
        'kubernetes.nodes.n1_local.pods.shop.web_0.memory.usage 5',
        'kubernetes.nodes.n1_local.pods.shop.web_0.containers.app_x.memory.usage 5',
        'kubernetes.nodes.n1_local.pods.shop.web_0.volumes.data.filesystem.usage 5',
      ].map((line) => `${line} ${SECONDS}`),
    );
  });

  it('writes tags with form=tagged', async () => {
    const lines = await linesOf('graphite:tcp://h?form=tagged&prefix=&levels=node', smallBatch());

    expect(lines).toContain(`filesystem.usage;cluster_name=prod;nodename=n1;type=node;resource_id=/ 6 ${SECONDS}`);
  });

  it('keeps groups apart whose values differ by a dot alone', async () => {
    const builder = new MetricBatchBuilder({
      timestamp: STAMP,
      resolution: 60_000,
      cluster: undefined,
      extraLabelKeys: ['app.kubernetes.io/name'],
    });
    const table = builder.table('group');
    for (const name of ['a.b', 'a_b', '']) {
      const row = table.addRow();
      setLabels(builder, 'group', row, { grouping: 'label:app.kubernetes.io/name' });
      table.setLabel(builder.labelColumn('app.kubernetes.io/name'), row, builder.strings.intern(name));
      table.set(metricId('pod/count'), row, 1);
    }

    const lines = await linesOf('graphite:tcp://h?prefix=p.q', builder.build());

    const start = 'p.q.groups.label:app%2Ekubernetes%2Eio%2Fname.app%2Ekubernetes%2Eio%2Fname';
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      `${start}.a%2Eb.pod.count`,
      `${start}.a_b.pod.count`,
      `${start}.unknown.pod.count`,
    ]);
  });

  it('rejects a line that would end the connection, and sends the others', async () => {
    await using server = await startLineServer();
    const builder = createBuilder();
    for (const name of ['n1', 'x'.repeat(17_000), 'n3']) {
      const row = builder.table('node').addRow();
      setLabels(builder, 'node', row, { nodename: name });
      builder.table('node').set(metricId('cpu/usage_rate'), row, 1);
    }

    const report = await deliverTo(`graphite:tcp://127.0.0.1:${server.port}`, builder.build());

    expect(report).toMatchObject({ delivered: 2, rejected: 1 });
    expect(server.lines).toHaveLength(2);
  });

  it('sends a request again when its connection breaks before it was read', async () => {
    await using server = await startLineServer();
    server.fail('reset');

    const report = await deliverTo(`graphite:tcp://127.0.0.1:${server.port}`, nodeBatch(50));

    expect(report).toMatchObject({ delivered: 50, retries: 1, ambiguous: 1 });
    expect(new Set(server.lines).size).toBe(50);
  });

  it('packs lines into datagrams that no network divides', async () => {
    await using server = await startLineServer();

    const report = await deliverTo(`graphite:udp://127.0.0.1:${server.port}`, nodeBatch(200));
    await vi.waitFor(() => expect(server.lines).toHaveLength(200));

    expect(report).toMatchObject({ delivered: 200, requests: 1 });
    expect(Math.max(...server.datagrams.map((text) => Buffer.byteLength(text)))).toBeLessThanOrEqual(1_400);
    expect(server.datagrams.length).toBeLessThan(12);
  });

  it.each([
    ['graphite:', /needs an address like graphite:tcp:\/\/host:2003/],
    ['graphite:http://h:2003', /begins with tcp:\/\/ or udp:\/\//],
    ['graphite:tcp://h:2003/path', /needs an address like/],
  ])('refuses %s', async (uri, problem) => {
    await expect(open(uri)).rejects.toThrow(problem);
  });

  it.each(['graphite:tcp://h', 'graphite:h:2003', 'graphite:10.0.0.1:2003', 'graphite:udp://[::1]:2003'])(
    'takes %s',
    async (uri) => {
      await (await open(uri)).close();
    },
  );
});
