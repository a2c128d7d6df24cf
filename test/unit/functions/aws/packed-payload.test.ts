import { describe, expect, it } from 'vitest';
import { MAX_PAYLOAD_BYTES } from '../../../../functions/aws/lambda-call.ts';
import { packPayload, unpackPayload } from '../../../../functions/aws/packed-payload.ts';
import { mergeTables } from '../../../../shared/fanout/merge-tables.ts';
import type { PartialTable } from '../../../../shared/fanout/partial.ts';
import { SUMMED_METRICS } from '../../../../shared/processors/total-metrics.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

/** Totals of workloads as a shard has them: names, and numbers with all their digits. */
function workloads(count: number, seed: number): PartialTable {
  const random = seededRandom(seed);
  const numbers = (): number[] => Array.from({ length: count }, () => Math.round(random() * 1e15) / 1e6);
  return {
    labelKeys: ['namespace_name', 'workload_kind', 'workload_name'],
    labels: Array.from({ length: count }, (_, n) => [`team-${n % 200}`, 'Deployment', `service-${n}-of-the-shop`]),
    metrics: Object.fromEntries(
      SUMMED_METRICS.map(({ key }) => [
        key,
        { sum: numbers(), count: numbers().map(Math.floor), min: numbers(), max: numbers() },
      ]),
    ),
  };
}

describe('a packed payload', () => {
  it('is the value itself while it is small', () => {
    const request = { version: 1, nodes: ['a'] };

    expect(packPayload(request)).toBe(request);
    expect(unpackPayload(request)).toBe(request);
  });

  it('comes out as it went in when it is large', () => {
    const large = { version: 1, totals: workloads(3_000, 1) };

    const travelled = packPayload(large);

    expect(JSON.stringify(large).length).toBeGreaterThan(2_000_000);
    expect(travelled).toMatchObject({ packed: 'gzip' });
    expect(unpackPayload(JSON.parse(JSON.stringify(travelled)))).toEqual(large);
  });

  it('lets the totals of 5,000 workloads in 50 shards through Lambda, which takes 6 MB', () => {
    const shards = Array.from({ length: 50 }, (_, shard) => workloads(5_000, shard % 3));
    const merged = mergeTables(shards.slice(0, 6));

    const plain = JSON.stringify(merged).length;
    const travelled = JSON.stringify(packPayload(merged)).length;

    expect(merged.labels).toHaveLength(5_000);
    expect(plain).toBeGreaterThan(4_000_000);
    expect(travelled).toBeLessThan(MAX_PAYLOAD_BYTES / 2);
  });

  it.each([
    { packed: 'gzip', body: 'bm90IGd6aXA=' },
    { packed: 'gzip', body: '' },
  ])('is refused if it is damaged: %j', (damaged) => {
    expect(() => unpackPayload(damaged)).toThrow(/cannot be unpacked/);
  });
});
