import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  COUNTER_COLUMNS,
  counterRows,
  decodeCounters,
  encodeCounters,
  type NodeCounters,
} from '../../shared/state/counters.ts';

const text = fc.string({ unit: 'binary', maxLength: 12 });

const counters: fc.Arbitrary<NodeCounters> = fc
  .record({
    node: text,
    stamp: fc.nat(),
    sysContainers: fc.array(text, { maxLength: 3 }),
    pods: fc.array(text, { maxLength: 3 }),
    containers: fc.array(text, { maxLength: 4 }),
  })
  .chain((keys) => {
    const column = fc.array(fc.double(), { minLength: counterRows(keys), maxLength: counterRows(keys) });
    return fc
      .record({
        containerPods: fc.array(fc.integer({ min: -1, max: keys.pods.length - 1 }), {
          minLength: keys.containers.length,
          maxLength: keys.containers.length,
        }),
        columns: fc.tuple(
          ...COUNTER_COLUMNS.map(() =>
            fc.option(
              column.map((values) => Float64Array.from(values)),
              { nil: undefined },
            ),
          ),
        ),
      })
      .map((rest) => ({ ...keys, ...rest }));
  });

const someNodes = fc.array(counters, { maxLength: 3 });

describe('the counters object, whatever is in it', () => {
  it('is read exactly as it was written', () => {
    fc.assert(
      fc.property(someNodes, (nodes) => {
        expect(decodeCounters(Buffer.from(encodeCounters(nodes)))).toEqual({ status: 'ok', nodes });
      }),
      { numRuns: 200 },
    );
  });

  it('is unreadable with any one byte changed', () => {
    fc.assert(
      fc.property(someNodes, fc.nat(), fc.integer({ min: 1, max: 255 }), (nodes, where, mask) => {
        const body = Buffer.from(encodeCounters(nodes));
        const at = where % body.length;
        body[at] = body[at]! ^ mask;

        expect(decodeCounters(body).status).toBe('unreadable');
      }),
      { numRuns: 500 },
    );
  });

  it('is unreadable when cut off, and when something follows it', () => {
    fc.assert(
      fc.property(someNodes, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 20 }), (nodes, where, tail) => {
        const body = Buffer.from(encodeCounters(nodes));

        expect(decodeCounters(body.subarray(0, where % body.length)).status).toBe('unreadable');
        expect(decodeCounters(Buffer.concat([body, tail])).status).toBe('unreadable');
      }),
    );
  });

  it('is never thrown at by arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const tagged = Buffer.concat([Buffer.from('HPLSCTRS'), Buffer.from([1, 0, 0, 0]), bytes]);

        expect(decodeCounters(Buffer.from(bytes)).status).toBe('unreadable');
        expect(decodeCounters(tagged).status).toBe('unreadable');
      }),
    );
  });
});
