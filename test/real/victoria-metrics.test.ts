import { describe, expect, it, type TestContext, vi } from 'vitest';
import { missingPart, realPart } from '../support/real-part.ts';
import { answers, createRealFolder, freePorts, startRealProcess } from '../support/real-process.ts';
import { bySeries, deliverTo, type ExpectedValue, expectedValues, realBatch } from './real-batch.ts';

const LONG = 40_000;
const UNSTABLE = new Set(['namespace_id', 'pod_id', 'hostname', 'host_id']);

interface VictoriaMetrics extends AsyncDisposable {
  readonly http: string;
  readonly graphite: number;
  readonly opentsdb: string;
  values(timestamp: number): Promise<readonly ExpectedValue[]>;
}

async function startVictoriaMetrics(context: TestContext): Promise<VictoriaMetrics> {
  const part = realPart('victoria-metrics');
  if (part === undefined) return context.skip(missingPart('victoria-metrics'));
  const folder = await createRealFolder();
  const [http = 0, graphite = 0, opentsdb = 0] = await freePorts(3);
  const url = `http://127.0.0.1:${http}`;
  const server = await startRealProcess({
    path: part.path,
    args: [
      `-storageDataPath=${folder}/data`,
      `-httpListenAddr=127.0.0.1:${http}`,
      `-graphiteListenAddr=127.0.0.1:${graphite}`,
      `-opentsdbHTTPListenAddr=127.0.0.1:${opentsdb}`,
    ],
    folder,
    isReady: () => answers(`${url}/health`),
  });
  return {
    http: url,
    graphite,
    opentsdb: `http://127.0.0.1:${opentsdb}`,
    async values(timestamp) {
      await (await fetch(`${url}/internal/force_flush`)).text();
      const match = encodeURIComponent('{__name__!=""}');
      const text = await (await fetch(`${url}/api/v1/export?match[]=${match}`)).text();
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => {
          const { metric, values, timestamps } = JSON.parse(line) as {
            readonly metric: Readonly<Record<string, string>>;
            readonly values: readonly number[];
            readonly timestamps: readonly number[];
          };
          expect([values.length, timestamps[0]]).toEqual([1, timestamp]);
          const { __name__: name = '', ...labels } = metric;
          return { metric: name, labels, value: values[0] ?? Number.NaN };
        });
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** VictoriaMetrics keeps some 12 digits of a fraction. */
function rounded(values: readonly ExpectedValue[]): readonly ExpectedValue[] {
  return values.map((each) => ({ ...each, value: Number(each.value.toPrecision(10)) }));
}

type Rename = (value: ExpectedValue) => ExpectedValue;

function withoutUnstable(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !UNSTABLE.has(key)));
}

/** What a sink should leave in VictoriaMetrics, which has its own names for what it takes. */
const SINKS: Readonly<Record<string, { readonly uri: (server: VictoriaMetrics) => string; readonly rename: Rename }>> =
  {
    'influxdb v1': {
      uri: ({ http }) => `influxdb:${http}?compression=gzip`,
      rename: ({ metric, labels, value }) => ({
        metric: `${metric}_value`,
        labels: { ...withoutUnstable(labels), cluster_name: 'prod', db: 'k8s' },
        value,
      }),
    },
    'influxdb v2 with fields': {
      uri: ({ http }) => `influxdb:${http}?api=v2&org=o&bucket=b&token=t&withfields=true`,
      rename: ({ metric, labels, value }) => ({
        metric: metric.includes('/') ? metric.replace('/', '_') : `${metric}_value`,
        labels: { ...withoutUnstable(labels), cluster_name: 'prod' },
        value,
      }),
    },
    'graphite tagged': {
      uri: ({ graphite }) => `graphite:tcp://127.0.0.1:${graphite}?form=tagged&prefix=k8s`,
      rename: ({ metric, labels, value }) => ({
        metric: `k8s.${metric.replaceAll('/', '.')}`,
        labels: { ...withoutUnstable(labels), cluster_name: 'prod' },
        value,
      }),
    },
  };

describe('victoria-metrics', () => {
  for (const [name, { uri, rename }] of Object.entries(SINKS)) {
    it(
      `has every value of ${name} read back with its labels`,
      async (context) => {
        await using server = await startVictoriaMetrics(context);
        const batch = realBatch({ oddNames: name.startsWith('influxdb') });
        const expected = bySeries(rounded(expectedValues(batch).map(rename)));

        const report = await deliverTo(uri(server), batch);
        await vi.waitFor(async () => expect((await server.values(batch.timestamp)).length).toBe(expected.size), {
          timeout: LONG / 2,
          interval: 250,
        });

        expect(report).toMatchObject({ delivered: expected.size, problems: [] });
        expect(bySeries(rounded(await server.values(batch.timestamp)))).toEqual(expected);
      },
      LONG,
    );
  }

  it(
    'has every value of plain graphite under a name of its own',
    async (context) => {
      await using server = await startVictoriaMetrics(context);
      const batch = realBatch({ oddNames: false });
      const numbers = (values: readonly ExpectedValue[]): readonly number[] =>
        rounded(values)
          .map(({ value }) => value)
          .sort((a, b) => a - b);
      const expected = expectedValues(batch);

      await deliverTo(`graphite:tcp://127.0.0.1:${server.graphite}`, batch);
      await vi.waitFor(async () => expect((await server.values(batch.timestamp)).length).toBe(expected.length), {
        timeout: LONG / 2,
        interval: 250,
      });
      const stored = await server.values(batch.timestamp);

      expect(numbers(stored)).toEqual(numbers(expected));
      expect(stored.map(({ metric }) => metric)).toContain('kubernetes.nodes.n1_local.filesystem.usage.root');
    },
    LONG,
  );

  it(
    'has every value of opentsdb read back with its tags',
    async (context) => {
      await using server = await startVictoriaMetrics(context);
      const batch = realBatch({ oddNames: false });
      const legal = (text: string): string => text.replaceAll(/[^\w\-./]/g, '_');
      const kinds = new Map(batch.metrics.map(({ name, kind }) => [name, kind]));
      const named = expectedValues(batch).map(({ metric, labels, value }) => ({
        metric: `${metric.replaceAll('/', '_')}_${kinds.get(metric)}`,
        labels: {
          cluster: 'prod',
          ...Object.fromEntries(Object.entries(labels).map(([key, text]) => [key, legal(text)])),
        },
        value,
      }));
      const expected = bySeries(rounded(named));

      const report = await deliverTo(`opentsdb:${server.opentsdb}?tags=*&max_tags=20`, batch);
      await vi.waitFor(async () => expect((await server.values(batch.timestamp)).length).toBe(expected.size), {
        timeout: LONG / 2,
        interval: 250,
      });

      expect(report).toMatchObject({ delivered: expected.size, problems: [] });
      expect(bySeries(rounded(await server.values(batch.timestamp)))).toEqual(expected);
    },
    LONG,
  );
});
