import { describe, expect, it } from 'vitest';
import { cloudWatchDashboard } from '../../../../infra/dashboards/cloudwatch.ts';
import { cloudWatchTarget } from '../../../../infra/dashboards/cloudwatch-target.ts';
import type { DashboardBody } from '../../../../infra/dashboards/dashboard-body.ts';
import { parseConfig } from '../../../../shared/config/parse-config.ts';
import { deliverTo } from '../../../real/real-batch.ts';
import { startCloudWatchServer } from '../../../sim/cloudwatch-server.ts';
import { observedBatch } from '../../../support/observed-batch.ts';

/** What a query asks for: metric, exact set of dimensions, wanted values. */
interface Wanted {
  readonly metric: string;
  readonly dimensions: readonly string[];
  readonly values: Readonly<Record<string, readonly string[]>>;
}

/** Reads searches, queries of Metrics Insights and single metrics, each by its own syntax. */
function wantedOf(body: DashboardBody): readonly Wanted[] {
  const metrics = body.widgets.flatMap((widget) => (widget.type === 'metric' ? widget.properties.metrics : []));
  return metrics.flatMap((metric): readonly Wanted[] => {
    const [first] = metric;
    if (typeof first === 'object' && 'expression' in first) return [readExpression(first.expression)];
    const texts = metric.flatMap((part) => (typeof part === 'string' ? [part] : []));
    const dimensions = texts.slice(2).filter((_, at) => at % 2 === 0);
    return [{ metric: texts[1] ?? '', dimensions, values: {} }];
  });
}

function readExpression(text: string): Wanted {
  if (text.startsWith('SELECT')) {
    const schema =
      /SCHEMA\(([^)]*)\)/
        .exec(text)?.[1]
        ?.split(', ')
        .map((one) => one.replaceAll('"', '')) ?? [];
    const conditions = [
      ...(/(?:WHERE )(.*?)(?: GROUP| ORDER)/.exec(text)?.[1]?.matchAll(/"?([\w.]+)"? = '([^']*)'/g) ?? []),
    ];
    return {
      metric: /SELECT (?:SUM|AVG)\("([^"]+)"\)/.exec(text)?.[1] ?? '',
      dimensions: schema.slice(1),
      values: Object.fromEntries(conditions.map((match) => [match[1] ?? '', [match[2] ?? '']])),
    };
  }
  const [, schema = '', filters = ''] = /\{([^}]*)\} (.*?)', '/.exec(text) ?? [];
  const terms = [...filters.matchAll(/"?([\w./-]+)"?=(?:"([^"]*)"|\(([^)]*)\))/g)].map(
    ([, key = '', value, list]) =>
      [
        key,
        value === undefined ? [...(list ?? '').matchAll(/"([^"]*)"/g)].map((one) => one[1] ?? '') : [value],
      ] as const,
  );
  const { MetricName, ...values } = Object.fromEntries(terms);
  return {
    metric: MetricName?.[0] ?? '',
    dimensions: schema
      .split(',')
      .slice(1)
      .map((one) => one.replaceAll('"', '')),
    values,
  };
}

describe('every query of the CloudWatch dashboard', () => {
  it.each([
    ['the default', ''],
    ['everything', '&levels=*&metrics=*'],
    ['counters by name', '&levels=*&metrics=network/interface_rx,cpu/usage'],
    ['plain totals', '&levels=*&metrics=*&totals=value'],
    ['Container Insights’ names', '&levels=*&metrics=*&names=containerinsights'],
    ['Container Insights’ names by default', '&names=containerinsights'],
  ])('finds metrics that the sink has put, for %s', async (_, options) => {
    await using server = await startCloudWatchServer();
    const uri = `cloudwatch:?endpoint=${encodeURIComponent(server.url)}&region=eu-west-1${options}`;
    const { config } = parseConfig({ env: { HEAPLESS_SINK: uri, HEAPLESS_GROUP_BY: 'namespace' } });
    process.env['AWS_ACCESS_KEY_ID'] ??= 'test';
    process.env['AWS_SECRET_ACCESS_KEY'] ??= 'test';
    await deliverTo(uri, observedBatch());
    const put = server.accepted.map(({ name, dimensions }) => ({ name, dimensions }));

    const target = await cloudWatchTarget(config.sinks[0]!, config.groupings);
    const wanted = wantedOf(cloudWatchDashboard(target)).filter(
      ({ dimensions }) => !dimensions.includes('FunctionName'),
    );
    const lost = wanted.filter(
      ({ metric, dimensions, values }) =>
        !put.some(
          (datum) =>
            datum.name === metric &&
            Object.keys(datum.dimensions).sort().join() === [...dimensions].sort().join() &&
            Object.entries(values).every(
              ([key, allowed]) => key === 'ClusterName' || allowed.includes(String(datum.dimensions[key])),
            ),
        ),
    );

    expect(lost).toEqual([]);
    const shown = new Set(wanted.map(({ metric }) => metric));
    expect([...new Set(put.map(({ name }) => name))].filter((name) => !shown.has(name))).toEqual([]);
  });
});
