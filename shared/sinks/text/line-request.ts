import type { UnixMillis } from '../../core/units.ts';
import type { EncodedRequest } from '../sink.ts';

/** Whole lines of a text, ready to be sent. */
export interface LineRequest extends EncodedRequest {
  readonly body: Uint8Array;
  readonly lines: number;
  readonly marks: LineMarks;
  /** Stamp of the values, for backends that have no time of their own in the lines. */
  readonly stamp: UnixMillis | undefined;
  split(): readonly [LineRequest, LineRequest] | undefined;
}

/** Where lines end in a body, and how many points each has. */
export interface LineMarks {
  readonly ends: Int32Array;
  readonly points: Int32Array;
}

export interface LineRequestRules {
  readonly idempotent: boolean;
  /** The halves of a single line with several points, if the format can say less in a line. */
  readonly splitLine?: (line: Uint8Array) => readonly [Uint8Array, Uint8Array] | undefined;
  /** Points of a half that `splitLine` made. */
  readonly pointsOf?: (line: Uint8Array) => number;
  /** Bytes that go around the lines when they are sent. */
  readonly frame?: number;
  readonly stamp?: UnixMillis;
  /** Longest line that the backend reads. */
  readonly maxLine?: number;
  /** Most lines in a request, where lines have several points. */
  readonly maxLines?: number;
}

/** A request of whole lines; its halves are views of the same bytes. */
export function createLineRequest(body: Uint8Array, marks: LineMarks, rules: LineRequestRules): LineRequest {
  const lines = marks.ends.length;
  let points = 0;
  for (let line = 0; line < lines; line++) points += marks.points[line] ?? 0;
  return {
    body,
    lines,
    marks,
    stamp: rules.stamp,
    points,
    bytes: body.length + (rules.frame ?? 0),
    idempotent: rules.idempotent,
    split() {
      if (lines < 2) return splitLine(body, rules);
      const middle = lines >> 1;
      const at = marks.ends[middle - 1] ?? 0;
      return [
        createLineRequest(
          body.subarray(0, at),
          { ends: marks.ends.subarray(0, middle), points: marks.points.subarray(0, middle) },
          rules,
        ),
        createLineRequest(
          body.subarray(at),
          { ends: marks.ends.subarray(middle).map((end) => end - at), points: marks.points.subarray(middle) },
          rules,
        ),
      ];
    },
  };
}

function splitLine(line: Uint8Array, rules: LineRequestRules): readonly [LineRequest, LineRequest] | undefined {
  const halves = rules.splitLine?.(line);
  if (halves === undefined) return undefined;
  const request = (half: Uint8Array): LineRequest =>
    createLineRequest(
      half,
      { ends: Int32Array.of(half.length), points: Int32Array.of(rules.pointsOf?.(half) ?? 1) },
      rules,
    );
  return [request(halves[0]), request(halves[1])];
}
