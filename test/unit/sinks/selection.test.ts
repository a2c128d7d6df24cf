import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../../shared/config/options.ts';
import { parseUri } from '../../../shared/config/uri.ts';
import { countBatchPoints, type MetricBatch } from '../../../shared/core/batch.ts';
import { MetricBatchBuilder } from '../../../shared/core/batch-builder.ts';
import { LEVELS } from '../../../shared/core/level.ts';
import { METRICS, metricId } from '../../../shared/core/metrics.ts';
import * as z from '../../../shared/core/zod.ts';
import { createMetricFilter } from '../../../shared/sinks/metric-filter.ts';
import { selectBatch, selectionOptions } from '../../../shared/sinks/selection.ts';

const OPTIONS = z.object(selectionOptions({ levels: ['node', 'pod'], metrics: ['cpu/*', 'memory/usage'] }));

function parse(query: string): z.output<typeof OPTIONS> {
  return parseOptions(parseUri(`fake:?${query}`, {}), OPTIONS, 'sink fake');
}

function smallBatch(): MetricBatch {
  const builder = new MetricBatchBuilder({ timestamp: 0, resolution: 60_000, cluster: undefined });
  const gpu = builder.dynamicMetric('nvidia.com/gpu/request', 'gauge', ['pod']);
  for (const level of ['node', 'pod'] as const) {
    const table = builder.table(level);
    const row = table.addRow();
    table.set(metricId('cpu/usage_rate'), row, 1);
    table.set(metricId('memory/usage'), row, 2);
    table.set(metricId('filesystem/usage[/]'), row, 3);
    table.set(metricId('filesystem/usage[logs]'), row, 4);
    table.addSparse(row, metricId('network/interface_rx'), builder.ownLabels('interface', 'eth0'), 5);
    table.addSparse(row, gpu, 0, 6);
    table.statistics(metricId('memory/usage')).count[row] = 1;
  }
  return builder.build();
}

describe('the options levels and metrics', () => {
  it('have the defaults of their sink', () => {
    expect(parse('')).toEqual({
      levels: ['node', 'pod'],
      metrics: ['cpu/*', 'memory/usage'],
      namespaces: [],
      labels: [],
      max_series: undefined,
    });
  });

  it('take lists with commas and repeats alike', () => {
    expect(parse('levels=node,pod&levels=cluster&metrics=up&metrics=cpu/limit,cpu/request')).toMatchObject({
      levels: ['node', 'pod', 'cluster'],
      metrics: ['up', 'cpu/limit', 'cpu/request'],
    });
  });

  it('know Heapster’s ns and a star for all levels', () => {
    expect(parse('levels=ns').levels).toEqual(['namespace']);
    expect(parse('levels=*').levels).toEqual(LEVELS);
  });

  it('take exclusions alone from the default', () => {
    expect(parse('metrics=!cpu/limit').metrics).toEqual(['cpu/*', 'memory/usage', '!cpu/limit']);
  });

  it('name every unknown level and metric at once, with what was meant', () => {
    expect(() => parse('levels=nod,pods&metrics=cpu/usage_rat,nothing/*')).toThrow(
      /"nod".*did you mean "node"[\s\S]*"pods".*"pod"[\s\S]*"cpu\/usage_rat".*"cpu\/usage_rate"[\s\S]*"nothing\/\*"/,
    );
  });

  it('refuse an empty list', () => {
    expect(() => parse('levels=&metrics=')).toThrow(/levels needs at least one[\s\S]*metrics needs at least one/);
  });

  it.each(['custom/*', 'custom/qps', 'nvidia.com/gpu/request', '*.com/*/request', 'hugepages-2Mi/request'])(
    'let %s pass, which only the cluster can name',
    (glob) => {
      expect(parse(`metrics=${glob}`).metrics).toEqual([glob]);
    },
  );

  it.each(['memry/request', 'network/*_xx', '!cpu/nothing'])('refuse %s, which fits nothing', (glob) => {
    expect(() => parse(`metrics=${glob}`)).toThrow(/fits no metric of the catalog/);
  });
});

describe('createMetricFilter', () => {
  const names = (globs: readonly string[]): readonly string[] =>
    METRICS.filter(createMetricFilter(globs)).map(({ key }) => key);

  it('takes a dot, a bracket and a plus literally', () => {
    expect(names(['cpu.usage'])).toEqual([]);
    expect(names(['filesystem/usage[/]'])).toEqual(['filesystem/usage[/]']);
  });

  it('lets exclusions win whatever the order', () => {
    expect(names(['!cpu/usage', 'cpu/usage*'])).toEqual(['cpu/usage_rate']);
  });
});

describe('selectBatch', () => {
  it('keeps the wanted levels and metrics, sparse ones included', () => {
    const selected = selectBatch(smallBatch(), { levels: ['pod'], metrics: ['memory/*', '*.com/*/request'] });

    expect(Object.keys(selected.tables)).toEqual(['pod']);
    expect(countBatchPoints(selected)).toBe(2);
    expect([...(selected.tables.pod?.sparse.value ?? [])]).toEqual([6]);
  });

  it('tells values of one name apart by their key', () => {
    const selected = selectBatch(smallBatch(), { levels: ['node'], metrics: ['filesystem/usage[logs]'] });

    expect(selected.tables.node?.columns[metricId('filesystem/usage[logs]')]?.[0]).toBe(4);
    expect(countBatchPoints(selected)).toBe(1);
  });

  it('shares the arrays of the batch', () => {
    const batch = smallBatch();
    const selected = selectBatch(batch, { levels: ['node'], metrics: ['memory/usage'] });
    const id = metricId('memory/usage');

    expect(selected.tables.node?.columns[id]).toBe(batch.tables.node?.columns[id]);
    expect(selected.tables.node?.statistics[id]).toBe(batch.tables.node?.statistics[id]);
    expect(selected.tables.node?.labels).toBe(batch.tables.node?.labels);
    expect(selectBatch(batch, { levels: LEVELS, metrics: ['*'] }).tables.pod).toBe(batch.tables.pod);
  });

  it('drops the statistics of what it does not take', () => {
    const selected = selectBatch(smallBatch(), { levels: ['node'], metrics: ['cpu/*'] });

    expect(selected.tables.node?.statistics[metricId('memory/usage')]).toBeUndefined();
  });
});
