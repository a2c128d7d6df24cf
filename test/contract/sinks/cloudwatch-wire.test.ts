import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseUri } from '../../../shared/config/uri.ts';
import type { MetricBatch } from '../../../shared/core/batch.ts';
import { systemClock } from '../../../shared/core/clock.ts';
import { createDeadline } from '../../../shared/core/deadline.ts';
import { metricId } from '../../../shared/core/metrics.ts';
import { HOUR } from '../../../shared/core/units.ts';
import { deliverAll } from '../../../shared/delivery/deliver-all.ts';
import type { SinkReport } from '../../../shared/delivery/report.ts';
import { openSink } from '../../../shared/sinks/registry.ts';
import type { Sink } from '../../../shared/sinks/sink.ts';
import { type CloudWatchServer, startCloudWatchServer } from '../../sim/cloudwatch-server.ts';
import { createBuilder, lastMinute, nodeBatch, wholeCatalogBatch } from './contract-batch.ts';

let server: CloudWatchServer;
const sinks: Sink[] = [];

beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not-a-secret');
  vi.stubEnv('AWS_REGION', '');
  vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
});

afterEach(async () => {
  for (const sink of sinks.splice(0)) await sink.close();
  await server?.[Symbol.asyncDispose]();
});

afterAll(() => {
  vi.unstubAllEnvs();
});

async function open(options = '', endpoint?: string): Promise<Sink> {
  server = await startCloudWatchServer();
  const url = encodeURIComponent(endpoint ?? server.url);
  const uri = parseUri(`cloudwatch:?region=eu-west-1&endpoint=${url}${options === '' ? '' : `&${options}`}`, {});
  const sink = await openSink(uri, { clock: systemClock, notice: () => {}, write: () => {} });
  sinks.push(sink);
  return sink;
}

async function send(sink: Sink, batch: MetricBatch): Promise<SinkReport> {
  using deadline = createDeadline(systemClock.now() + 10_000, systemClock);
  const [report] = await deliverAll([sink], batch, { deadline, clock: systemClock, random: () => 0.05 });
  if (report === undefined) throw new Error('no report');
  expect(report.encoded).toBe(report.delivered + report.rejected + report.dropped);
  return report;
}

function namespaceTotal(): MetricBatch {
  const builder = createBuilder();
  const table = builder.table('cluster');
  const row = table.addRow();
  const id = metricId('cpu/usage_rate');
  table.set(id, row, 900);
  const { count, min, max } = table.statistics(id);
  [count[row], min[row], max[row]] = [3, 100, 550];
  return builder.build();
}

function largestFirst(sizes: readonly number[]): number[] {
  return sizes.toSorted((left, right) => right - left);
}

