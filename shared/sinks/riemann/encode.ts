// hot path: bench "sinks"
import { labelOf, type MetricBatch, type MetricTable } from '../../core/batch.ts';
import { labelIndex } from '../../core/labels.ts';
import { SECOND } from '../../core/units.ts';
import { createRowSlots, slotText } from '../protobuf/encode-row-slots.ts';
import { rowKey } from '../row-key.ts';
import type { EncodeRejection, SinkBacklog, SinkLimits } from '../sink.ts';
import { ByteWriter } from '../text/byte-writer.ts';
import { type Constant, toConstant } from '../text/constant.ts';
import { encodeLines } from '../text/encode-lines.ts';
import { createLineBacklog } from '../text/line-backlog.ts';
import type { LineFormat, LinePart, TableFormat } from '../text/line-format.ts';
import type { LineRequest, LineRequestRules } from '../text/line-request.ts';
import {
  EVENT_HEAD,
  LONGEST_METRIC,
  metricSize,
  TAG,
  writeAttribute,
  writeMetric,
  writeText,
  writeVarint,
} from './encode-fields.ts';
import { FRAME_BYTES, MAX_BYTES, OLDEST } from './limits.ts';
import type { RiemannSettings } from './settings.ts';

/** An event that comes again has the same host, service and time: the index holds it once. */
const RULES: LineRequestRules = { idempotent: true, frame: FRAME_BYTES };

/** Riemann's index keeps the event that came last, so older ones go first. */
export const BACKLOG: SinkBacklog<LineRequest> = createLineBacklog(RULES, { maxAge: OLDEST, ordered: true });

interface EventPart extends LinePart {
  /** Fields of every row's event of this metric: time, state, service, tags, ttl. */
  readonly fixed: Constant;
  /** Attributes of the value itself. */
  readonly own: Constant;
}

export function limitsOf(batchSize: number, concurrency: number): SinkLimits {
  return { maxPoints: batchSize, maxBytes: MAX_BYTES, concurrency };
}

/**
 * The batch as messages of events. Each "line" is an `events` field with its event, so that any run of them is a `Msg`.
 *
 * | of the batch | of an event |
 * |---|---|
 * | batch.timestamp | time |
 * | metric name | service |
 * | value | metric_sint64, or metric_d for fractions |
 * | host name, else node, else cluster; or the row's key | host |
 * | labels, the value's own, the cluster | attributes |
 */
export function encodeRiemann(
  batch: MetricBatch,
  settings: RiemannSettings,
  reject: (rejection: EncodeRejection) => void,
): Generator<LineRequest> {
  const format: LineFormat<EventPart> = {
    rules: RULES,
    open: (of, table) => openTable(of, table, settings),
    reason: (metric) => `${metric.name} has no name in names=${settings.dialect.name}`,
  };
  return encodeLines(batch, format, limitsOf(settings.batchSize, 1), reject);
}

function openTable(batch: MetricBatch, table: MetricTable, settings: RiemannSettings): TableFormat<EventPart> {
  const { dialect } = settings;
  const cluster = settings.clusterName ?? batch.cluster;
  const slots = createRowSlots(cluster === undefined ? batch : { ...batch, cluster }, table, {
    dialect,
    external: [],
    toName: (name) => name,
    reserved: [],
  });
  const hiddenBy: ReadonlySet<string>[] = [new Set()];
  const fixed = fixedFields(batch, settings);
  const { strings } = batch;
  let shared: Uint8Array = new Uint8Array(0);
  return {
    part(metric, ownPairs) {
      const word = dialect.metric(metric, table.level);
      if (word === undefined) return undefined;
      const pairs = [...word.labels, ...ownPairs.map(([key, value]) => [dialect.ownLabel(key), value] as const)].filter(
        ([, value]) => value !== '',
      );
      const values = pairs.map(([, value]) => value);
      const isSeries = settings.host === 'row' && values.length > 0;
      const head = fixed(isSeries ? `${word.name}[${values.join(',')}]` : word.name);
      const own = attributes(pairs);
      return {
        group: undefined,
        variant: variantOf(
          hiddenBy,
          slots.map(({ name }) => name),
          pairs.map(([name]) => name),
        ),
        room: EVENT_HEAD + head.length + own.length + LONGEST_METRIC,
        scale: word.scale,
        whole: word.valueType === 'int64',
        fixed: head,
        own,
      };
    },
    row(out, row, variant) {
      const host = hostOf(batch, table, row, settings, cluster);
      if (host !== '') writeText(out, TAG.host, host);
      for (const slot of slots) {
        const text = slotText(slot, strings, row);
        if (text !== '' && !hiddenBy[variant]!.has(slot.name)) writeAttribute(out, slot.name, text);
      }
    },
    writer: {
      begin(_out, _first, row) {
        shared = row;
      },
      value(out, part, value) {
        const size = part.fixed.length + shared.length + part.own.length + metricSize(value, part.whole);
        out.byte(TAG.events);
        writeVarint(out, size);
        out.constant(part.fixed);
        out.bytes(shared);
        out.constant(part.own);
        writeMetric(out, value, part.whole);
      },
      end() {},
    },
  };
}

/** Field `host` of a row's events; empty = none. */
function hostOf(
  batch: MetricBatch,
  table: MetricTable,
  row: number,
  settings: RiemannSettings,
  cluster: string | undefined,
): string {
  if (settings.host === 'row')
    return cluster === undefined ? rowKey(batch, table, row) : `${cluster}/${rowKey(batch, table, row)}`;
  const label = (key: 'hostname' | 'nodename'): string => labelOf(batch, table, labelIndex(key), row) ?? '';
  return label('hostname') || label('nodename') || (cluster ?? '');
}

/** Makes the fields that are the same on all rows, for a service. */
function fixedFields(batch: MetricBatch, settings: RiemannSettings): (service: string) => Constant {
  const seconds = Math.floor(batch.timestamp / SECOND);
  return (service) => {
    const out = new ByteWriter();
    out.byte(TAG.time);
    writeVarint(out, seconds);
    writeText(out, TAG.service, service);
    if (settings.state !== '') writeText(out, TAG.state, settings.state);
    for (const tag of settings.tags) writeText(out, TAG.tags, tag);
    out.reserve(1 + Float32Array.BYTES_PER_ELEMENT);
    out.byte(TAG.ttl);
    out.at = out.buffer.writeFloatLE(settings.ttl, out.at);
    return toConstant(out.view());
  };
}

function attributes(pairs: readonly (readonly [name: string, value: string])[]): Constant {
  const out = new ByteWriter();
  for (const [name, value] of pairs) writeAttribute(out, name, value);
  return toConstant(out.view());
}

/** The number of the set of row labels that a value's own ones stand in place of; 0 = none. */
function variantOf(known: ReadonlySet<string>[], names: readonly string[], own: readonly string[]): number {
  const hidden = own.filter((name) => names.includes(name));
  if (hidden.length === 0) return 0;
  const at = known.findIndex((set) => set.size === hidden.length && hidden.every((name) => set.has(name)));
  return at >= 0 ? at : known.push(new Set(hidden)) - 1;
}

/** The message as it is sent: its length, big-endian, and the message. */
export function toFrame(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_BYTES + message.length);
  frame.writeUInt32BE(message.length, 0);
  frame.set(message, FRAME_BYTES);
  return frame;
}
