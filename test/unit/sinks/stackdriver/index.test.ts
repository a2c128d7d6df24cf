import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ConfigNotice } from '../../../../shared/config/config.ts';
import { parseUri } from '../../../../shared/config/uri.ts';
import { systemClock } from '../../../../shared/core/clock.ts';
import { metricByKey } from '../../../../shared/core/metrics.ts';
import { openSink } from '../../../../shared/sinks/registry.ts';
import type { Sink } from '../../../../shared/sinks/sink.ts';
import type { TimeSeriesRequest } from '../../../../shared/sinks/stackdriver/request.ts';
import { nodeBatch } from '../../../contract/sinks/contract-batch.ts';
import { type MonitoringServer, startMonitoringServer } from '../../../sim/monitoring-server.ts';
import { seriesIn } from '../../../support/time-series.ts';

const SEED =
  'stackdriver:?cluster_name=prod&use_old_resources=true&use_new_resources=false&min_interval_sec=100&batch_export_timeout_sec=110';

let server: MonitoringServer | undefined;

afterEach(async () => {
  vi.unstubAllEnvs();
  await server?.[Symbol.asyncDispose]();
  server = undefined;
});

async function open(text: string): Promise<{ readonly sink: Sink; readonly notices: readonly ConfigNotice[] }> {
  const notices: ConfigNotice[] = [];
  const context = { clock: systemClock, notice: (notice: ConfigNotice) => void notices.push(notice), write: () => {} };
  return { sink: await openSink(parseUri(text, {}), context), notices };
}

function firstSeries({ sink }: { readonly sink: Sink }): ReturnType<typeof seriesIn>[number] | undefined {
  const [request] = sink.encode(nodeBatch(1), () => undefined);
  return request === undefined ? undefined : seriesIn(request as TimeSeriesRequest)[0];
}

