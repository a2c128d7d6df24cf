import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseUri } from '../../../../shared/config/uri.ts';
import type { MetricBatch } from '../../../../shared/core/batch.ts';
import { MetricBatchBuilder } from '../../../../shared/core/batch-builder.ts';
import { systemClock } from '../../../../shared/core/clock.ts';
import { metricId } from '../../../../shared/core/metrics.ts';
import { HOUR, MINUTE } from '../../../../shared/core/units.ts';
import { openSink } from '../../../../shared/sinks/registry.ts';
import type { SendOutcome, Sink } from '../../../../shared/sinks/sink.ts';
import { createBuilder, lastMinute, nodeBatch, setLabels } from '../../../contract/sinks/contract-batch.ts';
import { acceptEmfLine } from '../../../sim/emf-lines.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

interface Written {
  readonly writes: readonly string[];
  readonly notices: readonly string[];
  readonly outcomes: readonly SendOutcome[];
  readonly rejected: readonly string[];
}

async function write(options: string, batch: MetricBatch, lambda = 'scrape'): Promise<Written> {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', lambda);
  const writes: string[] = [];
  const notices: string[] = [];
  const sink: Sink = await openSink(parseUri(`cloudwatch:?mode=emf&${options}`, {}), {
    clock: systemClock,
    notice: ({ notice }) => notices.push(notice),
    write: (text) => writes.push(text),
  });
  const rejected: string[] = [];
  const outcomes: SendOutcome[] = [];
  for (const request of sink.encode(batch, ({ reason }) => rejected.push(reason))) {
    outcomes.push(await sink.send(request, AbortSignal.timeout(5_000)));
  }
  await sink.close();
  return { writes, notices, outcomes, rejected };
}

async function problemOf(options: string): Promise<string> {
  const context = { clock: systemClock, notice: () => {}, write: () => {} };
  return await openSink(parseUri(`cloudwatch:?${options}`, {}), context).then(
    () => 'it opened',
    (error: Error) => error.message,
  );
}

/** A node with two metrics and a filesystem; a total with statistics. */
function nodeAndTotal(): MetricBatch {
  const builder = createBuilder();
  const node = builder.table('node').addRow();
  setLabels(builder, 'node', node, { nodename: 'n1' });
  builder.table('node').set(metricId('cpu/usage_rate'), node, 250);
  builder.table('node').set(metricId('memory/working_set'), node, 5e9);
  builder.table('node').set(metricId('filesystem/usage[/]'), node, 6);
  const cluster = builder.table('cluster');
  const row = cluster.addRow();
  cluster.set(metricId('cpu/usage_rate'), row, 900);
  const { count, min, max } = cluster.statistics(metricId('cpu/usage_rate'));
  [count[row], min[row], max[row]] = [3, 100, 550];
  return builder.build();
}

function pods(count: number, label?: readonly [string, string]): MetricBatch {
  const builder = new MetricBatchBuilder({
    timestamp: lastMinute(),
    resolution: MINUTE,
    cluster: 'prod',
    extraLabelKeys: label === undefined ? [] : [label[0]],
  });
  for (let index = 0; index < count; index++) {
    const row = builder.table('pod').addRow();
    setLabels(builder, 'pod', row, { namespace_name: 'shop', pod_name: `web-${index}` });
    if (label !== undefined) {
      builder.table('pod').setLabel(builder.labelColumn(label[0]), row, builder.strings.intern(label[1]));
    }
    builder.table('pod').set(metricId('cpu/usage_rate'), row, index);
  }
  return builder.build();
}

