import { describe, expect, it } from 'vitest';
import { metricId } from '../../shared/core/metrics.ts';
import { createBuilder, setLabels } from '../contract/sinks/contract-batch.ts';
import { type Influx, startInflux } from './influx-process.ts';
import { bySeries, deliverTo, type ExpectedValue, expectedValues, realBatch } from './real-batch.ts';

const NOT_TAGS = new Set(['namespace_id', 'pod_id', 'hostname', 'host_id']);

/** What InfluxDB should have of a batch: Heapster's tags. */
function asTags(values: readonly ExpectedValue[]): readonly ExpectedValue[] {
  return values.map(({ metric, labels, value }) => ({
    metric,
    labels: {
      ...Object.fromEntries(Object.entries(labels).filter(([key]) => !NOT_TAGS.has(key))),
      cluster_name: 'prod',
    },
    value,
  }));
}

/** All values of a database; `SELECT *` has empty tags of the other series, which are not theirs. */
async function readAll(influx: Influx, timestamp: number): Promise<readonly ExpectedValue[]> {
  const series = await influx.query('SELECT * FROM /.*/ GROUP BY *');
  return series.flatMap(({ name, tags = {}, columns, values }) =>
    values.flatMap((row) => {
      expect(row[0]).toBe(timestamp);
      const labels = Object.fromEntries(Object.entries(tags).filter(([, text]) => text !== ''));
      return columns.slice(1).flatMap((column, index) => {
        const value = row[index + 1];
        if (typeof value !== 'number') return [];
        return [{ metric: column === 'value' ? name : `${name}/${column}`, labels, value }];
      });
    }),
  );
}

describe('influxdb against InfluxDB 1', () => {
  for (const options of ['', 'withfields=true', 'compression=gzip&concurrency=4']) {
    it(`has every value read back as it was (${options || 'by default'})`, async (context) => {
      await using influx = await startInflux(context);
      const batch = realBatch({ oddNames: true });
      const expected = asTags(expectedValues(batch));

      const report = await deliverTo(`influxdb:${influx.url}?${options}`, batch);
      const again = await deliverTo(`influxdb:${influx.url}?${options}`, batch);
      const stored = await readAll(influx, batch.timestamp);

      expect(report).toMatchObject({ encoded: expected.length, delivered: expected.length, problems: [] });
      expect(again).toMatchObject({ delivered: expected.length });
      expect(bySeries(stored)).toEqual(bySeries(expected));
    }, 60_000);
  }

  it('creates the database with the retention that was asked for', async (context) => {
    await using influx = await startInflux(context);

    await deliverTo(`influxdb:${influx.url}?retention=30d&levels=cluster`, realBatch({ oddNames: false }));
    const policies = await influx.query('SHOW RETENTION POLICIES ON k8s');

    expect(policies[0]?.values).toEqual([['default', '720h0m0s', '24h0m0s', 1, true]]);
  }, 60_000);

  it('counts exactly the values whose field has another type, and stores the others', async (context) => {
    await using influx = await startInflux(context);
    await influx.query('CREATE DATABASE k8s');
    const batch = realBatch({ oddNames: false });
    const stamp = `${batch.timestamp}000000`;
    await fetch(`${influx.url}/write?db=k8s`, {
      method: 'POST',
      body: `cpu/usage_rate,nodename=old value=5i ${stamp}`,
    });
    const rates = expectedValues(batch).filter(({ metric }) => metric === 'cpu/usage_rate').length;

    const report = await deliverTo(`influxdb:${influx.url}`, batch);
    const heapster = await deliverTo(`influxdb:${influx.url}?field_types=heapster`, batch);

    expect(report).toMatchObject({ rejected: rates, delivered: report.encoded - rates, dropped: 0 });
    expect(report.problems[0]?.problem).toMatch(/field type conflict/);
    expect(heapster).toMatchObject({ rejected: 0, delivered: heapster.encoded });
  }, 60_000);

  it('loses one field of a line, not the line, with withfields=true', async (context) => {
    await using influx = await startInflux(context);
    await influx.query('CREATE DATABASE k8s');
    const batch = realBatch({ oddNames: false });
    const stamp = `${batch.timestamp}000000`;
    await fetch(`${influx.url}/write?db=k8s`, { method: 'POST', body: `cpu,nodename=old usage_rate=5i ${stamp}` });
    const rates = expectedValues(batch).filter(({ metric }) => metric === 'cpu/usage_rate').length;

    const report = await deliverTo(`influxdb:${influx.url}?withfields=true`, batch);

    expect(report).toMatchObject({ rejected: rates, delivered: report.encoded - rates, dropped: 0 });
  }, 60_000);

  it('is refused by name and password that are wrong, and says whose they are', async (context) => {
    await using influx = await startInflux(context, 'auth-enabled = true');
    await influx.query(`CREATE USER root WITH PASSWORD 'root' WITH ALL PRIVILEGES`);
    const batch = realBatch({ oddNames: false });

    const refused = await deliverTo(`influxdb:${influx.url}?pw=hunter2`, batch);
    const taken = await deliverTo(`influxdb:${influx.url}`, batch);

    expect(refused).toMatchObject({ delivered: 0, rejected: refused.encoded, retries: 0 });
    expect(refused.problems[0]?.problem).toMatch(/refuses the credentials.*user= and pw=/);
    expect(JSON.stringify(refused)).not.toContain('hunter2');
    expect(taken).toMatchObject({ delivered: taken.encoded, rejected: 0 });
  }, 60_000);

  it('keeps labels apart that a value has too', async (context) => {
    await using influx = await startInflux(context);
    const builder = createBuilder();
    const row = builder.table('node').addRow();
    setLabels(builder, 'node', row, { nodename: 'n1', resource_id: 'of the row' });
    builder.table('node').set(metricId('filesystem/usage[/]'), row, 7);
    builder.table('node').set(metricId('memory/usage'), row, 9);

    await deliverTo(`influxdb:${influx.url}`, builder.build());
    const stored = await readAll(influx, builder.timestamp);

    expect(stored.map(({ labels, value }) => [labels['resource_id'], value])).toEqual([
      ['/', 7],
      ['of the row', 9],
    ]);
  }, 60_000);
});