describe('stackdriver:', () => {
  it("opens by the seed's own line without asking anybody", async () => {
    const { sink, notices } = await open(SEED);

    expect([sink.minInterval, sink.exportTimeout, sink.initialDelay]).toEqual([100_000, 110_000, 0]);
    expect(firstSeries({ sink })?.resourceLabels).toMatchObject({ cluster_name: 'prod', zone: 'global' });
    expect(notices.map(({ notice }) => notice).join()).toMatch(/neither cluster_location= nor zone= is given/);
  });

  it('puts zone and cluster_location where each model has them, one for the other', async () => {
    const labels = async (query: string): Promise<unknown> =>
      firstSeries(await open(`stackdriver:?${query}`))?.resourceLabels;

    expect(await labels('zone=a-1&cluster_location=a')).toMatchObject({ zone: 'a-1' });
    expect(await labels('cluster_location=a')).toMatchObject({ zone: 'a' });
    expect(await labels('use_old_resources=f&use_new_resources=t&zone=a-1&cluster_location=a')).toMatchObject({
      location: 'a',
    });
    expect(await labels('use_old_resources=f&use_new_resources=t&zone=a-1')).toMatchObject({ location: 'a-1' });
  });

  it('writes under metric_prefix=', async () => {
    const opened = await open('stackdriver:?metric_prefix=external.googleapis.com/shop/');

    expect(firstSeries(opened)?.type).toBe('external.googleapis.com/shop/container/cpu/usage_rate');
  });

  it('says that Google’s own prefixes may be refused, and sends only what is there', async () => {
    const { sink, notices } = await open('stackdriver:?metric_prefix=google&metrics=*&zone=a');

    expect(notices.map(({ notice }) => notice).join()).toMatch(/which Google keeps for itself/);
    expect(sink.selection.exports?.(metricByKey('cpu/usage'), 'node')).toBe(true);
    expect(sink.selection.exports?.(metricByKey('cpu/usage_rate'), 'node')).toBe(false);
  });

  it('exports what Heapster did, and with metrics= what it names', async () => {
    const exports = async (query: string): Promise<unknown> => {
      const { sink } = await open(`stackdriver:?${query}`);
      return ['cpu/usage', 'memory/page_faults', 'up'].map((key) => sink.selection.exports?.(metricByKey(key), 'node'));
    };

    expect(await exports('')).toEqual([true, true, false]);
    expect(await exports('use_old_resources=f&use_new_resources=t')).toEqual([true, false, false]);
    expect(await exports('metrics=!network/*')).toEqual([true, true, false]);
    expect(await exports('metrics=*')).toEqual([true, true, true]);
  });

  it.each([
    ['use_old_resources=false', /needs use_old_resources=true or use_new_resources=true/],
    ['endpoint=http://127.0.0.1:1', /an http:\/\/ endpoint needs project=/],
    ['metric_prefix=kubernetes.io/', /metric_prefix must begin with custom\.googleapis\.com\//],
    ['metric_prefix=google&levels=cluster', /metric_prefix=google has no totals/],
    [
      'batch_export_timeout_sec=0',
      /batch_export_timeout_sec must be whole seconds|batch_export_timeout_sec must be a whole number/,
    ],
    ['project=NOT%20ONE', /project must be the id or number of a project/],
    ['workers=3', /unknown option "workers"/],
  ])('refuses %s', async (query, problem) => {
    await expect(open(`stackdriver:?${query}`)).rejects.toThrow(problem);
  });

  it('names its project in the request and in its routing header', async () => {
    server = await startMonitoringServer({ project: 'shop-1' });
    const { sink } = await open(
      `stackdriver:?project=shop-1&zone=a&compression=none&endpoint=${encodeURIComponent(server.url)}`,
    );
    const [request] = sink.encode(nodeBatch(3), () => undefined);

    const outcome = request === undefined ? undefined : await sink.send(request, AbortSignal.timeout(5_000));
    await sink.close();

    expect(outcome).toEqual({ status: 'delivered' });
    expect(server.lastMetadata).toMatchObject({ 'x-goog-request-params': 'name=projects%2Fshop-1' });
    expect(server.written).toHaveLength(3);
  });

  it('opens another connection after one that hung, and works on', async () => {
    server = await startMonitoringServer();
    const { sink } = await open(`stackdriver:?project=acme&zone=a&endpoint=${encodeURIComponent(server.url)}`);
    const [request] = sink.encode(nodeBatch(3), () => undefined);
    if (request === undefined) throw new Error('no request');
    server.fail({ kind: 'hang' });

    const hung = await sink.send(request, AbortSignal.timeout(100));
    const next = await sink.send(request, AbortSignal.timeout(5_000));
    await sink.close();

    expect(hung).toMatchObject({ status: 'retryable', ambiguous: true });
    expect(next).toEqual({ status: 'delivered' });
  });

  it('counts what a lost answer hid as delivered when it is repeated', async () => {
    server = await startMonitoringServer();
    const { sink } = await open(`stackdriver:?project=acme&zone=a&endpoint=${encodeURIComponent(server.url)}`);
    const [request] = sink.encode(nodeBatch(3), () => undefined);
    if (request === undefined) throw new Error('no request');

    const outcomes = [
      await sink.send(request, AbortSignal.timeout(5_000)),
      await sink.send(request, AbortSignal.timeout(5_000)),
    ];
    await sink.close();

    expect(outcomes).toEqual([{ status: 'delivered' }, { status: 'delivered' }]);
    expect(server.written).toHaveLength(3);
  });

  it('says that credentials are missing, and where they are looked for', async () => {
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '/nonexistent/key.json');
    const { sink } = await open('stackdriver:?project=acme&zone=a&endpoint=https://127.0.0.1:1');
    const [request] = sink.encode(nodeBatch(1), () => undefined);

    const outcome = request === undefined ? undefined : await sink.send(request, AbortSignal.timeout(5_000));
    await sink.close();

    expect(outcome).toMatchObject({
      status: 'rejected',
      cause: { message: expect.stringMatching(/no credentials from the Google application default credentials/) },
    });
  });
});

describe('gcm:', () => {
  it('is stackdriver: with a notice', async () => {
    const { sink, notices } = await open('gcm:?metrics=all&zone=a');

    expect(notices.map(({ notice }) => notice)).toEqual([
      'gcm: is stackdriver: now, with its resources and metric names',
    ]);
    expect([sink.name, sink.selection.levels.length]).toEqual(['gcm', 5]);
    expect(sink.selection.exports?.(metricByKey('up'), 'node')).toBe(false);
  });

  it('keeps the meaning of metrics=autoscaling', async () => {
    const { sink } = await open('gcm:?metrics=autoscaling&zone=a');

    expect(sink.selection.levels).toEqual(['node']);
    expect(sink.selection.exports?.(metricByKey('cpu/node_utilization'), 'node')).toBe(true);
    expect(sink.selection.metrics).toEqual(['cpu/node_*', 'memory/node_*', 'ephemeral_storage/node_*']);
  });
});
