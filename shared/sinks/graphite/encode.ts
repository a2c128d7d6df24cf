// hot path: bench "sinks"
import type { MetricBatch, MetricTable } from '../../core/batch.ts';
import { SECOND } from '../../core/units.ts';
import type { Dialect } from '../../dialects/dialect.ts';
import type { BufferPool } from '../buffer-pool.ts';
import type { EncodeRejection } from '../sink.ts';
import { LONGEST_NUMBER } from '../text/byte-writer.ts';
import { toConstant } from '../text/constant.ts';
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
  pool?: BufferPool,
): Generator<LineRequest> {
  const format: LineFormat<LinePart> = {
    rules: RULES,
    open: (of, table) => (settings.form === 'plain' ? openPlain(of, table, settings) : openTagged(of, table, settings)),
    reason: (metric) => `${metric.name} has no name in names=${settings.dialect.name}`,
  };
  return encodeLines(batch, format, LIMITS, reject, pool);
}

function prefixOf({ prefix }: GraphiteSettings): string {
  return prefix === '' ? '' : `${prefix}.`;
}

function openPlain(batch: MetricBatch, table: MetricTable, settings: GraphiteSettings): TableFormat<LinePart> {
  const { dialect } = settings;
  const prefix = toConstant(prefixOf(settings));
  const path = createPaths(batch, table, {
    rules: PATH_RULES,
    escapes: PATH_ESCAPES,
    groupEscapes: GROUP_ESCAPES,
    separator: '.',
  });
  return {
    part(metric, own) {
      const word = dialect.metric(metric, table.level);
      if (word === undefined) return undefined;
      const elements = [...word.labels, ...own].map(([key, value]) => `.${ownElement(key, value)}`);
      const after = `${escapeText(word.name, METRIC_ESCAPES)}${elements.join('')} `;
      return partOf(batch, word, { before: '', after, variant: 0 });
    },
    row(out, row) {
      out.reserve(prefix.length);
      out.constant(prefix);
      path(out, row);
    },
  };
}

function openTagged(batch: MetricBatch, table: MetricTable, settings: GraphiteSettings): TableFormat<LinePart> {
  const { dialect } = settings;
  const labels: RowLabels = createRowLabels(batch, table, {
    dialect,
    syntax: TAG_SYNTAX,
    cluster: settings.clusterName ?? batch.cluster,
    without: UNSTABLE_LABELS,
  });
  return {
    part(metric, own) {
      const word = dialect.metric(metric, table.level);
      if (word === undefined) return undefined;
      const pairs = [...word.labels, ...own.map(([key, value]) => [dialect.ownLabel(key), value] as const)];
      return partOf(batch, word, {
        before: prefixOf(settings) + escapeText(word.name, METRIC_ESCAPES),
        after: `${pairs.map(([name, value]) => tagText(name, value)).join('')} `,
        variant: labels.variantOf(pairs.map(([name]) => name)),
      });
    },
    row: (out, row, variant) => labels.write(out, row, variant),
  };
}

/** A part whose lines are `before`, the row's bytes, `after`, the value and the time. */
function partOf(
  batch: MetricBatch,
  word: { readonly scale: number; readonly valueType: string },
  { before, after, variant }: { readonly before: string; readonly after: string; readonly variant: number },
): LinePart {
  const nothing = toConstant('');
  const end = toConstant(` ${Math.floor(batch.timestamp / SECOND)}\n`);
  const constants = { head: toConstant(before), first: toConstant(after), next: nothing, behind: nothing, end };
  return {
    group: undefined,
    variant,
    room: constants.head.length + constants.first.length + LONGEST_NUMBER + end.length,
    scale: word.scale,
    whole: word.valueType === 'int64',
    constants,
  };
}
