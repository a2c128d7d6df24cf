// hot path: bench "sinks"
import type { MetricBatch, MetricTable } from '../../core/batch.ts';
import { SECOND } from '../../core/units.ts';
import type { Dialect } from '../../dialects/dialect.ts';
import type { EncodeRejection } from '../sink.ts';
import { LONGEST_NUMBER } from '../text/byte-writer.ts';
import { type Constant, toConstant } from '../text/constant.ts';
import { encodeLines } from '../text/encode-lines.ts';
import { createPaths } from '../text/encode-paths.ts';
import { createRowLabels, type RowLabels } from '../text/encode-row-labels.ts';
import { escapeText } from '../text/escape-text.ts';
import { UNSTABLE_LABELS } from '../text/identity-labels.ts';
import type { LineFormat, LinePart, TableFormat } from '../text/line-format.ts';
import type { LineRequest } from '../text/line-request.ts';
import { LIMITS, RULES } from './limits.ts';
import { GROUP_ESCAPES, METRIC_ESCAPES, ownElement, PATH_ESCAPES, PATH_RULES, TAG_SYNTAX, tagText } from './names.ts';

export interface GraphiteSettings {
  readonly dialect: Dialect;
  /** First element of every path; empty = none. */
  readonly prefix: string;
  readonly form: 'plain' | 'tagged';
  /** Tag `cluster_name` in place of the batch's. */
  readonly clusterName: string | undefined;
}

interface GraphitePart extends LinePart {
  /** What stands before the row's bytes, and behind them up to the value. */
  readonly before: Constant;
  readonly after: Constant;
}

/**
 * The batch as lines of the plaintext protocol, `NAME VALUE SECONDS`.
 *
 * | of the batch | plain | tagged |
 * |---|---|---|
 * | row | elements of the path (`PATH_RULES`) | `;label=value` |
 * | metric name | the path's end, `/` as `.` | `prefix.name`, `/` as `.` |
 * | labels of the value itself | more elements behind the name | `;label=value` |
 * | `batch.timestamp` | whole Unix seconds | whole Unix seconds |
 */
export function encodeGraphite(
  batch: MetricBatch,
  settings: GraphiteSettings,
  reject: (rejection: EncodeRejection) => void,
): Generator<LineRequest> {
  const format: LineFormat<GraphitePart> = {
    rules: RULES,
    open: (of, table) => (settings.form === 'plain' ? openPlain(of, table, settings) : openTagged(of, table, settings)),
    reason: (metric) => `${metric.name} has no name in names=${settings.dialect.name}`,
  };
  return encodeLines(batch, format, LIMITS, reject);
}

function prefixOf({ prefix }: GraphiteSettings): string {
  return prefix === '' ? '' : `${prefix}.`;
}

function openPlain(batch: MetricBatch, table: MetricTable, settings: GraphiteSettings): TableFormat<GraphitePart> {
  const { dialect } = settings;
  const prefix = toConstant(prefixOf(settings));
  const path = createPaths(batch, table, {
    rules: PATH_RULES,
    escapes: PATH_ESCAPES,
    groupEscapes: GROUP_ESCAPES,
    separator: '.',
  });
  const nothing = toConstant('');
  return {
    ...lineEnds(batch),
    part(metric, own) {
      const word = dialect.metric(metric, table.level);
      if (word === undefined) return undefined;
      const elements = [...word.labels, ...own].map(([key, value]) => `.${ownElement(key, value)}`);
      const after = toConstant(`${escapeText(word.name, METRIC_ESCAPES)}${elements.join('')} `);
      return {
        group: undefined,
        variant: 0,
        room: after.length + ROOM,
        scale: word.scale,
        whole: word.valueType === 'int64',
        before: nothing,
        after,
      };
    },
    row(out, row) {
      out.reserve(prefix.length);
      out.constant(prefix);
      path(out, row);
    },
  };
}

function openTagged(batch: MetricBatch, table: MetricTable, settings: GraphiteSettings): TableFormat<GraphitePart> {
  const { dialect } = settings;
  const labels: RowLabels = createRowLabels(batch, table, {
    dialect,
    syntax: TAG_SYNTAX,
    cluster: settings.clusterName ?? batch.cluster,
    without: UNSTABLE_LABELS,
  });
  return {
    ...lineEnds(batch),
    part(metric, own) {
      const word = dialect.metric(metric, table.level);
      if (word === undefined) return undefined;
      const pairs = [...word.labels, ...own.map(([key, value]) => [dialect.ownLabel(key), value] as const)];
      const before = toConstant(prefixOf(settings) + escapeText(word.name, METRIC_ESCAPES));
      const after = toConstant(`${pairs.map(([name, value]) => tagText(name, value)).join('')} `);
      return {
        group: undefined,
        variant: labels.variantOf(pairs.map(([name]) => name)),
        room: before.length + after.length + ROOM,
        scale: word.scale,
        whole: word.valueType === 'int64',
        before,
        after,
      };
    },
    row: (out, row, variant) => labels.write(out, row, variant),
  };
}

/** A number, a space, ten digits of seconds and the line's end. */
const ROOM = LONGEST_NUMBER + 24;

function lineEnds(batch: MetricBatch): Pick<TableFormat<GraphitePart>, 'begin' | 'value' | 'end'> {
  const tail = toConstant(` ${Math.floor(batch.timestamp / SECOND)}\n`);
  return {
    begin(out, first, shared) {
      out.constant(first.before);
      out.bytes(shared);
      out.constant(first.after);
    },
    value(out, part, value) {
      if (part.whole) out.whole(value);
      else out.double(value);
    },
    end: (out) => out.constant(tail),
  };
}
