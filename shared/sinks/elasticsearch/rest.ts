import { createLineRequest, type LineRequest } from '../text/line-request.ts';

/** What is left of a request after an answer that took a part of it. */
export interface Rest {
  /** The documents to send again. */
  readonly request: LineRequest;
  /** Points that were refused for good, in all answers so far. */
  readonly refused: number;
  readonly cause: unknown;
}

/** Points of the lines at these places. */
export function pointsAt({ marks }: LineRequest, places: readonly number[]): number {
  return places.reduce((sum, place) => sum + (marks.points[place] ?? 0), 0);
}

/** The lines at these places as a request of their own. */
export function linesAt({ body, marks }: LineRequest, places: readonly number[]): LineRequest {
  const pieces = places.map((place) => body.subarray(place === 0 ? 0 : marks.ends[place - 1], marks.ends[place]));
  let end = 0;
  const ends = Int32Array.from(pieces, (piece) => (end += piece.length));
  const points = Int32Array.from(places, (place) => marks.points[place] ?? 0);
  return createLineRequest(Buffer.concat(pieces), { ends, points }, { idempotent: true });
}
