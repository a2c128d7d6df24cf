import { describe, expect, it, vi } from 'vitest';
import { parseUri } from '../../shared/config/uri.ts';
import type { MetricBatch } from '../../shared/core/batch.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { openSink } from '../../shared/sinks/registry.ts';
import type { LineRequest } from '../../shared/sinks/text/line-request.ts';
import { readGraphiteLine } from '../sim/graphite-lines.ts';
import { startCarbon } from './carbon.ts';
import { deliverTo, expectedValues, realBatch } from './real-batch.ts';

const LONG = 40_000;

/** Names and values of the lines of a batch, by the sink's own encoder. */
async function namesOf(uri: string, batch: MetricBatch): Promise<ReadonlyMap<string, number>> {
  const sink = await openSink(parseUri(uri, {}), { clock: systemClock, notice: () => {}, write: () => {} });
  const lines = [...sink.encode(batch, () => {})].flatMap((request) =>
    Buffer.from((request as LineRequest).body)
      .toString('utf8')
      .split('\n')
      .slice(0, -1),
  );
  return new Map(
    lines.map(readGraphiteLine).map(({ name, tags, value }) => {
      const sorted = Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1));
      return [[name, ...sorted.map(([key, text]) => `${key}=${text}`)].join(';'), value];
    }),
  );
}

/** The numbers of a batch, in order. */
function numbersOf(batch: MetricBatch): readonly number[] {
  return expectedValues(batch)
    .map(({ value }) => value)
    .sort((a, b) => a - b);
}

describe('graphite against carbon and whisper', () => {
  for (const transport of ['tcp', 'udp'] as const) {
    it(
      `has every value read back from its own archive (${transport})`,
      async (context) => {
        await using carbon = await startCarbon(context);
        const batch = realBatch({ oddNames: false });
        const uri = `graphite:${transport}://127.0.0.1:${carbon.port}?prefix=k8s`;
        const expected = await namesOf(uri, batch);

        const report = await deliverTo(uri, batch);
        const read = (): ReadonlyMap<string, number> => carbon.values(batch.timestamp / 1_000);
        await vi.waitFor(() => expect(read().size).toBe(expected.size), { timeout: LONG / 2, interval: 250 });

        expect(report).toMatchObject({ delivered: report.encoded, problems: [] });
        expect(new Map([...read()].sort())).toEqual(new Map([...expected].sort()));
        expect([...read().values()].sort((a, b) => a - b)).toEqual(numbersOf(batch));
        expect(read().get('k8s.nodes.n1_local.filesystem.usage.root')).toBeDefined();
      },
      LONG,
    );
  }

  it(
    'has every tagged value read back, with its labels',
    async (context) => {
      await using carbon = await startCarbon(context);
      const batch = realBatch({ oddNames: false });
      const uri = `graphite:tcp://127.0.0.1:${carbon.port}?form=tagged&levels=cluster,namespace,node`;
      const expected = await namesOf(uri, { ...batch, tables: pick(batch, ['cluster', 'namespace', 'node']) });

      await deliverTo(uri, batch);
      const read = (): ReadonlyMap<string, number> => carbon.values(batch.timestamp / 1_000);
      await vi.waitFor(() => expect(read().size).toBe(expected.size), { timeout: LONG / 2, interval: 250 });

      expect(new Map([...read()].sort())).toEqual(new Map([...expected].sort()));
      expect([...read().keys()]).toContain('kubernetes.up;cluster_name=prod;namespace_name=shop;nodename=n1;type=node');
    },
    LONG,
  );

  it(
    'leaves one value when a batch is sent twice',
    async (context) => {
      await using carbon = await startCarbon(context);
      const batch = realBatch({ oddNames: false });
      const uri = `graphite:tcp://127.0.0.1:${carbon.port}?levels=cluster`;

      await deliverTo(uri, batch);
      await deliverTo(uri, batch);
      const expected = await namesOf(uri, { ...batch, tables: pick(batch, ['cluster']) });
      await vi.waitFor(() => expect(carbon.values(batch.timestamp / 1_000).size).toBe(expected.size), {
        timeout: LONG / 2,
        interval: 250,
      });

      expect(new Map([...carbon.values(batch.timestamp / 1_000)].sort())).toEqual(new Map([...expected].sort()));
    },
    LONG,
  );
});

function pick(batch: MetricBatch, levels: readonly string[]): MetricBatch['tables'] {
  return Object.fromEntries(Object.entries(batch.tables).filter(([level]) => levels.includes(level)));
}
