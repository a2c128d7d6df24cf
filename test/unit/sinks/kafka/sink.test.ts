import { describe, expect, it } from 'vitest';
import { parseUri } from '../../../../shared/config/uri.ts';
import { systemClock } from '../../../../shared/core/clock.ts';
import { metricByKey } from '../../../../shared/core/metrics.ts';
import { openSink } from '../../../../shared/sinks/registry.ts';
import { createBuilder, nodeBatch, nodeName, singleValueBatch } from '../../../contract/sinks/contract-batch.ts';
import { bySeries, deliverTo, expectedValues, realBatch } from '../../../real/real-batch.ts';
import { startKafkaBroker } from '../../../sim/kafka-broker.ts';

/** Heapster's message. */
interface Message {
  readonly MetricsName: string;
  readonly MetricsValue: { readonly value: number };
  readonly MetricsTimestamp: string;
  readonly MetricsTags: Readonly<Record<string, string>>;
}

describe('kafka', () => {
  for (const compression of ['none', 'gzip', 'snappy']) {
    it(`brings every value over, whatever its labels are, with compression=${compression}`, async () => {
      await using broker = await startKafkaBroker();
      const batch = realBatch({ oddNames: true });
      const expected = expectedValues(batch).map((each) => ({
        ...each,
        labels: { ...each.labels, cluster_name: 'prod' },
      }));

      const report = await deliverTo(`kafka:?brokers=${broker.address}&compression=${compression}`, batch);

      const messages = broker.records.map(({ value }) => JSON.parse(value) as Message);
      expect(report).toMatchObject({ delivered: expected.length, problems: [] });
      expect(
        bySeries(
          messages.map((each) => ({
            metric: each.MetricsName,
            labels: each.MetricsTags,
            value: each.MetricsValue.value,
          })),
        ),
      ).toEqual(bySeries(expected));
      expect(new Set(broker.records.map(({ timestamp }) => timestamp))).toEqual(new Set([batch.timestamp]));
      expect(new Set(messages.map((each) => Date.parse(each.MetricsTimestamp)))).toEqual(new Set([batch.timestamp]));
    });
  }

  it('has a key of its own for each series, which stays in one partition', async () => {
    await using broker = await startKafkaBroker();
    const batch = realBatch({ oddNames: false });

    await deliverTo(`kafka:?brokers=${broker.address}`, batch);
    await deliverTo(`kafka:?brokers=${broker.address}`, batch);

    const partitions = Map.groupBy(broker.records, ({ key }) => key);
    expect(partitions.size).toBe(broker.records.length / 2);
    expect([...partitions.values()].every(([a, b]) => a?.partition === b?.partition)).toBe(true);
    expect(new Set(broker.records.map(({ partition }) => partition)).size).toBe(3);
  });

  it("writes Heapster's message", async () => {
    await using broker = await startKafkaBroker();
    const batch = {
      ...singleValueBatch(metricByKey('filesystem/usage[/]'), 'node', 7),
      timestamp: Date.UTC(2026, 10, 24, 0, 1),
    };

    await deliverTo(`kafka:?brokers=${broker.address}&cluster_name=eu`, batch);

    expect(broker.records.map(({ key, value }) => [key, JSON.parse(value)])).toEqual([
      [
        'eu|node:n1|filesystem/usage[/]',
        {
          MetricsName: 'filesystem/usage',
          MetricsValue: { value: 7 },
          MetricsTimestamp: '2026-11-24T00:01:00Z',
          MetricsTags: { cluster_name: 'eu', hostname: 'n1', nodename: 'n1', type: 'node', resource_id: '/' },
        },
      ],
    ]);
  });

  it('sends again what may not have been stored, unless it must not be there twice', async () => {
    await using broker = await startKafkaBroker({ partitions: 1 });
    // 20 = appended, but not by enough replicas; kafkajs tries once by itself.
    broker.fail({ code: 20, stored: true }, { code: 20, stored: true });

    const again = await deliverTo(`kafka:?brokers=${broker.address}`, nodeBatch(3));
    broker.fail({ code: 20, stored: true }, { code: 20, stored: true });
    const once = await deliverTo(`kafka:?brokers=${broker.address}&delivery=at-most-once`, nodeBatch(3));

    expect(again).toMatchObject({ delivered: 3, ambiguous: 1, retries: 1 });
    expect(once).toMatchObject({ delivered: 0, dropped: 3, ambiguous: 1, retries: 0 });
  });

  it('logs in by SASL, and says whose credentials are refused', async () => {
    await using broker = await startKafkaBroker();
    broker.login = { user: 'me', password: 'right' };
    const uri = `kafka:?brokers=${broker.address}&user=me`;

    const refused = await deliverTo(`${uri}&password=hunter2`, nodeBatch(2));
    const taken = await deliverTo(`${uri}&password=right`, nodeBatch(2));

    expect(refused).toMatchObject({ rejected: 2, retries: 0 });
    expect(refused.problems[0]?.problem).toMatch(/refuses the credentials.*user= and password=/);
    expect(JSON.stringify(refused)).not.toContain('hunter2');
    expect(taken).toMatchObject({ delivered: 2 });
  });

  it('isolates a message that a broker refuses with its whole batch', async () => {
    await using broker = await startKafkaBroker({ partitions: 1 });
    broker.refuse(nodeName(5));

    const report = await deliverTo(`kafka:?brokers=${broker.address}`, nodeBatch(20));

    expect(report).toMatchObject({ delivered: 19, rejected: 1 });
    expect(broker.records).toHaveLength(19);
  });

  it('leaves the points of brokers that are not there for later', async () => {
    const sink = await openSink(parseUri('kafka:?brokers=127.0.0.1:1', {}), {
      clock: systemClock,
      notice: () => {},
      write: () => {},
    });
    const [request] = [...sink.encode(nodeBatch(1), () => {})];

    const outcome = request && (await sink.send(request, AbortSignal.timeout(5_000)));
    await sink.close();

    expect(outcome).toMatchObject({ status: 'retryable', ambiguous: false });
  });

  it.each([
    ['kafka:', /needs brokers=HOST:PORT/],
    ['kafka:?brokers=b', /brokers must be HOST:PORT/],
    ['kafka:?brokers=b:1&user=u', /user and password must be given together/],
    ['kafka:?brokers=b:1&cert=c', /cert and key must be given together/],
    ['kafka:?brokers=b:1&compression=lz4', /lz4 is not in this build; use gzip or snappy/],
    ['kafka:?brokers=b:1&ssl=false&cacert=x', /ssl=false contradicts/],
    ['kafka:?brokers=b:1&cacert=/nonexistent', /cacert cannot be read.*PEM file/],
    ['kafka:?brokers=b:1&timeseriestopic=a+b', /timeseriestopic must be the name of a topic/],
  ])('refuses %s', async (uri, problem) => {
    const opened = openSink(parseUri(uri, {}), { clock: systemClock, notice: () => {}, write: () => {} });

    await expect(opened).rejects.toThrow(problem);
  });

  it('keeps an empty batch to itself', async () => {
    const report = await deliverTo('kafka:?brokers=127.0.0.1:1', createBuilder().build());

    expect(report).toMatchObject({ encoded: 0, requests: 0 });
  });
});
