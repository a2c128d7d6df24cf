// hot path: bench "sinks"
import type { MetricBatch, MetricTable } from '../../core/batch.ts';
import { HOUR } from '../../core/units.ts';
import { rowKey } from '../row-key.ts';
import type { EncodeRejection, SinkBacklog } from '../sink.ts';
import { LONGEST_NUMBER } from '../text/byte-writer.ts';
import { type Constant, toConstant } from '../text/constant.ts';
import { dropComma } from '../text/drop-comma.ts';
import { encodeLines } from '../text/encode-lines.ts';
import { createRowLabels, type LabelSyntax } from '../text/encode-row-labels.ts';
import { escapeText } from '../text/escape-text.ts';
import { CONTROL_CHARACTERS, createEscapes, type Escapes, JSON_ESCAPES } from '../text/escapes.ts';
import { createLineBacklog } from '../text/line-backlog.ts';
import type { LineFormat, LinePart, TableFormat } from '../text/line-format.ts';
import type { LineRequest, LineRequestRules } from '../text/line-request.ts';
import { LIMITS } from './limits.ts';
import type { KafkaSettings } from './settings.ts';

/** Bytes before a row's own that tell the length of its key. */
const KEY_SIZE = 4;
/** A tab parts key and value, so no key has one. */
const KEY_ESCAPES: Escapes = createEscapes({ [CONTROL_CHARACTERS]: '_' });
const END = toConstant('}}\n');

const TAG_SYNTAX: LabelSyntax = {
  before: (name) => toConstant(`,${JSON.stringify(name)}:"`),
  after: toConstant('"'),
  escapes: JSON_ESCAPES,
};

interface MessagePart extends LinePart {
  /** The metric's part of the key, and the value up to the number. */
  readonly head: Constant;
  /** Behind the number, up to the row's labels. */
  readonly body: Constant;
  /** The value's own labels, with a comma before each. */
  readonly own: Constant;
}

/** Consumers tell a copy by key and time; with at-most-once there is none. */
export function kafkaRules(delivery: KafkaSettings['delivery']): LineRequestRules {
  return { idempotent: delivery === 'at-least-once' };
}

/** Kafka takes messages of any time: theirs is the tick's. */
export function kafkaBacklog(delivery: KafkaSettings['delivery']): SinkBacklog<LineRequest> {
  return createLineBacklog(kafkaRules(delivery), { maxAge: 7 * 24 * HOUR, ordered: false });
}

/**
 * The batch as lines of `KEY<tab>VALUE`, a message each: Heapster's JSON, with the series as key.
 *
 * | of the batch | of a message |
 * |---|---|
 * | cluster, row and metric | key: `prod|namespace:shop/pod:web-0|cpu/usage_rate` |
 * | metric name | `MetricsName` |
 * | value | `MetricsValue.value` |
 * | `batch.timestamp` | `MetricsTimestamp`, and the message's own time |
 * | labels, the value's own, the cluster | `MetricsTags` |
 */
export function encodeKafka(
  batch: MetricBatch,
  settings: KafkaSettings,
  reject: (rejection: EncodeRejection) => void,
): Generator<LineRequest> {
  const format: LineFormat<MessagePart> = {
    rules: { ...kafkaRules(settings.delivery), stamp: batch.timestamp },
    open: (of, table) => openTable(of, table, settings),
    reason: (metric) => `${metric.name} has no name in names=${settings.dialect.name}`,
  };
  return encodeLines(batch, format, { ...LIMITS, concurrency: 1 }, reject);
}

function openTable(batch: MetricBatch, table: MetricTable, settings: KafkaSettings): TableFormat<MessagePart> {
  const { dialect } = settings;
  const cluster = settings.clusterName ?? batch.cluster;
  const labels = createRowLabels(batch, table, { dialect, syntax: TAG_SYNTAX, cluster, without: new Set() });
  const stamp = `${new Date(batch.timestamp).toISOString().slice(0, 19)}Z`;
  const prefix = cluster === undefined ? '' : `${cluster}|`;
  const body = toConstant(`},"MetricsTimestamp":"${stamp}","MetricsTags":{`);
  return {
    part(metric, ownPairs) {
      const word = dialect.metric(metric, table.level);
      if (word === undefined) return undefined;
      const pairs = [...word.labels, ...ownPairs.map(([key, value]) => [dialect.ownLabel(key), value] as const)].filter(
        ([, value]) => value !== '',
      );
      const values = pairs.map(([, value]) => value);
      const series = values.length === 0 ? word.name : `${word.name}[${values.join(',')}]`;
      const key = escapeText(`|${series}\t`, KEY_ESCAPES).replace(/_$/, '\t');
      const head = toConstant(`${key}{"MetricsName":${JSON.stringify(word.name)},"MetricsValue":{"value":`);
      const own = toConstant(
        pairs.map(([name, value]) => `,${JSON.stringify(name)}:${JSON.stringify(value)}`).join(''),
      );
      return {
        group: undefined,
        variant: labels.variantOf(pairs.map(([name]) => name)),
        room: head.length + body.length + own.length + LONGEST_NUMBER + END.length,
        scale: word.scale,
        whole: word.valueType === 'int64',
        head,
        body,
        own,
      };
    },
    row(out, row, variant) {
      out.reserve(KEY_SIZE);
      const from = out.at;
      out.at += KEY_SIZE;
      out.text(prefix + rowKey(batch, table, row), KEY_ESCAPES);
      const size = out.at - from - KEY_SIZE;
      out.buffer.writeInt32LE(size, from);
      labels.write(out, row, variant);
    },
    writer: {
      begin(out, first, shared) {
        out.bytes(shared.subarray(KEY_SIZE, KEY_SIZE + keySize(shared)));
        out.constant(first.head);
      },
      value(out, part, value) {
        if (part.whole) out.whole(value);
        else out.double(value);
      },
      end(out, first, shared) {
        out.constant(first.body);
        const from = out.at;
        out.bytes(shared.subarray(KEY_SIZE + keySize(shared)));
        out.constant(first.own);
        dropComma(out, from);
        out.constant(END);
      },
    },
  };
}

function keySize(shared: Uint8Array): number {
  return shared[0]! | (shared[1]! << 8) | (shared[2]! << 16) | (shared[3]! << 24);
}
