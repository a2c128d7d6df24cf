import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseUri } from '../../../shared/config/uri.ts';
import type { MetricBatch } from '../../../shared/core/batch.ts';
import { systemClock } from '../../../shared/core/clock.ts';
import { createDeadline } from '../../../shared/core/deadline.ts';
import { metricId } from '../../../shared/core/metrics.ts';
import { MINUTE } from '../../../shared/core/units.ts';
import { deliverAll } from '../../../shared/delivery/deliver-all.ts';
import type { SinkReport } from '../../../shared/delivery/report.ts';
import { openSink } from '../../../shared/sinks/registry.ts';
import type { Sink } from '../../../shared/sinks/sink.ts';
import { type CustomMetricsServer, RESOURCE_ID, startCustomMetricsServer } from '../../sim/custom-metrics-server.ts';
import { startAppServiceIdentity } from '../../sim/token-servers.ts';
import { createBuilder, lastMinute, nodeBatch, setLabels, wholeCatalogBatch } from './contract-batch.ts';

const closing: AsyncDisposable[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const one of closing.splice(0)) await one[Symbol.asyncDispose]();
});

interface Opened {
  readonly server: CustomMetricsServer;
  readonly sink: Sink;
  readonly notices: readonly string[];
}

async function open(options = '', auth = 'token=publisher', id = RESOURCE_ID): Promise<Opened> {
  const server = await startCustomMetricsServer();
  const notices: string[] = [];
  const url = encodeURIComponent(server.url);
  const more = options === '' ? '' : `&${options}`;
  const uri = parseUri(`azuremonitor:?resource_id=${id}&endpoint=${url}&${auth}${more}`, {});
  const sink = await openSink(uri, {
    clock: systemClock,
    notice: ({ notice }) => notices.push(notice),
    write: () => {},
  });
  closing.push(server, { [Symbol.asyncDispose]: () => sink.close() });
  return { server, sink, notices };
}

async function send(sink: Sink, batch: MetricBatch): Promise<SinkReport> {
  using deadline = createDeadline(systemClock.now() + 10_000, systemClock);
  const [report] = await deliverAll([sink], batch, { deadline, clock: systemClock, random: () => 0.05 });
  if (report === undefined) throw new Error('no report');
  expect(report.encoded).toBe(report.delivered + report.rejected + report.dropped);
  return report;
}

function clusterTotal(): MetricBatch {
  const builder = createBuilder();
  const table = builder.table('cluster');
  const row = table.addRow();
  const id = metricId('cpu/usage_rate');
  table.set(id, row, 900);
  const { count, min, max } = table.statistics(id);
  [count[row], min[row], max[row]] = [3, 100, 550];
  return builder.build();
}

function pods(names: readonly string[], values: readonly number[]): MetricBatch {
  const builder = createBuilder();
  for (const [index, name] of names.entries()) {
    const row = builder.table('pod').addRow();
    setLabels(builder, 'pod', row, { namespace_name: 'shop', pod_name: name });
    builder.table('pod').set(metricId('cpu/usage_rate'), row, values[index] ?? 0);
  }
  return builder.build();
}

