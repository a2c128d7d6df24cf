import { describe, expect, it, type TestContext, vi } from 'vitest';
import { missingPart, realPart } from '../support/real-part.ts';
import { createRealFolder, type RealProcess, startRealProcess } from '../support/real-process.ts';
import { bySeries, deliverTo, expectedValues, realBatch } from './real-batch.ts';

const LONG = 40_000;

interface Kcat extends AsyncDisposable {
  /** The broker that librdkafka plays. */
  readonly broker: string;
  /** Messages that kcat has read, as key and value. */
  messages(): readonly (readonly [key: string, value: string])[];
}

/** kcat consumes from librdkafka's own mock of a cluster; both are in one process. */
async function startKcat(context: TestContext, topic: string): Promise<Kcat> {
  const part = realPart('kcat');
  if (part === undefined) return context.skip(missingPart('kcat'));
  const address = /bootstrap\.servers=(127\.0\.0\.1:\d+)/;
  const kcat: RealProcess = await startRealProcess({
    path: part.path,
    args: [
      ...['-C', '-u', '-t', topic, '-b', 'localhost:1', '-X', 'test.mock.num.brokers=1', '-d', 'mock'],
      ...['-f', 'MESSAGE\t%k\t%s\n'],
    ],
    folder: await createRealFolder(),
    isReady: (output) => /FetchRequest/.test(output),
  });
  return {
    broker: address.exec(kcat.output())?.[1] ?? '',
    messages: () =>
      kcat
        .lines()
        .filter((line) => line.startsWith('MESSAGE\t'))
        .map((line) => {
          const [, key = '', value = ''] = line.split('\t');
          return [key, value] as const;
        }),
    [Symbol.asyncDispose]: () => kcat[Symbol.asyncDispose](),
  };
}

describe('kafka against librdkafka', () => {
  for (const compression of ['none', 'gzip', 'snappy']) {
    it(
      `has every message read by kcat (${compression})`,
      async (context) => {
        await using kcat = await startKcat(context, 'k8s');
        const batch = realBatch({ oddNames: true });
        const expected = expectedValues(batch).map((each) => ({
          ...each,
          labels: { ...each.labels, cluster_name: 'prod' },
        }));

        // The mock tells no controller, which kafkajs asks for the number of an idempotent producer.
        const uri = `kafka:?brokers=${kcat.broker}&timeseriestopic=k8s&compression=${compression}&idempotent=false`;
        const report = await deliverTo(uri, batch);
        await vi.waitFor(() => expect(kcat.messages().length).toBe(expected.length), {
          timeout: LONG / 2,
          interval: 100,
        });

        const values = kcat.messages().map(([, value]) => {
          const { MetricsName, MetricsValue, MetricsTags } = JSON.parse(value) as {
            readonly MetricsName: string;
            readonly MetricsValue: { readonly value: number };
            readonly MetricsTags: Readonly<Record<string, string>>;
          };
          return { metric: MetricsName, labels: MetricsTags, value: MetricsValue.value };
        });
        expect(report).toMatchObject({ delivered: expected.length, problems: [] });
        expect(bySeries(values)).toEqual(bySeries(expected));
        expect(new Set(kcat.messages().map(([key]) => key)).size).toBe(expected.length);
      },
      LONG,
    );
  }
});
