import type { LineRequest } from '../../../shared/sinks/text/line-request.ts';
import { type KafkaFault, startKafkaBroker } from '../../sim/kafka-broker.ts';
import { type BackendFault, describeSinkContract, type SinkBackend } from './sink-contract.ts';

/** Kafka's codes: 19 = not enough replicas, 29 = topic authorization failed. */
const FAULTS: Readonly<Record<BackendFault, KafkaFault>> = {
  throttled: { code: 19 },
  'throttled for a second': { code: 19 },
  'throttled for an hour': { code: 19 },
  unavailable: 'reset',
  forbidden: { code: 29 },
  hangs: 'hang',
};

async function startBackend(): Promise<SinkBackend> {
  const broker = await startKafkaBroker({ partitions: 1 });
  return {
    options: [`brokers=${broker.address}`, 'concurrency=1'],
    stored: () =>
      broker.records.map(({ key, value }) => {
        const { MetricsName, MetricsValue } = JSON.parse(value) as {
          readonly MetricsName: string;
          readonly MetricsValue: { readonly value: number };
        };
        return { metric: MetricsName, series: key, value: MetricsValue.value };
      }),
    get openSockets() {
      return broker.openSockets;
    },
    fail: (...faults) => broker.fail(...faults.map((fault) => FAULTS[fault])),
    failAlways: (fault) => broker.failAlways(FAULTS[fault]),
    refuse: (series) => broker.refuse(series),
    [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose](),
  };
}

describeSinkContract({
  title: 'kafka',
  key: 'kafka',
  options: [],
  startBackend,
  bytesOf: (request: LineRequest) => Buffer.from(request.body).toString('utf8'),
  notExported: new Map(),
  illTyped: { option: 'insecuressl=no', says: /insecuressl must be true or false, got "no"/ },
  credentialWords: /user= and password=, with the right to write to heapster-metrics/,
  module: 'shared/sinks/kafka/index.ts',
  // A login is not a produce request, which these faults are.
  checkIgnores: ['forbidden', 'unavailable', 'hangs'],
  skips: { 9: 'Kafka has no Retry-After: it throttles by answering late' },
});