describe('azuremonitor over the wire', () => {
  it('is not refused anything of the whole catalog, at every level', async () => {
    const { server, sink } = await open('levels=*&metrics=*');

    const report = await send(sink, { ...wholeCatalogBatch(), timestamp: lastMinute() });

    expect(server.refusals).toEqual([]);
    expect(report).toMatchObject({ rejected: 0, dropped: 0 });
    expect(server.stored).toHaveLength(report.delivered);
  });

  it('stores a total with its statistics, and a namespace of metrics for each level', async () => {
    const { server, sink } = await open('namespace=Shop&cluster_name=eu&metrics=cpu/usage_rate');

    await send(sink, clusterTotal());
    await send(sink, nodeBatch(1));

    const time = lastMinute();
    expect(server.stored).toEqual([
      {
        namespace: 'Shop/cluster',
        metric: 'cpu/usage_rate',
        time,
        dimensions: { cluster_name: 'eu' },
        min: 100,
        max: 550,
        sum: 900,
        count: 3,
      },
      {
        namespace: 'Shop/node',
        metric: 'cpu/usage_rate',
        time,
        dimensions: { cluster_name: 'eu', nodename: 'node-000000' },
        min: 0.5,
        max: 0.5,
        sum: 0.5,
        count: 1,
      },
    ]);
  });

  it('sends a total as one value with totals=value', async () => {
    const { server, sink } = await open('totals=value');

    await send(sink, clusterTotal());

    expect(server.stored).toMatchObject([{ min: 900, max: 900, sum: 900, count: 1 }]);
  });

  it('makes one series of pods that the rule does not tell apart', async () => {
    const { server, sink } = await open('levels=pod&dimensions=pod:namespace_name');

    const report = await send(sink, pods(['a', 'b', 'c'], [1, 2, 6]));

    expect(report.delivered).toBe(3);
    expect(server.stored).toMatchObject([{ dimensions: { namespace_name: 'shop' }, min: 1, max: 6, sum: 9, count: 3 }]);
  });

  it('writes documents of many series, packed with gzip, never larger than it said', async () => {
    const { server, sink } = await open('levels=node');
    const batch = nodeBatch(1_000);
    const said = [...sink.encode(batch, () => {})].map(({ bytes }) => bytes);

    await send(sink, batch);

    const [request] = server.requests;
    expect(request?.body.toString('utf8').trimEnd().split('\n')).toHaveLength(1);
    expect(server.bodies).toEqual([{ bytes: said[0], gzip: true }]);
  });

  it('takes a token of the managed identity, for the audience of custom metrics', async () => {
    await using identity = await startAppServiceIdentity('id-secret');
    vi.stubEnv('IDENTITY_ENDPOINT', `${identity.url}/msi/token`);
    vi.stubEnv('IDENTITY_HEADER', 'id-secret');
    vi.stubEnv('AZURE_TOKEN_CREDENTIALS', 'prod');
    const { server, sink } = await open('', 'client_id=c-1');
    server.publishers.add('token-1.https://monitoring.azure.com.c-1');

    expect(await send(sink, nodeBatch(3))).toMatchObject({ delivered: 3, rejected: 0 });
  });

  it('names role, scope and command when the identity may not write', async () => {
    const { sink } = await open('', 'token=reader');

    const report = await send(sink, nodeBatch(1));

    expect(report).toMatchObject({ rejected: 1, retries: 0 });
    expect(report.problems[0]?.problem).toContain(
      'az role assignment create --role "Monitoring Metrics Publisher" --assignee IDENTITY --scope RESOURCE_ID): HTTP 403',
    );
  });

  it('says that region or resource are wrong when the endpoint knows no such resource', async () => {
    const { sink } = await open('', 'token=publisher', `${RESOURCE_ID}-2`);

    const report = await send(sink, nodeBatch(1));

    expect(report).toMatchObject({ rejected: 1, retries: 0 });
    expect(report.problems[0]?.problem).toMatch(
      /does not know the resource at http.*; check resource_id= and region= .*HTTP 404/,
    );
  });

  it('halves what the service finds too large', async () => {
    const { server, sink } = await open();
    server.maxBytes = 30_000;

    const report = await send(sink, nodeBatch(1_000));

    expect(report).toMatchObject({ delivered: 1_000, rejected: 0 });
    expect(report.requests).toBeGreaterThan(2);
  });

  it('repeats single values after a doubt, and nothing with delivery=at-most-once', async () => {
    const twice = await open();
    twice.server.fail({ kind: 'reset', answered: true });
    const once = await open('delivery=at-most-once');
    once.server.fail({ kind: 'reset', answered: true });

    expect(await send(twice.sink, nodeBatch(3))).toMatchObject({ delivered: 3, ambiguous: 1, retries: 1 });
    expect(await send(once.sink, nodeBatch(3))).toMatchObject({ dropped: 3, ambiguous: 1, retries: 0 });
    expect(once.server.stored).toHaveLength(3);
  });

  it('never repeats statistics that may have been stored', async () => {
    const { server, sink } = await open();
    server.fail({ kind: 'answer', answer: { status: 500, body: 'oops' } });

    expect(await send(sink, clusterTotal())).toMatchObject({ dropped: 1, ambiguous: 1, requests: 1 });
  });

  it.each([
    [-21 * MINUTE, /no values older than 20 minutes/],
    [6 * MINUTE, /more than 4 minutes ahead/],
  ])('rejects a stamp %i ms from now before it is sent', async (offset, problem) => {
    const { server, sink } = await open();

    const report = await send(sink, { ...nodeBatch(5), timestamp: lastMinute() + offset });

    expect(report.rejected).toBe(5);
    expect(report.problems[0]?.problem).toMatch(problem);
    expect(server.bodies).toEqual([]);
  });

  it.each([
    ['publisher', RESOURCE_ID, 'delivered'],
    ['reader', RESOURCE_ID, 'rejected'],
    ['nobody', RESOURCE_ID, 'rejected'],
    ['publisher', `${RESOURCE_ID}-2`, 'rejected'],
  ])('examines the backend as %s for %s without a value: %s', async (token, id, status) => {
    const { server, sink } = await open('', `token=${token}`, id);

    const found = await sink.check?.(AbortSignal.timeout(5_000));

    expect(found?.outcome.status).toBe(status);
    expect(server.stored).toEqual([]);
  });

  it('says once that custom metrics are in preview', async () => {
    const { sink, notices } = await open();
    await send(sink, nodeBatch(1));
    await send(sink, nodeBatch(1));

    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(/public preview.*50,000 active series/);
  });
});
