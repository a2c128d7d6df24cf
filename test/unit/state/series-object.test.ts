import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toSegment } from '../../../shared/state/series.ts';
import { decodeSeries, encodeSeries } from '../../../shared/state/series-object.ts';
import { wholeCatalogBatch } from '../../contract/sinks/contract-batch.ts';
import { randomBatch } from '../../support/random-batch.ts';

const WHOLE = encodeSeries([toSegment(wholeCatalogBatch())]);

describe('a series object', () => {
  it('reads back as it was written', () => {
    fc.assert(
      fc.property(fc.array(randomBatch, { maxLength: 3 }), (batches) => {
        const segments = batches.map(toSegment);

        expect(decodeSeries(encodeSeries(segments))).toEqual({ status: 'ok', segments });
      }),
      { numRuns: 50 },
    );
  });

  it('has no strings but those of its labels', () => {
    const [segment] = [toSegment(wholeCatalogBatch())];

    expect(segment.strings).toContain('web-0');
    expect(segment.strings.length).toBeLessThan(15);
  });

  it.each([
    ['nothing', Buffer.alloc(0), /is not a series object/],
    ['something else', Buffer.from('HPLSCTRS'.padEnd(40)), /is not a series object/],
    ['another format', Buffer.concat([WHOLE.subarray(0, 8), Buffer.of(9), WHOLE.subarray(9)]), /its format is 9/],
    ['a part', WHOLE.subarray(0, WHOLE.length - 1), /checksum/],
    ['a changed byte', Buffer.concat([WHOLE.subarray(0, -1), Buffer.of(77)]), /checksum/],
  ])('is unreadable if it is %s', (_, bytes, reason) => {
    expect(decodeSeries(bytes)).toEqual({ status: 'unreadable', reason: expect.stringMatching(reason) });
  });
});
