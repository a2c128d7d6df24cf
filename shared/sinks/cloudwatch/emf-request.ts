import type { UnixMillis } from '../../core/units.ts';
import type { EncodedRequest } from '../sink.ts';

/** A line of the embedded metric format, its line break included. */
export interface EmfLine {
  readonly text: string;
  /** Values of the batch in it. */
  readonly points: number;
}

/** Lines that are written together. */
export interface EmfRequest extends EncodedRequest {
  readonly lines: readonly EmfLine[];
  /** Of all its values. */
  readonly timestamp: UnixMillis;
}

export interface EmfLimits {
  readonly maxPoints: number;
  readonly maxBytes: number;
}

/** Lines in requests within the limits. Text is ASCII, so characters are bytes. */
export function* packLines(lines: Iterable<EmfLine>, timestamp: UnixMillis, limits: EmfLimits): Generator<EmfRequest> {
  let some: EmfLine[] = [];
  let points = 0;
  let bytes = 0;
  // CloudWatch adds up what it gets twice.
  const take = (): EmfRequest => ({ lines: some, points, bytes, timestamp, idempotent: false, split: () => undefined });
  for (const line of lines) {
    const isFull = points + line.points > limits.maxPoints || bytes + line.text.length > limits.maxBytes;
    if (isFull && some.length > 0) {
      yield take();
      some = [];
      points = 0;
      bytes = 0;
    }
    some.push(line);
    points += line.points;
    bytes += line.text.length;
  }
  if (some.length > 0) yield take();
}
