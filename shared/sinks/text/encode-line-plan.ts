// hot path: bench "sinks"
import type { Constant } from './constant.ts';
import type { LinePart } from './line-format.ts';

/** A dense metric with its column. */
export interface DensePart<Part> {
  readonly part: Part;
  readonly column: Float64Array;
}

/**
 * Dense metrics with a line each, in constants, side by side in a few arrays: a row's lines go through all of them, and as
 * objects they would not fit the processor's first cache. Index = metric in the order of lines.
 */
export interface LinePlan {
  readonly columns: readonly Float64Array[];
  readonly scales: Float64Array;
  /** 1 = the value is written as an integer. */
  readonly wholes: Uint8Array;
  /** Values are written if their size is below this. */
  readonly bounds: Float64Array;
  readonly variants: Int32Array;
  readonly rooms: Int32Array;
  /** Nine a metric: where the words of `head`, `first` and `end` begin and end, and how many bytes the last word has too many. */
  readonly spans: Int32Array;
  readonly words: Int32Array;
}

/** Numbers of a metric in `spans`. */
export const SPANS = 9;

/** 2^63: what no 64-bit integer reaches. */
export const OUT_OF_INT64: number = 2 ** 63;

/** The plan of parts; undefined if one of them shares a line or is more than constants. */
export function planLines<Part extends LinePart>(members: readonly DensePart<Part>[]): LinePlan | undefined {
  const words: number[] = [];
  const spans: number[] = [];
  const known = new Map<string, number>();
  const add = ({ words: own, length }: Constant): void => {
    const text = own.join();
    const from = known.get(text) ?? words.length;
    if (!known.has(text)) words.push(...own);
    known.set(text, from);
    spans.push(from, from + own.length, 4 * own.length - length);
  };
  for (const { part } of members) {
    if (part.constants === undefined || part.group !== undefined) return undefined;
    add(part.constants.head);
    add(part.constants.first);
    add(part.constants.end);
  }
  return {
    columns: members.map(({ column }) => column),
    scales: Float64Array.from(members, ({ part }) => part.scale),
    wholes: Uint8Array.from(members, ({ part }) => (part.whole ? 1 : 0)),
    bounds: Float64Array.from(members, ({ part }) => (part.whole ? OUT_OF_INT64 : Number.POSITIVE_INFINITY)),
    variants: Int32Array.from(members, ({ part }) => part.variant),
    rooms: Int32Array.from(members, ({ part }) => part.room),
    spans: Int32Array.from(spans),
    words: Int32Array.from(words),
  };
}
