// hot path: bench "sinks"
import type { MetricBatch, MetricTable } from '../../core/batch.ts';
import type { MetricDescriptor } from '../../core/metrics.ts';
import { HOUR } from '../../core/units.ts';
import type { BufferPool } from '../buffer-pool.ts';
import type { EncodeRejection, SinkBacklog } from '../sink.ts';
import { LONGEST_NUMBER } from '../text/byte-writer.ts';
import { toConstant } from '../text/constant.ts';
import { encodeLines } from '../text/encode-lines.ts';
import { createRowLabels } from '../text/encode-row-labels.ts';
import { UNSTABLE_LABELS } from '../text/identity-labels.ts';
import { createLineBacklog } from '../text/line-backlog.ts';
import type { LineConstants, LineFormat, LinePart, TableFormat } from '../text/line-format.ts';
import type { LineRequest, LineRequestRules } from '../text/line-request.ts';
import { LIMITS } from './limits.ts';
import { escapeKey, escapeMeasurement, TAG_SYNTAX, tagText } from './line-protocol.ts';
import type { InfluxSettings } from './settings.ts';
import { countFields, splitFields } from './split-fields.ts';

/** What Heapster calls the cluster if nobody does. */
const UNNAMED_CLUSTER = 'default';

/** A point that is written twice overwrites itself. */
const RULES: LineRequestRules = { idempotent: true, splitLine: splitFields, pointsOf: countFields };

/** InfluxDB takes late points, in any order, as far back as the database keeps them. */
export const BACKLOG: SinkBacklog<LineRequest> = createLineBacklog(RULES, { maxAge: 14 * 24 * HOUR, ordered: false });

/**
 * The batch in line protocol: `measurement,tag=value,… field=80i,field2=0.5 <milliseconds>`.
 *
 * | of the batch | without fields | with fields |
 * |---|---|---|
 * | metric name `cpu/usage_rate` | measurement | measurement `cpu`, field `usage_rate` |
 * | value of an int64 metric | field `value=80i` | `usage=80i` |
 * | value of a double metric | field `value=0.5` | `usage_rate=0.5` |
 * | labels, without `namespace_id`, `pod_id`, `hostname`, `host_id` and empty ones | tags | tags |
 * | `batch.timestamp` | time | time |
 *
 * With fields, the values of a row with the same tags share a line, which InfluxDB stores as if each had its own.
 */
export function encodeInflux(
  batch: MetricBatch,
  settings: InfluxSettings,
  reject: (rejection: EncodeRejection) => void,
  pool?: BufferPool,
): Generator<LineRequest> {
  return encodeLines(batch, createFormat(settings), LIMITS, reject, pool);
}

function createFormat(settings: InfluxSettings): LineFormat<LinePart> {
  return {
    rules: RULES,
    open: (batch, table) => openTable(batch, table, settings),
    reason: (metric) => `${metric.name} has no name in names=${settings.dialect.name}`,
  };
}

function openTable(batch: MetricBatch, table: MetricTable, settings: InfluxSettings): TableFormat<LinePart> {
  const { dialect } = settings;
  const labels = createRowLabels(batch, table, {
    dialect,
    syntax: TAG_SYNTAX,
    cluster: settings.clusterName ?? batch.cluster ?? UNNAMED_CLUSTER,
    without: UNSTABLE_LABELS,
  });
  const tail = ` ${batch.timestamp}\n`;
  return {
    part(metric, own) {
      const word = dialect.metric(metric, table.level);
      if (word === undefined) return undefined;
      const pairs = [...word.labels, ...own.map(([key, value]) => [dialect.ownLabel(key), value] as const)];
      const { measurement, field } = nameParts(word.name, settings.withFields);
      const ownTags = pairs.map(([name, value]) => tagText(name, value)).join('');
      const whole = word.valueType === 'int64' || isWholeInHeapster(metric, settings);
      const behind = whole ? 'i' : '';
      const key = `${escapeKey(field)}=`;
      const constants: LineConstants = {
        head: toConstant(escapeMeasurement(measurement)),
        first: toConstant(`${ownTags} ${key}`),
        next: toConstant(`,${key}`),
        behind: toConstant(behind),
        end: toConstant(behind + tail),
      };
      return {
        group: settings.withFields ? `${measurement}\0${ownTags}` : undefined,
        variant: labels.variantOf(pairs.map(([name]) => name)),
        room: constants.head.length + constants.first.length + constants.end.length + LONGEST_NUMBER + 2,
        scale: word.scale,
        whole,
        constants,
      };
    },
    row: (out, row, variant) => labels.write(out, row, variant),
  };
}

function nameParts(name: string, withFields: boolean): { readonly measurement: string; readonly field: string } {
  const slash = withFields ? name.indexOf('/') : -1;
  if (slash <= 0) return { measurement: name, field: 'value' };
  return { measurement: name.slice(0, slash), field: name.slice(slash + 1) || 'value' };
}

/** The one metric that Heapster had as an integer and the catalog has as a fraction. */
function isWholeInHeapster(metric: MetricDescriptor, settings: InfluxSettings): boolean {
  return settings.fieldTypes === 'heapster' && metric.name === 'cpu/usage_rate';
}
