// hot path: bench "sinks"
import type { MetricBatch, MetricTable } from '../../core/batch.ts';
import { LABEL_KEYS } from '../../core/labels.ts';
import type { Dialect } from '../../dialects/dialect.ts';
import type { EncodeRejection } from '../sink.ts';
import { type ByteWriter, LONGEST_NUMBER } from '../text/byte-writer.ts';
import { type Constant, toConstant } from '../text/constant.ts';
import { encodeLines } from '../text/encode-lines.ts';
import { createPaths } from '../text/encode-paths.ts';
import { createRowLabels } from '../text/encode-row-labels.ts';
import { escapeText } from '../text/escape-text.ts';
import type { LineFormat, LinePart, LineWriter, TableFormat } from '../text/line-format.ts';
import type { LineRequest } from '../text/line-request.ts';
import { createUserLabels } from './encode-user-labels.ts';
import { LIMITS, MAX_LINE_BYTES } from './limits.ts';
import { GROUP_ESCAPES, METRIC_ESCAPES, PATH_ESCAPES, PATH_RULES, TAG_ESCAPES, TAG_SYNTAX } from './names.ts';
import type { StatsdSettings } from './settings.ts';

/** Labels that values bring themselves. */
const OWN_LABELS = ['resource_id', 'pressure', 'interface', 'make', 'model', 'accelerator_id'];
const DOT = toConstant('.');
const EQUALS = toConstant('=');
const COMMA = toConstant(',');
const COLON = 0x3a;
const GAUGE = toConstant('|g\n');
const ZERO_FIRST = toConstant(':0|g\n');

interface StatsdPart extends LinePart {
  /** What stands before the row's bytes, and behind them up to the colon. */
  readonly before: Constant;
  readonly after: Constant;
}

/**
 * The batch as gauges, `NAME:VALUE|g`. Counters are gauges too, as in Heapster: a StatsD counter would add up totals.
 *
 * | of the batch | etsystatsd | influxstatsd |
 * |---|---|---|
 * | row | elements of the name (`PATH_RULES`), then its Kubernetes labels as `key.value` | `,label=value` |
 * | metric name | the name's end | `prefix` and the name |
 * | labels of the value itself | more elements behind the name | `,label=value` |
 * | `batch.timestamp` | - | - |
 *
 * StatsD reads a negative number as a decrement, so one is sent behind a zero, in the same datagram.
 */
export function encodeStatsd(
  batch: MetricBatch,
  settings: StatsdSettings,
  reject: (rejection: EncodeRejection) => void,
): Generator<LineRequest> {
  const format: LineFormat<StatsdPart> = {
    rules: { idempotent: true, stamp: batch.timestamp, maxLine: MAX_LINE_BYTES },
    open: (of, table) =>
      settings.form === 'etsystatsd' ? openEtsy(of, table, settings) : openInflux(of, table, settings),
    reason: (metric) => `${metric.name} has no name in names=${settings.dialect.name}`,
  };
  return encodeLines(batch, format, LIMITS, reject);
}

function openEtsy(batch: MetricBatch, table: MetricTable, settings: StatsdSettings): TableFormat<StatsdPart> {
  const { dialect } = settings;
  const prefix = toConstant(settings.prefix === '' ? '' : `${escapeText(settings.prefix, METRIC_ESCAPES)}.`);
  const path = createPaths(batch, table, {
    rules: PATH_RULES,
    escapes: PATH_ESCAPES,
    groupEscapes: GROUP_ESCAPES,
    separator: '.',
  });
  const users = createUserLabels(batch, table, settings, {
    isTaken: () => false,
    write(out, name, value) {
      put(out, name, PATH_ESCAPES, DOT);
      put(out, value, PATH_ESCAPES, DOT);
    },
  });
  const nothing = toConstant('');
  return {
    writer: GAUGES,
    part(metric, own) {
      const word = dialect.metric(metric, table.level);
      if (word === undefined) return undefined;
      const elements = [...word.labels, ...own].map(([, value]) => `.${escapeText(value, PATH_ESCAPES)}`);
      const after = toConstant(escapeText(word.name, METRIC_ESCAPES) + elements.join(''));
      return { ...partOf(word), before: nothing, after, variant: 0, room: roomOf(after.length) };
    },
    row(out, row) {
      out.reserve(prefix.length);
      out.constant(prefix);
      path(out, row);
      users(out, row);
    },
  };
}

