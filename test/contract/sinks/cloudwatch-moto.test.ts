import { execFileSync } from 'node:child_process';
import { CloudWatchClient, GetMetricStatisticsCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, it, type TestContext, vi } from 'vitest';
import { parseUri } from '../../../shared/config/uri.ts';
import { systemClock } from '../../../shared/core/clock.ts';
import { createDeadline } from '../../../shared/core/deadline.ts';
import { metricId } from '../../../shared/core/metrics.ts';
import { MINUTE } from '../../../shared/core/units.ts';
import { deliverAll } from '../../../shared/delivery/deliver-all.ts';
import { openSink } from '../../../shared/sinks/registry.ts';
import { createBuilder, lastMinute, nodeName, setLabels } from './contract-batch.ts';
import { hasMoto, type MotoServer, startMoto } from './moto-server.ts';

const NODES = 150;
const CPU = metricId('cpu/usage_rate');

let moto: MotoServer | undefined;
let client: CloudWatchClient | undefined;

beforeAll(async () => {
  if (!hasMoto()) return;
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'testing');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'testing');
  moto = await startMoto();
  client = new CloudWatchClient({ region: 'eu-west-1', endpoint: moto.url });
}, 60_000);

afterAll(async () => {
  client?.destroy();
  await moto?.[Symbol.asyncDispose]();
  vi.unstubAllEnvs();
});

/** A cluster total of three pods, the same values merged by namespace, and 150 nodes. */
async function export150(url: string, stamp: number): Promise<void> {
  const builder = createBuilder(stamp);
  const cluster = builder.table('cluster').addRow();
  builder.table('cluster').set(CPU, cluster, 900);
  const { count, min, max } = builder.table('cluster').statistics(CPU);
  [count[cluster], min[cluster], max[cluster]] = [3, 100, 550];
  for (const [index, use] of [100, 250, 550].entries()) {
    const row = builder.table('pod').addRow();
    setLabels(builder, 'pod', row, { namespace_name: 'shop', pod_name: `web-${index}` });
    builder.table('pod').set(CPU, row, use);
  }
  for (let index = 0; index < NODES; index++) {
    const row = builder.table('node').addRow();
    setLabels(builder, 'node', row, { nodename: nodeName(index) });
    builder.table('node').set(CPU, row, index + 0.25);
  }
  // moto reads no gzip bodies of this call; CloudWatch does.
  const uri = parseUri(
    `cloudwatch:?region=eu-west-1&compression=none&endpoint=${encodeURIComponent(url)}` +
      '&levels=cluster,node,pod&dimensions=pod:ClusterName,Namespace',
    {},
  );
  const sink = await openSink(uri, { clock: systemClock, notice: () => {}, write: () => {} });
  using deadline = createDeadline(systemClock.now() + 20_000, systemClock);
  const [report] = await deliverAll([sink], builder.build(), { deadline, clock: systemClock, random: Math.random });
  await sink.close();
  expect(report).toMatchObject({ encoded: NODES + 4, delivered: NODES + 4, rejected: 0, dropped: 0 });
}

const needed = (context: TestContext): { readonly url: string; readonly client: CloudWatchClient } => {
  if (moto === undefined || client === undefined) return context.skip('moto_server is not on the path');
  return { url: moto.url, client };
};

describe('cloudwatch against moto', () => {
  it('has every value read back as it was, by statistics and by list', async (context) => {
    const { url, client } = needed(context);
    const stamp = lastMinute();
    await export150(url, stamp);
    const read = async (dimensions: Readonly<Record<string, string>>): Promise<unknown> => {
      const answer = await client.send(
        new GetMetricStatisticsCommand({
          Namespace: 'Heapless',
          MetricName: 'cpu/usage_rate',
          Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
          StartTime: new Date(stamp - MINUTE),
          EndTime: new Date(stamp + MINUTE),
          Period: 60,
          Statistics: ['SampleCount', 'Sum', 'Minimum', 'Maximum', 'Average'],
        }),
      );
      return answer.Datapoints?.map(({ SampleCount, Sum, Minimum, Maximum }) => [SampleCount, Sum, Minimum, Maximum]);
    };

    const merged = await read({ ClusterName: 'prod', Namespace: 'shop' });
    const node = await read({ ClusterName: 'prod', NodeName: nodeName(77) });
    const list = await client.send(new ListMetricsCommand({ Namespace: 'Heapless' }));

    expect(node).toEqual([[1, 77.25, 77.25, 77.25]]);
    expect(merged).toEqual([[3, 900, 100, 550]]);
    // moto lists a merged datum once per value.
    expect(new Set(list.Metrics?.map(({ Dimensions }) => JSON.stringify(Dimensions))).size).toBe(NODES + 2);
  }, 60_000);

  it('is read by the AWS command line too', (context) => {
    const { url } = needed(context);
    const stamp = new Date(lastMinute()).getTime();
    try {
      execFileSync('aws', ['--version'], { stdio: 'ignore' });
    } catch {
      return context.skip('the aws program is not on the path');
    }
    const output = execFileSync(
      'aws',
      [
        ...['cloudwatch', 'get-metric-statistics', '--endpoint-url', url, '--region', 'eu-west-1', '--output', 'json'],
        ...['--namespace', 'Heapless', '--metric-name', 'cpu/usage_rate', '--period', '60'],
        ...['--dimensions', 'Name=ClusterName,Value=prod', `Name=NodeName,Value=${nodeName(12)}`],
        ...['--start-time', new Date(stamp - 5 * MINUTE).toISOString()],
        ...['--end-time', new Date(stamp + 5 * MINUTE).toISOString(), '--statistics', 'Average'],
      ],
      { encoding: 'utf8', timeout: 30_000 },
    );
    const { Datapoints } = JSON.parse(output) as { readonly Datapoints: readonly { readonly Average: number }[] };

    expect(Datapoints.map(({ Average }) => Average)).toEqual([12.25]);
  }, 60_000);
});
