// hot path: bench "sinks"
import { utf8Size, varintSize } from '../protobuf/encode-protobuf.ts';
import type { ByteWriter } from '../text/byte-writer.ts';

/*
 * Riemann's messages. Source of the field numbers: proto.proto of the Riemann Java client, as Wireshark's dissector and the
 * other clients repeat it (read 2026-11-28).
 * https://github.com/riemann/riemann-java-client/blob/master/riemann-java-client/src/main/proto/riemann/proto.proto
 *
 * | message | field | type | number |
 * |---|---|---|---|
 * | Msg | ok, error, events | bool, string, Event | 2, 3, 6 |
 * | Event | time | int64, Unix seconds | 1 |
 * | | state, service, host | string | 2, 3, 4 |
 * | | tags | string, repeated | 7 |
 * | | ttl | float, seconds | 8 |
 * | | attributes | Attribute, repeated | 9 |
 * | | metric_sint64, metric_d | sint64, double | 13, 14 |
 * | Attribute | key, value | string | 1, 2 |
 */
export const TAG = {
  events: 0x32,
  time: 0x08,
  state: 0x12,
  service: 0x1a,
  host: 0x22,
  tags: 0x3a,
  ttl: 0x45,
  attributes: 0x4a,
  metricSint64: 0x68,
  metricDouble: 0x71,
  key: 0x0a,
  value: 0x12,
} as const;

/** Longest varint, and tag with the longest number. */
const LONGEST_VARINT = 10;
export const LONGEST_METRIC = 1 + LONGEST_VARINT;
/** What stands before an event: tag and length. */
export const EVENT_HEAD = 1 + LONGEST_VARINT;
/** Negative numbers below this have no exact zigzag form in a double. */
const LEAST_ZIGZAG = -(2 ** 52);

/** A whole number from 0 to 2^64. Room must be there. */
export function writeVarint(out: ByteWriter, value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    const next = Math.floor(rest / 128);
    out.byte((rest - next * 128) | 0x80);
    rest = next;
  }
  out.byte(rest);
}

/** A field of text. Makes room for itself. */
export function writeText(out: ByteWriter, tag: number, text: string): void {
  const size = utf8Size(text);
  out.reserve(EVENT_HEAD + size);
  out.byte(tag);
  writeVarint(out, size);
  out.at += out.buffer.write(text, out.at, 'utf8');
}

/** An attribute. Makes room for itself. */
export function writeAttribute(out: ByteWriter, key: string, value: string): void {
  out.reserve(EVENT_HEAD);
  out.byte(TAG.attributes);
  writeVarint(out, textSize(key) + textSize(value));
  writeText(out, TAG.key, key);
  writeText(out, TAG.value, value);
}

/** Bytes of a field of text with a tag of one byte. */
function textSize(text: string): number {
  const size = utf8Size(text);
  return 1 + varintSize(size) + size;
}

/** True if the number goes as `metric_sint64`. */
export function isWhole(value: number): boolean {
  return value >= LEAST_ZIGZAG;
}

/** Bytes of `writeMetric`. */
export function metricSize(value: number, whole: boolean): number {
  return whole && isWhole(value) ? 1 + varintSize(zigzag(value)) : 9;
}

/** The number, as a 64-bit integer if `whole`, else as a double. Room must be there. */
export function writeMetric(out: ByteWriter, value: number, whole: boolean): void {
  if (whole && isWhole(value)) {
    out.byte(TAG.metricSint64);
    writeVarint(out, zigzag(value));
    return;
  }
  out.byte(TAG.metricDouble);
  out.at = out.buffer.writeDoubleLE(value, out.at);
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}
