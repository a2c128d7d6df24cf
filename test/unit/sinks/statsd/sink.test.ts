import { describe, expect, it } from 'vitest';
import { parseUri } from '../../../../shared/config/uri.ts';
import type { MetricBatch } from '../../../../shared/core/batch.ts';
import { systemClock } from '../../../../shared/core/clock.ts';
import { metricId } from '../../../../shared/core/metrics.ts';
import { HOUR } from '../../../../shared/core/units.ts';
import { openSink } from '../../../../shared/sinks/registry.ts';
import { selectBatch } from '../../../../shared/sinks/selection.ts';
import type { Sink } from '../../../../shared/sinks/sink.ts';
import type { LineRequest } from '../../../../shared/sinks/text/line-request.ts';
import { createBuilder, lastMinute, nodeBatch, setLabels } from '../../../contract/sinks/contract-batch.ts';
import { deliverTo } from '../../../real/real-batch.ts';
import { startLineServer } from '../../../sim/line-server.ts';
import { readGauges } from '../../../sim/statsd-lines.ts';

async function open(text: string): Promise<Sink<LineRequest>> {
  const sink = await openSink(parseUri(text, {}), { clock: systemClock, notice: () => {}, write: () => {} });
  return sink as Sink<LineRequest>;
}

async function linesOf(uri: string, batch: MetricBatch): Promise<readonly string[]> {
  const sink = await open(uri);
  const text = [...sink.encode(selectBatch(batch, sink.selection), () => {})]
    .map(({ body }) => Buffer.from(body).toString('utf8'))
    .join('');
  return text.split('\n').slice(0, -1);
}

/** A container with Kubernetes labels, a node with a filesystem, a namespace, the cluster. */
function smallBatch(): MetricBatch {
  const builder = createBuilder();
  const add = (level: Parameters<typeof setLabels>[1], labels: Parameters<typeof setLabels>[3], key: string): void => {
    const row = builder.table(level).addRow();
    setLabels(builder, level, row, labels);
    builder.table(level).set(metricId(key), row, 5);
  };
  const node = { nodename: 'n1', hostname: 'n1.local' };
  add('cluster', {}, 'cpu/usage_rate');
  add('namespace', { namespace_name: 'shop' }, 'cpu/usage_rate');
  add('node', node, 'filesystem/usage[/]');
  add(
    'pod_container',
    { ...node, namespace_name: 'shop', pod_name: 'web-0', container_name: 'app', labels: 'app:web,a.b/c:x=1|2,type:t' },
    'memory/usage',
  );
  return builder.build();
}

describe('statsd', () => {
  it("writes Heapster's names in the Etsy form", async () => {
    expect(await linesOf('statsd:udp://h?prefix=k8s', smallBatch())).toEqual([
      'k8s.cluster.cpu/usage_rate:5|g',
      'k8s.namespace.shop.cpu/usage_rate:5|g',
      'k8s.node.n1_local.filesystem/usage./:5|g',
      'k8s.node.n1_local.namespace.shop.pod.web-0.container.app.app.web.a_b/c.x_1_2.type.t.memory/usage:5|g',
    ]);
  });

  it("writes Heapster's tags in the Influx form, and a Kubernetes label never over one of ours", async () => {
    expect(await linesOf('statsd:udp://h?protocolType=influxstatsd&prefix=k8s_', smallBatch())).toEqual([
      'k8s_cpu/usage_rate,type=cluster:5|g',
      'k8s_cpu/usage_rate,namespaceName=shop,type=ns:5|g',
      'k8s_filesystem/usage,hostname=n1.local,nodename=n1,type=node,resourceId=/:5|g',
      'k8s_memory/usage,containerName=app,hostname=n1.local,namespaceName=shop,nodename=n1,podName=web-0,type=pod_container,app=web,a.b/c=x_1_2:5|g',
    ]);
  });

  it('renames labels, and writes those that are allowed', async () => {
    const options =
      'protocolType=influxstatsd&renameLabels=pod_name:pod,app:application&allowedLabels=pod_name,app,type';

    const lines = await linesOf(
      `statsd:udp://h?labelStyle=upperCamelCase&${options}&levels=pod_container`,
      smallBatch(),
    );

    expect(lines).toEqual(['memory/usage,Type=pod_container,pod=web-0,application=web:5|g']);
  });

  it('keeps the path whatever labels are allowed', async () => {
    const lines = await linesOf('statsd:udp://h?allowedLabels=app&levels=pod_container', smallBatch());

    expect(lines).toEqual(['node.n1_local.namespace.shop.pod.web-0.container.app.app.web.memory/usage:5|g']);
  });

  it('sends a negative number as a change from zero, in the same datagram', async () => {
    await using server = await startLineServer();

    const report = await deliverTo(
      `statsd:udp://127.0.0.1:${server.port}?numMetricsPerMsg=1`,
      nodeBatch(3, (i) => i - 1.5),
    );
    await server.settled();

    expect(report).toMatchObject({ delivered: 3 });
    expect(server.datagrams).toHaveLength(3);
    expect(server.datagrams[0]).toMatch(/^(\S+):0\|g\n\1:-1.5\|g\n$/);
    expect(readGauges(server.lines).map(({ value }) => value)).toEqual([-1.5, -0.5, 0.5]);
  });

  it('sends so many values in a datagram as it is told', async () => {
    await using server = await startLineServer();

    await deliverTo(`statsd:udp://127.0.0.1:${server.port}?numMetricsPerMsg=4`, nodeBatch(10));
    await server.settled();

    expect(server.datagrams.map((text) => text.split('\n').length - 1)).toEqual([4, 4, 2]);
  });

  it('sends nothing of an earlier tick', async () => {
    await using server = await startLineServer();
    const batch = { ...nodeBatch(2), timestamp: lastMinute() - HOUR };

    const report = await deliverTo(`statsd:udp://127.0.0.1:${server.port}`, batch);

    expect(report).toMatchObject({ rejected: 2, delivered: 0 });
    expect(report.problems[0]?.problem).toMatch(/StatsD has no times/);
    expect(server.lines).toEqual([]);
  });

  it.each([
    ['statsd:tcp://h:8125', /begins with udp:\/\//],
    ['statsd:', /needs an address like statsd:udp:\/\/host:8125/],
    ['statsd:udp://h?renameLabels=a', /renameLabels must be OLD:NEW/],
  ])('refuses %s', async (uri, problem) => {
    await expect(open(uri)).rejects.toThrow(problem);
  });
});