describe('cloudwatch:?mode=emf', () => {
  it("writes a line for a row's metrics, one for values with labels of their own, and totals as one value", async () => {
    const batch = nodeAndTotal();
    const { writes, outcomes } = await write('metrics=cpu/*,memory/working_set,filesystem/*', batch);

    const time = batch.timestamp;
    const head = (dimensions: string, metrics: string): string =>
      `{"_aws":{"Timestamp":${time},"CloudWatchMetrics":[{"Namespace":"Heapless","Dimensions":[${dimensions}],"Metrics":[${metrics}]}]}`;
    expect(writes).toEqual([
      `${head('["ClusterName"]', '{"Name":"cpu/usage_rate"}')},"ClusterName":"prod","cpu/usage_rate":900}\n`,
      `${head('["ClusterName","NodeName"]', '{"Name":"cpu/usage_rate"},{"Name":"memory/working_set","Unit":"Bytes"}')},` +
        '"ClusterName":"prod","NodeName":"n1","cpu/usage_rate":250,"memory/working_set":5000000000}\n',
      `${head('["ClusterName","NodeName","ResourceId"]', '{"Name":"filesystem/usage","Unit":"Bytes"}')},` +
        '"ClusterName":"prod","NodeName":"n1","ResourceId":"/","filesystem/usage":6}\n',
    ]);
    expect(outcomes).toEqual([{ status: 'delivered' }]);
  });

  it('writes rows of the same dimensions as lists of at most 100 numbers', async () => {
    const { writes } = await write('levels=pod&dimensions=pod:Namespace', pods(250));

    const lists = writes.flatMap(acceptEmfLine).map(({ values }) => values);
    expect(lists.map(({ length }) => length)).toEqual([100, 100, 50]);
    expect(lists.flat()).toEqual(Array.from({ length: 250 }, (_, index) => index));
  });

  it('asks nobody for a region or credentials, and says nothing in a Lambda function', async () => {
    vi.stubEnv('AWS_REGION', '');
    vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');

    const { notices, outcomes } = await write('resolution=1', nodeBatch(1));

    expect(notices).toEqual([]);
    expect(outcomes).toEqual([{ status: 'delivered' }]);
  });

  it('says outside of Lambda that CloudWatch sees none of it', async () => {
    const { notices, writes } = await write('', nodeBatch(1), '');

    expect(notices).toEqual([expect.stringMatching(/no Lambda function: CloudWatch sees none of them\. Set file=/)]);
    expect(writes).toHaveLength(1);
  });

  it('appends to a file for the CloudWatch agent', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'heapless-emf-'));
    const file = join(folder, 'metrics.log');
    try {
      const first = await write(`file=${file}`, nodeBatch(2), '');
      await write(`file=${file}`, nodeBatch(1), '');

      const lines = (await readFile(file, 'utf8')).split(/(?<=\n)/);
      expect(lines.flatMap(acceptEmfLine)).toHaveLength(3);
      expect([first.writes, first.notices]).toEqual([[], []]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('rejects what cannot be written', async () => {
    const { outcomes } = await write('file=/nonexistent/folder/metrics.log', nodeBatch(1));

    expect(outcomes).toMatchObject([{ status: 'rejected', cause: { code: 'ENOENT' } }]);
  });

  it('rejects a stamp that CloudWatch would not take', async () => {
    const { outcomes, writes } = await write('', { ...nodeBatch(1), timestamp: lastMinute() - 15 * 24 * HOUR });

    expect(outcomes).toMatchObject([{ status: 'rejected', cause: { code: 'sink_window' } }]);
    expect(writes).toEqual([]);
  });

  it.each([
    ['of its own member', '_aws', /a dimension has the name _aws/],
    ['of a metric', 'cpu/usage_rate', /cpu\/usage_rate has the name of a dimension/],
    ['that is too long', 'a'.repeat(253), /a dimension has a name of more than 250 characters/],
  ])('rejects values of rows with a label of a name %s', async (_, key, reason) => {
    const batch = pods(2, [key, 'x']);

    const { writes, rejected } = await write(`levels=pod&dimensions=pod:PodName,label:${key}`, batch);

    expect(writes).toEqual([]);
    expect(rejected).toEqual([expect.stringMatching(reason), expect.stringMatching(reason)]);
  });

  it.each([
    ['mode=emf&region=eu-west-1', /region has no effect with mode=emf/],
    ['mode=emf&delivery=at-most-once&concurrency=2', /delivery has no effect.*|concurrency has no effect/],
    ['mode=emf&totals=statistics', /totals=statistics needs mode=api.*set totals=value/],
    ['file=/tmp/x', /file has no effect without mode=emf/],
    ['mode=log', /mode must be one of api, emf/],
  ])('refuses %s', async (options, problem) => {
    expect(await problemOf(options)).toMatch(problem);
  });
});
