import { describe, expect, it } from 'vitest';
import { parseUri } from '../../shared/config/uri.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { openSink } from '../../shared/sinks/registry.ts';
import type { SinkCheck } from '../../shared/sinks/sink.ts';
import { startInflux } from './influx-process.ts';
import { startPrometheus, startVictoriaMetrics } from './prometheus-servers.ts';

async function look(text: string): Promise<SinkCheck | undefined> {
  const context = { clock: systemClock, notice: () => undefined, write: () => undefined };
  const sink = await openSink(parseUri(text, {}), context);
  try {
    return await sink.check?.(AbortSignal.timeout(20_000));
  } finally {
    await sink.close();
  }
}

const GOOD = { outcome: { status: 'delivered' } };

describe('a look at a backend', () => {
  for (const name of ['prometheus', 'prometheus-3']) {
    it(`is answered by ${name}, in both versions of remote write`, async (context) => {
      await using server = await startPrometheus(context, name);

      expect(await look(`prometheus:${server.url}/api/v1/write`)).toMatchObject(GOOD);
      expect(await look(`prometheus:${server.url}/api/v1/write?version=2.0`)).toMatchObject(GOOD);
      expect(await look(`prometheus:${server.url}/api/v1/nothing`)).toMatchObject({ outcome: { status: 'rejected' } });
    }, 60_000);
  }

  it('is answered by VictoriaMetrics: remote write and line protocol', async (context) => {
    await using server = await startVictoriaMetrics(context, 'victoria-metrics');

    expect(await look(`prometheus:${server.url}/api/v1/write`)).toMatchObject(GOOD);
    expect(await look(`influxdb:${server.url}`)).toMatchObject(GOOD);
  }, 60_000);

  it('is answered by InfluxDB 1, with a database that is not there yet, and without', async (context) => {
    await using influx = await startInflux(context);

    expect(await look(`influxdb:${influx.url}`)).toMatchObject({
      ...GOOD,
      seen: expect.stringContaining('will be created'),
    });
    await influx.query('CREATE DATABASE k8s');
    expect(await look(`influxdb:${influx.url}`)).toMatchObject({
      ...GOOD,
      seen: expect.stringContaining('without points'),
    });
  }, 60_000);
});