function openInflux(batch: MetricBatch, table: MetricTable, settings: StatsdSettings): TableFormat<StatsdPart> {
  const { dialect, customize, allowed } = settings;
  const isAllowed = (key: string): boolean => allowed.size === 0 || allowed.has(key);
  const customized: Dialect = {
    ...dialect,
    label(key, level) {
      const name = isAllowed(key) ? dialect.label(key, level) : undefined;
      return name === undefined ? undefined : customize(name);
    },
    fixed: (level) => dialect.fixed(level).map(([name, value]) => [customize(name), value] as const),
  };
  const labels = createRowLabels(batch, table, {
    dialect: customized,
    syntax: TAG_SYNTAX,
    cluster: settings.clusterName,
    without: new Set(['labels']),
  });
  const ours = new Set([...LABEL_KEYS, ...batch.labelKeys, ...OWN_LABELS, 'type', 'cluster_name'].map(customize));
  const users = createUserLabels(batch, table, settings, {
    isTaken: (name) => ours.has(name),
    write(out, name, value) {
      out.reserve(COMMA.length);
      out.constant(COMMA);
      put(out, name, TAG_ESCAPES, EQUALS);
      out.text(value, TAG_ESCAPES);
    },
  });
  return {
    writer: GAUGES,
    part(metric, own) {
      const word = dialect.metric(metric, table.level);
      if (word === undefined) return undefined;
      const pairs = [...word.labels, ...own.map(([key, value]) => [dialect.ownLabel(key), value] as const)]
        .map(([name, value]) => [customize(name), value] as const)
        .filter(([, value]) => value !== '');
      const before = toConstant(escapeText(settings.prefix + word.name, METRIC_ESCAPES));
      const after = toConstant(
        pairs.map(([name, value]) => `,${escapeText(name, TAG_ESCAPES)}=${escapeText(value, TAG_ESCAPES)}`).join(''),
      );
      return {
        ...partOf(word),
        before,
        after,
        variant: labels.variantOf(pairs.map(([name]) => name)),
        room: roomOf(before.length + after.length),
      };
    },
    row(out, row, variant) {
      labels.write(out, row, variant);
      users(out, row);
    },
  };
}

function partOf(word: {
  readonly scale: number;
  readonly valueType: string;
}): Pick<LinePart, 'group' | 'scale' | 'whole'> {
  return { group: undefined, scale: word.scale, whole: word.valueType === 'int64' };
}

/** Room of a line, without the row's bytes: the name, a number, and what goes around it. */
function roomOf(name: number): number {
  return name + LONGEST_NUMBER + 16;
}

const GAUGES: LineWriter<StatsdPart> = {
  begin(out, first, shared) {
    out.constant(first.before);
    out.bytes(shared);
    out.constant(first.after);
  },
  value(out, part, value) {
    if (value < 0) zeroFirst(out);
    out.byte(COLON);
    if (part.whole) out.whole(value);
    else out.double(value);
  },
  end: (out) => out.constant(GAUGE),
};

/** Writes the name that stands at the end of the writer as a gauge of 0, and then again. */
function zeroFirst(out: ByteWriter): void {
  const from = out.buffer.lastIndexOf(10, out.at - 1) + 1;
  const name = Buffer.from(out.view(from));
  out.reserve(name.length + 2 * LONGEST_NUMBER);
  out.constant(ZERO_FIRST);
  out.bytes(name);
}

function put(out: ByteWriter, text: string, escapes: typeof PATH_ESCAPES, behind: Constant): void {
  out.text(text, escapes);
  out.reserve(behind.length);
  out.constant(behind);
}
