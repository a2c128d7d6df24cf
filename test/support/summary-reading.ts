import { DAYS_LENGTH } from '../../shared/sources/summary-api/scan/read-text.ts';
import type { Reading } from '../../shared/sources/summary-api/scan/reading.ts';
import { Ways } from '../../shared/sources/summary-api/scan/ways.ts';

/** A text as the scanner reads it, without stages and places. */
export function readingOf(text: string | Buffer, options: { readonly latest?: number } = {}): Reading {
  const body = Buffer.from(text);
  return {
    body,
    bytes: new Uint8Array(body.buffer, body.byteOffset, body.length),
    view: new DataView(body.buffer, body.byteOffset, body.length),
    end: body.length,
    latest: options.latest ?? Number.POSITIVE_INFINITY,
    mostRows: Number.POSITIVE_INFINITY,
    stages: [],
    places: [],
    ways: new Ways(8),
    days: new Float64Array(DAYS_LENGTH),
  };
}
