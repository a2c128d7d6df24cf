import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MetricBatch } from '../../shared/core/batch.ts';
import { metricId } from '../../shared/core/metrics.ts';
import heapster from '../../shared/dialects/heapster.ts';
import { createBufferPool } from '../../shared/sinks/buffer-pool.ts';
import { encodeInflux } from '../../shared/sinks/influxdb/encode.ts';
import { countFields } from '../../shared/sinks/influxdb/split-fields.ts';
import type { LineRequest } from '../../shared/sinks/text/line-request.ts';
import { createBuilder, setLabels } from '../contract/sinks/contract-batch.ts';
import { readInfluxLine } from '../sim/influx-lines.ts';

const SETTINGS = { dialect: heapster, clusterName: 'c', fieldTypes: 'catalog' } as const;

function nodes(names: readonly string[], values: readonly number[]): MetricBatch {
  const builder = createBuilder();
  for (const [index, name] of names.entries()) {
    const row = builder.table('node').addRow();
    setLabels(builder, 'node', row, { nodename: name });
    builder.table('node').set(metricId('cpu/usage_rate'), row, values[index % values.length] ?? 0);
    builder.table('node').set(metricId('cpu/request'), row, index);
  }
  return builder.build();
}

function encode(batch: MetricBatch, withFields: boolean): readonly LineRequest[] {
  return [...encodeInflux(batch, { ...SETTINGS, withFields }, () => {})];
}

function linesOf(requests: readonly LineRequest[]): readonly string[] {
  return requests.flatMap(({ body }) => Buffer.from(body).toString('utf8').split('\n').slice(0, -1));
}

/** The text as a tag can hold it: without line breaks, and without backslashes at its end. */
function sayable(text: string): string {
  return text.replace(/\\+$/, '').replaceAll(/[\n\r]/g, ' ');
}

describe('influx lines', () => {
  it('bring any tag value and any finite number over', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', ',', '=', ' ', '\\', '"', '\n', 'ä', '😀') }), {
          minLength: 1,
        }),
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }),
        fc.boolean(),
        (names, values, withFields) => {
          const read = linesOf(encode(nodes(names, values), withFields)).flatMap(readInfluxLine);

          const rates = read.filter(({ field, measurement }) => `${measurement}/${field}`.includes('usage_rate'));
          expect(rates.map(({ tags }) => tags['nodename'] ?? '')).toEqual(names.map(sayable));
          expect(rates.map(({ value }) => value + 0)).toEqual(
            names.map((_, at) => (values[at % values.length] ?? 0) + 0),
          );
        },
      ),
    );
  });

  it('are the same in buffers that were used before', () => {
    const pool = createBufferPool(2);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12_000 }),
        fc.array(fc.string({ unit: fc.constantFrom('a', ',', '😀') }), { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        (rows, names, withFields) => {
          const batch = nodes(
            Array.from({ length: rows }, (_, row) => `${names[row % names.length]}-${row}`),
            [0.5, 3, 1e-7],
          );
          const pooled = encodeInflux(batch, { ...SETTINGS, withFields }, () => {}, pool);
          const fresh = encode(batch, withFields)[Symbol.iterator]();

          for (const request of pooled) {
            const { value: expected } = fresh.next();
            expect(Buffer.compare(request.body, expected?.body ?? Buffer.alloc(0))).toBe(0);
            request.release?.();
          }
          expect(fresh.next().done).toBe(true);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('are divided without losing a point, down to single fields', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', ' ', ',', '=') }), { minLength: 1, maxLength: 9 }),
        (names) => {
          const [whole] = encode(nodes(names, [0.5]), true);
          const pending = whole === undefined ? [] : [whole];
          const leaves: LineRequest[] = [];
          for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
            const halves = next.split();
            if (halves === undefined) leaves.push(next);
            else {
              expect(halves[0].points + halves[1].points).toBe(next.points);
              pending.push(halves[1], halves[0]);
            }
          }

          expect(
            leaves.every(({ points, lines, body }) => points === 1 && lines === 1 && countFields(body) === 1),
          ).toBe(true);
          expect(linesOf(leaves)).toEqual(linesOf(encode(nodes(names, [0.5]), true)).flatMap(singly));
        },
      ),
    );
  });
});

/** A line of two fields as two lines. */
function singly(line: string): readonly string[] {
  const [first = '', second = ''] = (/ (usage_rate=\S+),(request=\S+) /.exec(line) ?? []).slice(1);
  return [line.replace(`,${second} `, ' '), line.replace(`${first},`, '')];
}
