// hot path: bench "sinks"
import { hash } from 'node:crypto';
import type { MetricBatch, MetricTable } from '../../core/batch.ts';
import { DENSE_METRICS } from '../../core/metrics.ts';
import type { BufferPool } from '../buffer-pool.ts';
import type { EncodeRejection } from '../sink.ts';
import { type ByteWriter, LONGEST_NUMBER } from '../text/byte-writer.ts';
import { type Constant, toConstant } from '../text/constant.ts';
import { encodeLines } from '../text/encode-lines.ts';
import { createRowLabels, type LabelSyntax } from '../text/encode-row-labels.ts';
import { JSON_ESCAPES } from '../text/escapes.ts';
import type { LineFormat, LinePart, TableFormat } from '../text/line-format.ts';
import type { LineRequest } from '../text/line-request.ts';
import { familyOf, GENERAL, timestampField } from './family.ts';
import { LIMITS, RULES } from './limits.ts';
import type { ElasticsearchSettings } from './settings.ts';

/** What Heapster calls the cluster if nobody does. */
const UNNAMED_CLUSTER = 'default';
/** Characters of a row's hash: 128 bits. */
const HASH_LENGTH = 22;
const COMMA = 0x2c;
/** A double without a fraction would be mapped as a whole number, and the next one cut. */
const POINT_ZERO = toConstant('.0');
const VALUE_END = toConstant('}');
const END = toConstant('}}\n');

interface DocumentPart extends LinePart {
  /** Up to the row's hash: `{"index":{"_index":"…","_id":"`. */
  readonly action: Constant;
  /** Rest of the `_id` and of the action, and the document up to the row's labels. */
  readonly head: Constant;
  /** The value's own labels and what follows them, up to the first value. */
  readonly body: Constant;
  /** `"cpu/usage":{"value":` in a family's document, nothing in a general one. */
  readonly field: Constant;
  /** True if a brace ends each value, in a family's document. */
  readonly closes: boolean;
}

/**
 * The batch as actions and documents of `_bulk`, in Heapster's form.
 *
 * | of the batch | family (`cpu`, `memory`, `network`, `filesystem`) | general |
 * |---|---|---|
 * | `batch.timestamp` | `CpuMetricsTimestamp` | `GeneralMetricsTimestamp` |
 * | labels, the value's own, the cluster | `MetricsTags` | `MetricsTags` |
 * | metric and value | `Metrics: {"cpu/usage": {"value": N}, …}` | `MetricsName`, `MetricsValue: {"value": N}` |
 *
 * `_id` is made of the labels, the family or metric, and the time. Dots in names of labels and metrics become `_`, since
 * Elasticsearch would make objects of them.
 */
export function encodeElasticsearch(
  batch: MetricBatch,
  settings: ElasticsearchSettings,
  reject: (rejection: EncodeRejection) => void,
  pool?: BufferPool,
): Generator<LineRequest> {
  const format: LineFormat<DocumentPart> = {
    rules: RULES,
    open: (of, table) => openTable(of, table, settings),
    reason: (metric) => `${metric.name} has no name in names=${settings.dialect.name}`,
  };
  return encodeLines(batch, format, { ...LIMITS, concurrency: 1 }, reject, pool);
}

/** `"name":` with dots as `_`. */
function jsonKey(name: string): string {
  return JSON.stringify(name.replaceAll('.', '_'));
}

const TAG_SYNTAX: LabelSyntax = {
  before: (name) => toConstant(`,${jsonKey(name)}:"`),
  after: toConstant('"'),
  escapes: JSON_ESCAPES,
};

/** `heapster-2026.11.24`. */
function indexName(index: string, timestamp: number): string {
  return `${index}-${new Date(timestamp).toISOString().slice(0, 10).replaceAll('-', '.')}`;
}

function typeOf(version: number, family: string): string {
  if (version >= 7) return '';
  return `"_type":"${version === 6 ? '_doc' : family}",`;
}

