import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDemoCluster } from '../../functions/local/demo/demo-cluster.ts';
import type { DemoCluster } from '../../functions/local/demo/demo-types.ts';
import { dashboardBody } from '../../infra/dashboards/dashboard-body.ts';
import type { TickReport } from '../../shared/app/tick-report.ts';
import { type AwsStack, startAwsStack } from '../support/aws-stack.ts';
import { AWS_REQUIRED, AWS_TOOLS_MISSING } from '../support/aws-tools.ts';

const MINUTE = 60_000;
const NODES = 5;
const DEAD = 'demo-node-2';

interface Wanted {
  readonly metric: string;
  readonly stat: 'Average' | 'Sum' | 'SampleCount';
  /** Dimensions beside the cluster's. */
  readonly of?: Readonly<Record<string, string>>;
}

if (AWS_REQUIRED && AWS_TOOLS_MISSING !== undefined) throw new Error(AWS_TOOLS_MISSING);
if (AWS_TOOLS_MISSING !== undefined)
  process.stderr.write(`the stack on AWS is not proved here: ${AWS_TOOLS_MISSING}\n`);

describe.skipIf(AWS_TOOLS_MISSING !== undefined)('the stack on AWS', () => {
  let cluster: DemoCluster;
  let stack: AwsStack;
  let first: TickReport;
  let partial: TickReport;
  let repeated: TickReport;
  let shardless: TickReport;

  beforeAll(async () => {
    cluster = await startDemoCluster({ nodes: NODES, podsPerNode: 6 });
    stack = await startAwsStack({
      kubeconfig: cluster.kubeconfig(),
      env: {
        // moto does not read compressed bodies.
        HEAPLESS_SINK: 'cloudwatch:?compression=none',
        HEAPLESS_CLUSTER_NAME: 'demo',
        HEAPLESS_SHARD_SIZE: '2',
        HEAPLESS_GROUP_BY: 'namespace,label:app.kubernetes.io/name',
      },
    });
    // The next minute, and what the functions' first start takes on a busy machine.
    await stack.untilEvents('tick', 1, 100_000);
    first = reportsOf(stack)[0]!;
    cluster.setFault(DEAD, { kind: 'refuse' });
    const scheduledTime = new Date(first.timestamp + MINUTE).toISOString();
    partial = ((await stack.invoke('tick', { scheduledTime })) as readonly TickReport[])[0]!;
    repeated = ((await stack.invoke('tick', { scheduledTime })) as readonly TickReport[])[0]!;
    stack.gate.refuse((name, event) =>
      name.endsWith('-scrape') && (event as { readonly shard?: string }).shard === 's0'
        ? { status: 429, type: 'TooManyRequestsException', message: 'Rate Exceeded.' }
        : undefined,
    );
    const third = new Date(first.timestamp + 2 * MINUTE).toISOString();
    shardless = ((await stack.invoke('tick', { scheduledTime: third })) as readonly TickReport[])[0]!;
    stack.gate.refuse(() => undefined);
  }, 240_000);

  afterAll(async () => {
    await stack?.stop();
    await cluster?.close();
  }, 30_000);

  /** Values of the demo cluster in the minute of a tick, as the AWS CLI reads them; NaN = none. */
  async function read<Id extends string>(
    timestamp: number,
    wanted: Readonly<Record<Id, Wanted>>,
  ): Promise<Record<Id, number>> {
    const queries = Object.entries<Wanted>(wanted).map(([id, { metric, stat, of }]) => ({
      Id: id,
      MetricStat: {
        Metric: {
          Namespace: 'Heapless',
          MetricName: metric,
          Dimensions: Object.entries({ ClusterName: 'demo', ...of }).map(([Name, Value]) => ({ Name, Value })),
        },
        Period: 60,
        Stat: stat,
      },
    }));
    const answer = (await stack.aws(
      ...['cloudwatch', 'get-metric-data', '--metric-data-queries', JSON.stringify(queries)],
      ...['--start-time', new Date(timestamp).toISOString(), '--end-time', new Date(timestamp + MINUTE).toISOString()],
    )) as { readonly MetricDataResults: readonly { readonly Id: string; readonly Values: readonly number[] }[] };
    const values = answer.MetricDataResults.map(({ Id, Values }) => [Id, Values[0] ?? Number.NaN]);
    return Object.fromEntries(values) as Record<Id, number>;
  }

  async function dimensionsOf(metric: string): Promise<readonly Readonly<Record<string, string>>[]> {
    const answer = (await stack.aws('cloudwatch', 'list-metrics', '--metric-name', metric)) as {
      readonly Metrics: readonly {
        readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
      }[];
    };
    const all = answer.Metrics.map(({ Dimensions }) =>
      Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
    );
    // moto lists a metric with several dimensions once per datum.
    return [...new Map(all.map((dimensions) => [JSON.stringify(dimensions), dimensions])).values()];
  }

  it('passes cfn-lint without a word', () => {
    expect(stack.lint).toBe('');
  });

  it('deploys functions, dashboard and state bucket, and asks for the alarms', async () => {
    const status = await stack.aws('cloudformation', 'describe-stacks', '--query', 'Stacks[].[StackName,StackStatus]');
    const functions = await stack.aws('lambda', 'list-functions', '--query', 'Functions[].FunctionName');
    const dashboard = (await stack.aws('cloudwatch', 'get-dashboard', '--dashboard-name', 'heapless-e2e')) as {
      readonly DashboardBody: string;
    };
    // moto accepts alarms in a stack and makes none.
    const alarms = [...stack.template.matchAll(/"AlarmName": "([^"]+)"/g)].map((match) => match[1]);

    expect(status).toEqual([['heapless-e2e', 'UPDATE_COMPLETE']]);
    expect((functions as string[]).sort()).toEqual(['heapless-e2e-reduce', 'heapless-e2e-scrape', 'heapless-e2e-tick']);
    expect(dashboardBody.parse(JSON.parse(dashboard.DashboardBody)).widgets.length).toBeGreaterThan(10);
    expect(dashboard.DashboardBody).toContain('["AWS/Lambda","Errors","FunctionName","heapless-e2e-tick"');
    expect(alarms.sort()).toEqual([
      'heapless-e2e-failed-ticks',
      'heapless-e2e-incomplete',
      'heapless-e2e-lost-points',
      'heapless-e2e-missing-ticks',
      'heapless-e2e-nodes-down',
      'heapless-e2e-waiting-points',
    ]);
  });

  it('runs the tick on the minute and fans out to the scrape function', () => {
    expect(first).toMatchObject({
      cluster: 'demo',
      status: 'whole',
      nodes: { planned: NODES, answered: NODES, failed: 0, late: 0 },
      shards: { planned: 3, answered: 3 },
    });
    expect(first.timestamp % MINUTE).toBe(0);
    expect(first.lag).toBeLessThan(10_000);
    expect(first.sinks).toMatchObject([{ sink: 'cloudwatch', rejected: 0, dropped: 0 }]);
    expect(first.sinks[0]?.delivered).toBe(first.sinks[0]?.encoded);
  });

  it('puts into CloudWatch what the report says', async () => {
    const values = await read(first.timestamp, {
      nodes: { metric: 'node/count', stat: 'Average' },
      pods: { metric: 'pod/count', stat: 'Average' },
      samples: { metric: 'cpu/usage_rate', stat: 'SampleCount' },
      completeness: { metric: 'collection/completeness', stat: 'Average' },
      up: { metric: 'up', stat: 'Average', of: { NodeName: DEAD } },
    });

    expect(values).toMatchObject({ nodes: NODES, pods: first.rows['pod'], completeness: 1, up: 1 });
    expect(values.samples).toBe(first.rows['pod']);
  });

  it('adds up: the cluster is the sum of its namespaces and of its label groups', async () => {
    const all = await dimensionsOf('cpu/usage_rate');
    const sums = async (ofKind: (dimensions: Readonly<Record<string, string>>) => boolean): Promise<number> => {
      const wanted = all
        .filter(ofKind)
        .map((of, at) => [`m${at}`, { metric: 'cpu/usage_rate', stat: 'Sum', of }] as const);
      const values = await read(first.timestamp, Object.fromEntries(wanted));
      return Object.values(values).reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : value), 0);
    };

    const namespaces = await sums((one) => 'Namespace' in one && !('Grouping' in one));
    const groups = await sums((one) => 'Grouping' in one);
    const { total } = await read(first.timestamp, { total: { metric: 'cpu/usage_rate', stat: 'Sum' } });

    expect(total).toBeGreaterThan(0);
    expect(namespaces).toBeCloseTo(total, 6);
    expect(groups).toBeCloseTo(total, 6);
  });

  it('counts a node that is down and says how complete the totals are', async () => {
    const values = await read(partial.timestamp, {
      measured: { metric: 'node/measured', stat: 'Average' },
      completeness: { metric: 'collection/completeness', stat: 'Average' },
      up: { metric: 'up', stat: 'Average', of: { NodeName: DEAD } },
    });

    expect(partial).toMatchObject({
      status: 'partial',
      nodes: { planned: NODES, answered: NODES - 1, failed: 1, reasons: { unreachable: 1 } },
      shards: { planned: 3, answered: 3 },
    });
    expect(values).toMatchObject({ measured: NODES - 1, up: 0 });
    expect(values.completeness).toBeGreaterThan(0);
    expect(values.completeness).toBeLessThan(1);
  });

  it('counts the nodes of a shard that Lambda refuses to run, and exports the others', async () => {
    const values = await read(shardless.timestamp, {
      nodes: { metric: 'node/count', stat: 'Average' },
      measured: { metric: 'node/measured', stat: 'Average' },
      completeness: { metric: 'collection/completeness', stat: 'Average' },
      other: { metric: 'up', stat: 'Average', of: { NodeName: 'demo-node-4' } },
    });

    expect(shardless).toMatchObject({
      status: 'partial',
      // The dead node is in that shard.
      nodes: { planned: NODES, answered: NODES - 2, failed: 2, reasons: { shard_failed: 2 } },
      shards: { planned: 3, answered: 2 },
    });
    expect(shardless.warnings.join('\n')).toMatch(/shard s0: function heapless-e2e-scrape .*Rate Exceeded/);
    expect(values).toMatchObject({ nodes: NODES, measured: NODES - 2, other: 1 });
    expect(values.completeness).toBeGreaterThan(0);
    expect(values.completeness).toBeLessThan(0.8);
  });

  it('makes rates from the counters that the tick before it saved', () => {
    expect(first.rates.computed).toBe(0);
    expect(partial.rates.computed).toBeGreaterThan(0);
  });

  it('exports a tick once that is delivered twice', async () => {
    const { samples } = await read(partial.timestamp, { samples: { metric: 'node/count', stat: 'SampleCount' } });

    expect(repeated).toMatchObject({ status: 'skipped', reason: expect.stringContaining('done') });
    expect(samples).toBe(1);
  });

  it('keeps its state under one prefix of the bucket', async () => {
    const keys = (await stack.aws(
      ...['s3api', 'list-objects-v2', '--bucket', 'heapless-e2e-state', '--query', 'Contents[].Key'],
    )) as string[];

    expect(keys.sort()).toEqual([
      'state/claim/demo',
      'state/counters/demo/s0',
      'state/counters/demo/s1',
      'state/counters/demo/s2',
      'state/plan/demo',
    ]);
  });

  it('refuses what is no request of a shard, with one line in the log', async () => {
    const refused = await stack.invoke('scrape', { hello: 'world' }).catch((error: Error) => error.message);
    await stack.untilEvents('function_failed', 1, 5_000);

    expect(refused).toContain('this is no request of this version');
    expect(stack.events('function_failed')).toMatchObject([{ code: 'event_invalid', function: 'heapless-e2e-scrape' }]);
  });
});

function reportsOf(stack: AwsStack): readonly TickReport[] {
  return stack.events('tick').map(({ report }) => report as TickReport);
}
