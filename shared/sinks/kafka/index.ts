/**
 * `kafka:` produces a JSON message per value, as Heapster does, with the series as key.
 *
 *     kafka:?brokers=kafka-1:9092&brokers=kafka-2:9092
 *     kafka:?brokers=kafka:9093&timeseriestopic=k8s&compression=gzip&user=heapless&password=${secret:kafka}&cacert=/etc/ca.pem
 *
 * Needs the optional package kafkajs. Limits (limits.ts): 5,000 messages and 900 kB in a request. The producer is
 * idempotent, and waits for all in-sync replicas; what delivery sends again may be there twice, with the same key and time.
 */
import { loadDialect } from '../../dialects/registry.ts';
import { defineSink } from '../define-sink.ts';
import { withQuota } from '../quota-options.ts';
import { toSelection } from '../selection.ts';
import type { Sink } from '../sink.ts';
import type { LineRequest } from '../text/line-request.ts';
import { classifyKafka } from './classify.ts';
import { encodeKafka, kafkaBacklog } from './encode.ts';
import { LIMITS } from './limits.ts';
import { messagesOf } from './messages.ts';
import { checkOptions, DEFAULTS, OPTIONS } from './options.ts';
import { createMessageProducer } from './producer.ts';

export default defineSink({
  key: 'kafka',
  options: OPTIONS,
  defaults: DEFAULTS,
  check: checkOptions,
  async create(options, uri, context): Promise<Sink<LineRequest>> {
    const where = `sink ${uri.key}`;
    const dialect = await loadDialect(options.names);
    const producer = await createMessageProducer(options, where);
    const settings = { dialect, clusterName: options.cluster_name, delivery: options.delivery };
    if (options.insecuressl)
      context.notice({ where, notice: 'insecuressl=true: any certificate is taken for Kafka’s' });
    if (options.eventstopic !== undefined)
      context.notice({ where, notice: 'eventstopic has no effect: events are not collected' });
    return {
      name: uri.key,
      shown: uri.shown,
      limits: withQuota({ ...LIMITS, concurrency: options.concurrency }, options),
      selection: toSelection(options, { dialect }),
      encode: (batch, reject) => encodeKafka(batch, settings, reject),
      async send(request, signal) {
        try {
          await producer.produce(messagesOf(request), signal);
          return { status: 'delivered' };
        } catch (error) {
          return classifyKafka(error, `user= and password=, with the right to write to ${options.timeseriestopic}`);
        }
      },
      backlog: kafkaBacklog(options.delivery),
      async check(signal) {
        try {
          await producer.connect(signal);
          const unchecked = `the right to write to ${options.timeseriestopic}`;
          return { outcome: { status: 'delivered' }, seen: 'a broker accepted us', unchecked };
        } catch (error) {
          return { outcome: classifyKafka(error, 'user= and password='), seen: '' };
        }
      },
      close: () => producer.close(),
    };
  },
});
