import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../../shared/config/options.ts';
import { parseUri } from '../../../shared/config/uri.ts';
import { countBatchPoints, labelOf, type MetricBatch } from '../../../shared/core/batch.ts';
import { MetricBatchBuilder } from '../../../shared/core/batch-builder.ts';
import { labelIndex } from '../../../shared/core/labels.ts';
import { LEVELS, type Level } from '../../../shared/core/level.ts';
import { metricId } from '../../../shared/core/metrics.ts';
import * as z from '../../../shared/core/zod.ts';
import { unknownLabels } from '../../../shared/sinks/row-filter.ts';
import { selectBatch, selectionOptions, toSelection } from '../../../shared/sinks/selection.ts';
import { randomBatch } from '../../support/random-batch.ts';

const OPTIONS = z.object(selectionOptions({ levels: LEVELS, metrics: ['*'] }));

function select(batch: MetricBatch, query: string): MetricBatch {
  return selectBatch(batch, toSelection(parseOptions(parseUri(`fake:?${query}`, {}), OPTIONS, 'sink fake')));
}

/** Pods `<namespace>/<name>` with `app`, a node, a namespace row each. */
function shop(): MetricBatch {
  const builder = new MetricBatchBuilder({ timestamp: 0, resolution: 60_000, cluster: 'c', extraLabelKeys: ['app'] });
  const add = (level: Level, labels: Readonly<Record<string, string>>): void => {
    const table = builder.table(level);
    const row = table.addRow();
    for (const [key, text] of Object.entries(labels)) {
      table.setLabel(builder.labelColumn(key), row, builder.strings.intern(text));
    }
    table.set(metricId('memory/usage'), row, row + 1);
    table.addSparse(row, metricId('network/interface_rx'), builder.ownLabels('interface', 'eth0'), row + 10);
  };
  add('cluster', {});
  add('node', { nodename: 'n1' });
  for (const namespace of ['shop', 'kube-system', 'mail']) add('namespace', { namespace_name: namespace });
  add('pod', { namespace_name: 'shop', pod_name: 'web-0', app: 'web' });
  add('pod', { namespace_name: 'kube-system', pod_name: 'dns', app: 'dns' });
  add('pod', { namespace_name: 'mail', pod_name: 'queue' });
  return builder.build();
}

/** Names of the rows that are left, and the sum of their values. */
function left({ tables, ...batch }: MetricBatch): Readonly<Record<string, readonly string[]>> {
  const names = Object.entries(tables).map(([level, table]) => {
    const key = labelIndex(level === 'pod' ? 'pod_name' : level === 'node' ? 'nodename' : 'namespace_name');
    return [
      level,
      Array.from({ length: table.rows }, (_, row) => labelOf({ tables, ...batch }, table, key, row) ?? ''),
    ];
  });
  return Object.fromEntries(names);
}

const CLUSTER = { cluster: [''], node: ['n1'] };

describe('namespaces=', () => {
  it.each([
    ['namespaces=shop,mail', ['shop', 'mail'], ['web-0', 'queue']],
    ['namespaces=!kube-*', ['shop', 'mail'], ['web-0', 'queue']],
    ['namespaces=*&namespaces=!mail', ['shop', 'kube-system'], ['web-0', 'dns']],
    ['namespaces=nobody', [], []],
    ['namespaces=', ['shop', 'kube-system', 'mail'], ['web-0', 'dns', 'queue']],
  ])('%s leaves rows of other namespaces out, and no others', (query, namespaces, pods) => {
    expect(left(select(shop(), query))).toEqual({ ...CLUSTER, namespace: namespaces, pod: pods });
  });

  it('keeps each value with its row', () => {
    const table = select(shop(), 'namespaces=mail').tables.pod;

    expect([table?.columns[metricId('memory/usage')]?.[0], table?.sparse.value[0], table?.sparse.row[0]]).toEqual([
      3, 12, 0,
    ]);
  });
});

describe('labels=', () => {
  it.each([
    ['labels=app=web', ['web-0']],
    ['labels=app=w*,app=dns', ['web-0', 'dns']],
    ['labels=!app=dns', ['web-0', 'queue']],
    ['labels=app=*,!app=dns', ['web-0']],
    ['labels=app=web,pod_name=dns', []],
  ])('%s chooses pods, and leaves what has no such label', (query, pods) => {
    expect(left(select(shop(), query))).toMatchObject({ ...CLUSTER, pod: pods });
  });

  it('refuses what is no rule', () => {
    expect(() => select(shop(), 'labels=app')).toThrow(/labels has "app", which is not KEY=GLOB or !KEY=GLOB/);
  });

  it('knows which keys no row has', () => {
    const selection = { levels: LEVELS, metrics: ['*'], labels: ['app=x', '!tier=y', 'pod_name=z'] };

    expect(unknownLabels(selection, ['app'])).toEqual(['tier']);
  });
});

describe('rows that are taken', () => {
  it('and those that are left make up all points of any batch', () => {
    fc.assert(
      fc.property(randomBatch, fc.constantFrom('a*', '?', 'x'), (batch, glob) => {
        const chosen = encodeURIComponent(glob);
        const spaces = batch.tables;
        const within = countBatchPoints(select(batch, `namespaces=${chosen}`));
        const without = countBatchPoints(select(batch, `namespaces=!${chosen}`));
        const homeless = Object.values(spaces).reduce((sum, table) => {
          const rows = Array.from({ length: table.rows }, (_, row) => row);
          const none = rows.filter((row) => (labelOf(batch, table, labelIndex('namespace_name'), row) ?? '') === '');
          const dense = table.columns.reduce(
            (all, column) => all + none.filter((row) => column !== undefined && !Number.isNaN(column[row])).length,
            0,
          );
          return (
            sum +
            dense +
            [...table.sparse.row.subarray(0, table.sparse.length)].filter((row) => none.includes(row)).length
          );
        }, 0);

        expect(within + without - homeless).toBe(countBatchPoints(batch));
      }),
      { numRuns: 100 },
    );
  });
});
