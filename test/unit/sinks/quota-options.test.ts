import { describe, expect, it } from 'vitest';
import { parseUri } from '../../../shared/config/uri.ts';
import { systemClock } from '../../../shared/core/clock.ts';
import { MINUTE, SECOND } from '../../../shared/core/units.ts';
import type { SinkQuota } from '../../../shared/sinks/quota.ts';
import { openSink, SINKS } from '../../../shared/sinks/registry.ts';

const RESOURCE = '/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c';
const AZURE: SinkQuota = {
  requests: { most: 15_000, per: MINUTE },
  points: { most: 1_000_000, per: MINUTE },
  bytes: { most: 50_000_000_000, per: MINUTE },
};

async function quotaOf(text: string): Promise<SinkQuota | undefined> {
  const sink = await openSink(parseUri(text, {}), { clock: systemClock, notice: () => {}, write: () => {} });
  await sink.close();
  return sink.limits.quota;
}

describe('the quota of a sink', () => {
  it.each([
    ['cloudwatch:?region=eu-west-1', { requests: { most: 500, per: SECOND } }],
    ['cloudwatch:?mode=emf', undefined],
    ['stackdriver:?project=p', { requests: { most: 30_000, per: MINUTE } }],
    ['gcm:?project=p', { requests: { most: 30_000, per: MINUTE } }],
    ['otlp:?preset=cloudwatch&region=eu-west-1&auth=none', { requests: { most: 500, per: SECOND } }],
    ['otlp:https://dce.westeurope-1.metrics.ingest.monitor.azure.com/x?preset=azure&auth=none', AZURE],
    ['otlp:http://collector:4318', undefined],
    [
      'prometheus:https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/w/api/v1/remote_write?auth=none',
      { requests: { most: 3_000, per: SECOND }, points: { most: 1_666_666, per: SECOND } },
    ],
    ['prometheus:https://dce.westeurope-1.metrics.ingest.monitor.azure.com/x?auth=none', AZURE],
    ['prometheus:http://prometheus:9090', undefined],
    [`azuremonitor:?region=westeurope&auth=none&resource_id=${RESOURCE}`, undefined],
    ['influxdb:http://influxdb:8086', undefined],
  ])('of %s is what its backend publishes', async (uri, quota) => {
    expect(await quotaOf(uri)).toEqual(quota);
  });

  it('is what the options say, and as published where they say nothing', async () => {
    const address =
      'prometheus:https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/w/api/v1/remote_write?auth=none';

    expect(await quotaOf(`${address}&max_points_per_sec=70000`)).toEqual({
      requests: { most: 3_000, per: SECOND },
      points: { most: 70_000, per: SECOND },
    });
    expect(await quotaOf('influxdb:http://h:8086?max_requests_per_sec=2&max_bytes_per_sec=17000')).toEqual({
      requests: { most: 2, per: SECOND },
      bytes: { most: 17_000, per: SECOND },
    });
  });

  it.each([['0'], ['-1'], ['1.5'], ['many']])('is no %s', async (text) => {
    await expect(quotaOf(`influxdb:http://h:8086?max_points_per_sec=${text}`)).rejects.toThrow(
      /sink influxdb: max_points_per_sec must be a whole number from 1 to 1000000000000, got/,
    );
  });

  it('has no meaning for lines of a log', async () => {
    await expect(quotaOf('cloudwatch:?mode=emf&max_requests_per_sec=5')).rejects.toThrow(
      /max_requests_per_sec has no effect with mode=emf/,
    );
    await expect(quotaOf('log:?max_points_per_sec=5')).rejects.toThrow(/unknown option "max_points_per_sec"/);
  });

  it('can be set for every sink that sends', async () => {
    for (const [key, load] of Object.entries(SINKS)) {
      const names = Object.keys((await load()).default.options.shape).filter((name) => name.endsWith('_per_sec'));

      expect([key, names.length]).toEqual([key, key === 'log' ? 0 : 3]);
    }
  });
});
