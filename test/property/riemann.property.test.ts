import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import heapster from '../../shared/dialects/heapster.ts';
import { encodeRiemann } from '../../shared/sinks/riemann/encode.ts';
import { expectedValues } from '../real/real-batch.ts';
import { readEvents } from '../sim/riemann-messages.ts';
import { randomBatch } from '../support/random-batch.ts';

/** UTF-8 has no half characters: they are U+FFFD on the wire. */
function sayable(text: string): string {
  return text.toWellFormed();
}

describe('encodeRiemann', () => {
  it('brings every value over with its service, number and labels, in messages that are not too large', () => {
    fc.assert(
      fc.property(randomBatch, fc.integer({ min: 1, max: 9 }), (batch, batchSize) => {
        const settings = {
          dialect: heapster,
          clusterName: undefined,
          host: 'hostname',
          ttl: 60,
          state: '',
          tags: [],
          batchSize,
        } as const;
        let rejected = 0;

        const requests = [...encodeRiemann(batch, settings, ({ points }) => (rejected += points))];
        const messages = requests.map(({ body }) => readEvents(Buffer.from(body)));

        const key = (service: string, labels: Readonly<Record<string, string>>, value: number): string =>
          JSON.stringify([service, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)), value + 0]);
        const sent = messages.flat().map(({ service, attributes, metric }) => key(service, attributes, metric));
        const expected = expectedValues(batch).map(({ metric, labels, value }) => {
          const said = Object.entries({ ...labels, cluster_name: 'prod' }).map(([name, text]) => [name, sayable(text)]);
          return key(metric, Object.fromEntries(said), value);
        });
        expect(rejected).toBe(0);
        expect(Math.max(0, ...messages.map(({ length }) => length))).toBeLessThanOrEqual(batchSize);
        expect(messages.map(({ length }) => length)).toEqual(requests.map(({ points }) => points));
        expect(sent.sort()).toEqual(expected.sort());
      }),
      { numRuns: 200 },
    );
  });
});