function openTable(batch: MetricBatch, table: MetricTable, settings: ElasticsearchSettings): TableFormat<DocumentPart> {
  const { dialect, version } = settings;
  const cluster = settings.clusterName ?? batch.cluster ?? UNNAMED_CLUSTER;
  const labels = createRowLabels(batch, table, {
    dialect,
    syntax: TAG_SYNTAX,
    cluster: undefined,
    without: new Set(),
  });
  const stamp = `${new Date(batch.timestamp).toISOString().slice(0, 19)}Z`;
  const index = JSON.stringify(indexName(settings.index, batch.timestamp));
  // The cluster is always there, so that the first label needs no comma.
  const tags = `${jsonKey(dialect.label('cluster_name', table.level) ?? 'cluster_name')}:${JSON.stringify(cluster)}`;
  const clusterHash = hash('sha256', cluster, 'base64url').slice(0, 4);
  return {
    part(metric, ownPairs) {
      const word = dialect.metric(metric, table.level);
      if (word === undefined) return undefined;
      const family = familyOf(metric.name);
      const pairs = [...word.labels, ...ownPairs.map(([key, value]) => [dialect.ownLabel(key), value] as const)].filter(
        ([, value]) => value !== '',
      );
      const own = pairs.map(([name, value]) => `,${jsonKey(name)}:${JSON.stringify(value)}`).join('');
      const isGeneral = family === GENERAL;
      // Values with labels of their own come one by one: each is a document, though of its family.
      const isAlone = isGeneral || ownPairs.length > 0 || metric.id >= DENSE_METRICS;
      const identity = hash('sha256', `${isAlone ? word.name : family}\0${own}`, 'base64url').slice(0, 11);
      const id = `${identity}${clusterHash}-${batch.timestamp.toString(36)}`;
      const action = toConstant(`{"index":{${typeOf(version, family)}"_index":${index},"_id":"`);
      const head = toConstant(`${id}"}}\n{"${timestampField(family)}":"${stamp}","MetricsTags":{${tags}`);
      const body = toConstant(
        isGeneral
          ? `${own}},"MetricsName":${JSON.stringify(word.name)},"MetricsValue":{"value":`
          : `${own}},"Metrics":{`,
      );
      const field = toConstant(isGeneral ? '' : `${jsonKey(word.name)}:{"value":`);
      return {
        group: isAlone ? undefined : `${family}\0${own}`,
        closes: !isGeneral,
        variant: labels.variantOf(pairs.map(([name]) => name)),
        room: action.length + head.length + body.length + field.length + LONGEST_NUMBER + 8,
        scale: word.scale,
        // General documents of all metrics share one field, which is mapped by the first number it has.
        whole: word.valueType === 'int64' && !isGeneral,
        action,
        head,
        body,
        field,
      };
    },
    row(out, row, variant) {
      out.reserve(HASH_LENGTH);
      const from = out.at;
      out.at += HASH_LENGTH;
      labels.write(out, row, variant);
      const digest = hash('sha256', out.view(from + HASH_LENGTH), 'base64url');
      out.buffer.write(digest, from, HASH_LENGTH, 'latin1');
    },
    writer: {
      begin(out, first, shared) {
        out.constant(first.action);
        out.bytes(shared.subarray(0, HASH_LENGTH));
        out.constant(first.head);
        out.bytes(shared.subarray(HASH_LENGTH));
        out.constant(first.body);
      },
      value(out, part, value, at) {
        if (at > 0) out.byte(COMMA);
        out.constant(part.field);
        writeNumber(out, part, value);
        if (part.closes) out.constant(VALUE_END);
      },
      end: (out) => out.constant(END),
    },
  };
}

function writeNumber(out: ByteWriter, part: DocumentPart, value: number): void {
  if (part.whole) out.whole(value);
  else {
    out.double(value);
    if (Number.isInteger(value) && Math.abs(value) < 1e21) out.constant(POINT_ZERO);
  }
}
