import * as z from 'zod';
import type { ComponentUri, Config } from '../../shared/config/config.ts';
import { parseOptions } from '../../shared/config/options.ts';
import { parseUri } from '../../shared/config/uri.ts';
import { LEVELS, type Level } from '../../shared/core/level.ts';
import type { MetricDescriptor } from '../../shared/core/metrics.ts';
import type { DialectMetric } from '../../shared/dialects/dialect.ts';
import { loadDialect } from '../../shared/dialects/registry.ts';
import { toDimensionName, toMetricName } from '../../shared/sinks/cloudwatch/ascii.ts';
import { readDimensionRules } from '../../shared/sinks/cloudwatch/dimension-rules.ts';
import { dimensionName } from '../../shared/sinks/cloudwatch/dimensions.ts';
import { NOT_EXPORTED, unitOf } from '../../shared/sinks/cloudwatch/mapping.ts';
import { INSIGHTS_NAMESPACE } from '../../shared/sinks/cloudwatch/options.ts';
import { loadSink } from '../../shared/sinks/registry.ts';
import { selects } from '../../shared/sinks/selection.ts';
import type { DashboardTarget } from './dashboard-target.ts';

/** What the dashboard needs of the sink's parsed options. */
const options = z.looseObject({
  names: z.enum(['heapster', 'containerinsights']),
  namespace: z.string(),
  region: z.string().optional(),
  mode: z.enum(['api', 'emf']),
  totals: z.enum(['statistics', 'value']),
  levels: z.array(z.enum(LEVELS)),
  metrics: z.array(z.string()),
});

/** Put in by CloudFormation: the stack's own region and functions. */
const STACK_REGION = `\${AWS::Region}`;
export const STACK_FUNCTIONS: DashboardTarget['functions'] = {
  region: STACK_REGION,
  names: ['Tick', 'Scrape', 'Reduce'].map((label) => ({ label, name: `\${${label}LambdaFunction}` })),
};

/** What the dashboard is made for: a `cloudwatch:` sink as configured. Throws `ConfigError` if its options are bad. */
export async function cloudWatchTarget(
  uri: ComponentUri,
  groupings: Config['groupings'],
  functions: DashboardTarget['functions'] = STACK_FUNCTIONS,
): Promise<DashboardTarget> {
  const definition = await loadSink('cloudwatch');
  const parsed = options.parse(parseOptions(uri, definition.options, 'sink cloudwatch'));
  const { levels, metrics, names } = parsed;
  const dialect = await loadDialect(names);
  const { rules } = readDimensionRules(uri.options.get('dimensions') ?? [], names);
  const insights = names === 'containerinsights';
  const named = new Set(metrics);
  const word = (metric: MetricDescriptor, level: Level): DialectMetric | undefined => dialect.metric(metric, level);
  return {
    namespace: insights && !uri.options.has('namespace') ? INSIGHTS_NAMESPACE : parsed.namespace,
    region: parsed.region ?? functions.region,
    // The embedded metric format has none.
    statisticSets: parsed.totals === 'statistics' && parsed.mode === 'api',
    callsApi: parsed.mode === 'api',
    dimensions: (level) => rules[level].map(({ name }) => name),
    dimensionOf: (key) => {
      if (key === 'cluster_name') return 'ClusterName';
      // Container Insights has other words for some: PodName is the workload's there.
      const name = insights ? dialect.label(key, 'pod_container') : undefined;
      return name ?? toDimensionName(dimensionName(key));
    },
    groupings: groupings.map(({ text, keys }) => ({
      text,
      dimensions: rules.group.flatMap(({ name, source }) =>
        source.kind === 'grouping-keys' ? keys.map((key) => toDimensionName(dimensionName(key.name))) : [name],
      ),
    })),
    exports: (metric, level) =>
      levels.includes(level) &&
      metric.levels.includes(level) &&
      selects({ levels, metrics }, metric) &&
      word(metric, level) !== undefined &&
      // Counters are sent by their very name alone.
      (!NOT_EXPORTED.has(metric.id) || named.has(metric.name) || named.has(metric.key)),
    nameOf: (metric, level) => toMetricName(word(metric, level)?.name ?? metric.name),
    labelsOf: (metric, level) => word(metric, level)?.labels ?? [],
    unitOf: (metric, level) => word(metric, level) ?? metric,
    scaleOf: (metric, level) => {
      const said = word(metric, level);
      return said === undefined ? 1 : said.scale * unitOf(said).scale;
    },
    functions,
  };
}

/** The target of the dashboard in this repository: `cloudwatch:` without options, no groupings. */
export async function defaultDashboardTarget(): Promise<DashboardTarget> {
  return cloudWatchTarget(parseUri('cloudwatch:', {}), []);
}
