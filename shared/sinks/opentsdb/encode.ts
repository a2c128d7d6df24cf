// hot path: bench "sinks"
import type { MetricBatch, MetricTable } from '../../core/batch.ts';
import { HOUR, SECOND } from '../../core/units.ts';
import type { Dialect } from '../../dialects/dialect.ts';
import type { EncodeRejection, SinkBacklog } from '../sink.ts';
import { LONGEST_NUMBER } from '../text/byte-writer.ts';
import { type Constant, toConstant } from '../text/constant.ts';
import { dropComma } from '../text/drop-comma.ts';
import { encodeLines } from '../text/encode-lines.ts';
import { createRowLabels } from '../text/encode-row-labels.ts';
import { createLineBacklog } from '../text/line-backlog.ts';
import type { LineFormat, LinePart, TableFormat } from '../text/line-format.ts';
import type { LineRequest, LineRequestRules } from '../text/line-request.ts';
import { MAX_POINTS } from './limits.ts';
import { metricName, TAG_SYNTAX, tagText } from './names.ts';
import type { OpentsdbSettings } from './settings.ts';

/** What Heapster calls the cluster if nobody does. */
const UNNAMED_CLUSTER = 'k8s-cluster';
/** Row labels that a point can do without, when it has too many tags: others tell the row too. */
const DISPENSABLE = ['nodename', 'type'];
const TAGS = toConstant(',"tags":{');
const END = toConstant('}},\n');

/** A point that is sent again is the same cell. */
const RULES: LineRequestRules = { idempotent: true };

/** OpenTSDB takes points of any age. */
export const BACKLOG: SinkBacklog<LineRequest> = createLineBacklog(RULES, { maxAge: 14 * 24 * HOUR, ordered: false });

interface OpentsdbPart extends LinePart {
  /** `{"metric":"…","timestamp":…,"value":`. */
  readonly before: Constant;
  /** Tags of the value itself, with a comma before each. */
  readonly own: Constant;
}

/**
 * The batch as data points of `/api/put`, one a line with a comma behind it: `toBody` makes the array of them.
 *
 * | of the batch | of a data point |
 * |---|---|
 * | metric name and kind | metric: `cpu_usage_cumulative` |
 * | `batch.timestamp` | timestamp, whole seconds |
 * | value | value |
 * | labels of `tags=`, the value's own, the cluster | tags |
 */
export function encodeOpentsdb(
  batch: MetricBatch,
  settings: OpentsdbSettings,
  reject: (rejection: EncodeRejection) => void,
): Generator<LineRequest> {
  const { dialect, maxTags } = settings;
  const format: LineFormat<OpentsdbPart> = {
    rules: RULES,
    open: (of, table) => openTable(of, table, settings),
    reason: (metric) =>
      `${metric.name} has no name in names=${dialect.name}, or more than max_tags=${maxTags} tags; OpenTSDB's own bound is tsd.storage.max_tags`,
  };
  const limits = { maxPoints: MAX_POINTS, maxBytes: settings.maxBytes, concurrency: 1 };
  return encodeLines(batch, format, limits, reject);
}

/** The body of a request: the last comma and line break become the end of the array. */
export function toBody(lines: Uint8Array): Buffer {
  const body = Buffer.allocUnsafe(lines.length);
  body[0] = 0x5b;
  body.set(lines.subarray(0, lines.length - 2), 1);
  body[lines.length - 1] = 0x5d;
  return body;
}

function openTable(batch: MetricBatch, table: MetricTable, settings: OpentsdbSettings): TableFormat<OpentsdbPart> {
  const { dialect, maxTags } = settings;
  const groupKeys = new Set(table.level === 'group' ? batch.labelKeys : []);
  const chosen: Dialect = {
    ...dialect,
    label(key, level) {
      if (key === 'cluster_name') return 'cluster';
      const isTag = settings.tags.has('*') || settings.tags.has(key) || groupKeys.has(key);
      return isTag ? dialect.label(key, level) : undefined;
    },
  };
  const labels = createRowLabels(batch, table, {
    dialect: chosen,
    syntax: TAG_SYNTAX,
    cluster: settings.cluster ?? batch.cluster ?? UNNAMED_CLUSTER,
    without: new Set(),
  });
  const dispensable = DISPENSABLE.map((key) => dialect.label(key, table.level)).filter((name) => name !== undefined);
  const seconds = Math.floor(batch.timestamp / SECOND);
  return {
    part(metric, ownPairs) {
      const word = dialect.metric(metric, table.level);
      if (word === undefined) return undefined;
      const pairs = [...word.labels, ...ownPairs.map(([key, value]) => [dialect.ownLabel(key), value] as const)];
      const own = pairs.map(([name]) => name);
      const rest = labels.names.filter((name) => !own.includes(name));
      const spare = dispensable.filter((name) => rest.includes(name));
      const tooMany = rest.length + own.length - maxTags;
      if (tooMany > spare.length) return undefined;
      const name = metricName(word.name, word.kind, dialect.name === 'heapster');
      const before = toConstant(`{"metric":"${name}","timestamp":${seconds},"value":`);
      const ownTags = toConstant(pairs.map(([key, value]) => tagText(key, value)).join(''));
      return {
        group: undefined,
        variant: labels.variantOf([...own, ...spare.slice(0, Math.max(0, tooMany))]),
        room: before.length + ownTags.length + LONGEST_NUMBER + TAGS.length + END.length,
        scale: word.scale,
        whole: word.valueType === 'int64',
        before,
        own: ownTags,
      };
    },
    row: (out, row, variant) => labels.write(out, row, variant),
    writer: {
      begin: (out, first) => out.constant(first.before),
      value(out, part, value) {
        if (part.whole) out.whole(value);
        else out.double(value);
      },
      end(out, first, shared) {
        out.constant(TAGS);
        const from = out.at;
        out.bytes(shared);
        out.constant(first.own);
        dropComma(out, from);
        out.constant(END);
      },
    },
  };
}
