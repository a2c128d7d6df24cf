import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MetricBatch } from '../../shared/core/batch.ts';
import { MetricBatchBuilder } from '../../shared/core/batch-builder.ts';
import { METRICS, metricId } from '../../shared/core/metrics.ts';
import { MINUTE } from '../../shared/core/units.ts';
import { findEnded } from '../../shared/processors/ended-series.ts';
import { toSegment } from '../../shared/state/series.ts';
import { decodeSeries, encodeSeries } from '../../shared/state/series-object.ts';

const STAMP = Date.UTC(2026, 10, 24, 5);
const DENSE = ['cpu/usage', 'cpu/usage_rate', 'memory/usage', 'uptime'].map(metricId);
const SPARSE = ['filesystem/usage', 'filesystem/limit'].map(metricId);
const DISKS = ['/', '/data'];
const LEVELS = ['node', 'pod'] as const;

/** What a row has in a tick: dense metrics, then sparse ones by disk; undefined = the row is not there. */
const bits = fc.option(fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), { nil: undefined, freq: 4 });
const rowOfTwoTicks = fc.record({
  level: fc.constantFrom(...LEVELS),
  node: fc.constantFrom('n1', 'n2', 'n3'),
  pod: fc.constantFrom('a', 'b', ''),
  before: bits,
  now: bits,
});
type Row = (typeof rowOfTwoTicks extends fc.Arbitrary<infer T> ? T : never) & { readonly index: number };

function build(rows: readonly Row[], tick: 'before' | 'now'): MetricBatch {
  const builder = new MetricBatchBuilder({
    timestamp: tick === 'now' ? STAMP + MINUTE : STAMP,
    resolution: MINUTE,
    cluster: 'c',
    // Keys and texts have other numbers in each tick.
    extraLabelKeys: tick === 'now' ? ['b', 'a'] : ['a', 'b'],
  });
  for (const { level, node, pod, index, [tick]: has } of tick === 'now' ? rows.toReversed() : rows) {
    if (has === undefined) continue;
    const table = builder.table(level);
    const at = table.addRow();
    const label = (key: string, text: string): void =>
      table.setLabel(builder.labelColumn(key), at, builder.strings.intern(text));
    label('nodename', node);
    if (pod !== '') label('pod_name', pod);
    label('a', `row-${index}`);
    for (const [bit, metric] of DENSE.entries()) if (has[bit] === true) table.set(metric, at, 1);
    for (const [bit, metric] of [...SPARSE, ...SPARSE].entries()) {
      if (has[4 + bit] !== true) continue;
      table.addSparse(at, metric, builder.ownLabels('resource_id', DISKS[bit >> 1] ?? ''), 1);
    }
  }
  return builder.build();
}

/** Every series of a batch as a text. */
function seriesOf(batch: MetricBatch | undefined): readonly string[] {
  if (batch === undefined) return [];
  const series: string[] = [];
  for (const table of Object.values(batch.tables)) {
    const labels = (row: number): string =>
      batch.labelKeys
        .flatMap((key, index) => {
          const text = batch.strings.get(table.labels[index]?.[row] ?? 0);
          return text === undefined ? [] : [`${key}=${text}`];
        })
        .sort()
        .join();
    const name = (id: number): string => batch.metrics[id]?.name ?? '';
    for (const [id, column] of table.columns.entries()) {
      for (const [row, value] of (column ?? []).entries()) {
        if (!Number.isNaN(value)) series.push(`${table.level} ${labels(row)} ${name(id)}`);
      }
    }
    const { sparse } = table;
    for (let at = 0; at < sparse.length; at++) {
      const own = JSON.stringify(batch.ownLabels[sparse.own[at] ?? 0]);
      series.push(`${table.level} ${labels(sparse.row[at] ?? 0)} ${name(sparse.metric[at] ?? 0)} ${own}`);
    }
  }
  return series.sort();
}

describe('series that have ended', () => {
  it('are those of the last tick that this one does not have, of nodes that have told', () => {
    expect([...DENSE, ...SPARSE].every((id) => METRICS[id] !== undefined)).toBe(true);
    fc.assert(
      fc.property(fc.array(rowOfTwoTicks, { maxLength: 25 }), (drawn) => {
        const rows = drawn.map((row, index) => ({ ...row, index }));
        const [before, now] = [build(rows, 'before'), build(rows, 'now')];
        const saved = decodeSeries(encodeSeries([toSegment(before)]));
        if (saved.status !== 'ok') throw new Error(saved.reason);

        const ended = findEnded(saved.segments, now, (node) => node !== 'n3');

        const goes = new Set(seriesOf(now));
        const wanted = seriesOf(before).filter((series) => !goes.has(series) && !series.includes('nodename=n3'));
        expect(seriesOf(ended)).toEqual(wanted);
      }),
      { numRuns: 300 },
    );
  });
});