describe('cloudwatch over the wire', () => {
  it('is not refused anything of the whole catalog, at every level', async () => {
    const sink = await open('levels=*&metrics=*');

    const report = await send(sink, { ...wholeCatalogBatch(), timestamp: lastMinute() });

    expect(server.refusals).toEqual([]);
    expect(report).toMatchObject({ rejected: 0, dropped: 0 });
    expect(server.accepted).toHaveLength(report.delivered);
  });

  it('never sends a larger body than it said', async () => {
    const sink = await open('levels=node&metrics=*');
    const batch = nodeBatch(1_500, (index) => -Math.PI * 1e-100 * (index + 1));
    const said = largestFirst([...sink.encode(batch, () => {})].map(({ bytes }) => bytes));

    await send(sink, batch);

    // Both are under way at once and may arrive in either order.
    const sent = largestFirst(server.bodies.map(({ bytes }) => bytes));
    expect(sent).toHaveLength(2);
    expect(server.bodies.every(({ gzip }) => gzip)).toBe(true);
    for (const [index, bytes] of sent.entries()) expect(bytes).toBeLessThanOrEqual(said[index] ?? 0);
    expect(sent[0]).toBeGreaterThan(0.8 * (said[0] ?? 0));
  });

  it('sends plain JSON with compression=none', async () => {
    const sink = await open('compression=none');

    await send(sink, nodeBatch(200));

    expect(server.bodies.map(({ gzip }) => gzip)).toEqual([false]);
  });

  it('stores a total with its statistics, in the namespace that was asked for', async () => {
    const sink = await open('namespace=Shop/Metrics&cluster_name=eu');

    await send(sink, namespaceTotal());

    expect(server.accepted).toMatchObject([
      {
        namespace: 'Shop/Metrics',
        name: 'cpu/usage_rate',
        dimensions: { ClusterName: 'eu' },
        timestamp: lastMinute(),
        statistics: { count: 3, sum: 900, min: 100, max: 550 },
        resolution: 60,
      },
    ]);
  });

  it('repeats single values after a reset that left open whether they were stored', async () => {
    const sink = await open();
    server.fail({ kind: 'reset', afterStoring: true });

    const report = await send(sink, nodeBatch(3));

    expect(report).toMatchObject({ delivered: 3, ambiguous: 1, retries: 1 });
    expect(server.accepted).toHaveLength(6);
  });

  it('repeats nothing of the kind with delivery=at-most-once', async () => {
    const sink = await open('delivery=at-most-once');
    server.fail({ kind: 'reset', afterStoring: true });

    const report = await send(sink, nodeBatch(3));

    expect(report).toMatchObject({ dropped: 3, ambiguous: 1, retries: 0 });
    expect(server.accepted).toHaveLength(3);
  });

  it('never repeats a statistic set that may have been stored, since Sum is the total', async () => {
    const sink = await open();
    server.fail({ kind: 'status', status: 500, name: 'InternalServiceFault' });

    const report = await send(sink, namespaceTotal());

    expect(report).toMatchObject({ dropped: 1, ambiguous: 1, requests: 1 });
  });

  it('repeats a statistic set that was throttled', async () => {
    const sink = await open();
    server.fail({ kind: 'throttle' });

    expect(await send(sink, namespaceTotal())).toMatchObject({ delivered: 1, ambiguous: 0, retries: 1 });
  });

  it('halves what the service finds too large', async () => {
    const sink = await open();
    server.maxBytes = 60_000;

    const report = await send(sink, nodeBatch(1_000));

    expect(report).toMatchObject({ delivered: 1_000, rejected: 0 });
    expect(report.requests).toBeGreaterThan(4);
  });

  it('tells a page that is not JSON by its status', async () => {
    const sink = await open();
    server.fail({ kind: 'page', status: 404 });

    const report = await send(sink, nodeBatch(1));

    expect(report.problems[0]?.problem).toMatch(/^CloudWatch refuses the request; check region and endpoint: HTTP 404/);
  });

  it('gives up a request after its own time limit, as ambiguous', async () => {
    const sink = await open('request_timeout_sec=1');
    server.fail({ kind: 'hang' });

    const report = await send(sink, nodeBatch(1));

    expect(report).toMatchObject({ delivered: 1, ambiguous: 1, retries: 1 });
  });

  it('takes a refused connection for certain', async () => {
    const closed = await startCloudWatchServer();
    const { url } = closed;
    await closed[Symbol.asyncDispose]();
    const sink = await open('', url);
    using deadline = createDeadline(systemClock.now() + 500, systemClock);

    const [report] = await deliverAll([sink], namespaceTotal(), {
      deadline,
      clock: systemClock,
      random: () => 0.5,
    });

    expect(report).toMatchObject({ dropped: 1, ambiguous: 0 });
    expect(report?.retries).toBeGreaterThan(0);
    expect(report?.problems[0]?.problem).toMatch(/cannot be reached.*ECONNREFUSED/);
  });

  it.each([
    [-15 * 24 * HOUR, /no values older than two weeks/],
    [3 * HOUR, /more than two hours ahead/],
  ])('rejects a stamp %i ms from now before it is sent', async (offset, problem) => {
    const sink = await open();

    const report = await send(sink, { ...nodeBatch(5), timestamp: lastMinute() + offset });

    expect(report.rejected).toBe(5);
    expect(report.problems[0]?.problem).toMatch(problem);
    expect(server.bodies).toEqual([]);
  });

  it('does not open without a region', async () => {
    server = await startCloudWatchServer();
    const uri = parseUri('cloudwatch:', {});

    await expect(openSink(uri, { clock: systemClock, notice: () => {}, write: () => {} })).rejects.toThrow(
      /sink cloudwatch: the region is not known; set region= or AWS_REGION/,
    );
  });

  it('names missing credentials and the right they need', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', '');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent');
    try {
      const sink = await open();

      const report = await send(sink, nodeBatch(1));

      expect(report).toMatchObject({ rejected: 1, requests: 1 });
      expect(report.problems[0]?.problem).toMatch(/cloudwatch:PutMetricData.*credential chain, which has none/);
    } finally {
      vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
    }
  });
});
