import { ProtobufWriter } from '../protobuf/encode-protobuf.ts';
import { readVarint } from '../protobuf/read-varint.ts';
import { TAG } from './wire.ts';

/** The messages on the way from a request down to its data points, by tag. */
const WAY: readonly (readonly number[])[] = [
  [TAG.resourceMetrics],
  [TAG.scopeMetrics],
  [TAG.metrics],
  [TAG.gauge, TAG.sum],
  [TAG.dataPoints],
];

interface Window {
  readonly from: number;
  readonly to: number;
  /** Data points passed so far. */
  seen: number;
}

/** An export request with its data points from `from` to before `to`; messages that have none left are gone. */
export function sliceMessage(message: Buffer, from: number, to: number): Buffer {
  return sliceLevel(message, 0, { from, to, seen: 0 }) ?? Buffer.alloc(0);
}

/** A message with the points of the window; undefined if it has none of them. All its fields are ours, so all have a known type. */
function sliceLevel(message: Buffer, depth: number, window: Window): Buffer | undefined {
  const out = new ProtobufWriter(Buffer.allocUnsafeSlow(message.length));
  let has = false;
  for (let at = 0; at < message.length; ) {
    const tag = message[at] ?? 0;
    const end = endOfField(message, at);
    if (WAY[depth]?.includes(tag) !== true) {
      out.reserve(end - at);
      out.bytes(message, at, end);
      at = end;
      continue;
    }
    const inner = message.subarray(readVarint(message, at + 1).next, end);
    const kept = depth === WAY.length - 1 ? slicePoint(inner, window) : sliceLevel(inner, depth + 1, window);
    if (kept !== undefined) {
      has = true;
      out.reserve(kept.length + 10);
      out.byte(tag);
      out.varint(kept.length);
      out.bytes(kept);
    }
    at = end;
  }
  return has ? out.copy() : undefined;
}

function slicePoint(point: Buffer, window: Window): Buffer | undefined {
  const index = window.seen++;
  return index >= window.from && index < window.to ? point : undefined;
}

function endOfField(message: Buffer, at: number): number {
  const type = (message[at] ?? 0) & 7;
  if (type === 1) return at + 9;
  const { value, next } = readVarint(message, at + 1);
  return type === 2 ? next + value : next;
}
