import * as z from 'zod';
import type { ComponentUri, Config } from '../../shared/config/config.ts';
import { parseOptions } from '../../shared/config/options.ts';
import { parseUri } from '../../shared/config/uri.ts';
import { LEVELS } from '../../shared/core/level.ts';
import { toDimensionName, toMetricName } from '../../shared/sinks/cloudwatch/ascii.ts';
import { readDimensionRules } from '../../shared/sinks/cloudwatch/dimension-rules.ts';
import { dimensionName } from '../../shared/sinks/cloudwatch/dimensions.ts';
import { NOT_EXPORTED } from '../../shared/sinks/cloudwatch/mapping.ts';
import { loadSink } from '../../shared/sinks/registry.ts';
import { selects } from '../../shared/sinks/selection.ts';
import type { DashboardTarget } from './dashboard-target.ts';

/** What the dashboard needs of the sink's parsed options. */
const options = z.looseObject({
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
  const { levels, metrics } = parsed;
  const { rules } = readDimensionRules(uri.options.get('dimensions') ?? []);
  const named = new Set(metrics);
  return {
    namespace: parsed.namespace,
    region: parsed.region ?? functions.region,
    // The embedded metric format has none.
    statisticSets: parsed.totals === 'statistics' && parsed.mode === 'api',
    callsApi: parsed.mode === 'api',
    dimensions: (level) => rules[level].map(({ name }) => name),
    dimensionOf: (key) => (key === 'cluster_name' ? 'ClusterName' : toDimensionName(dimensionName(key))),
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
      // Counters are sent by their very name alone.
      (!NOT_EXPORTED.has(metric.id) || named.has(metric.name) || named.has(metric.key)),
    nameOf: (metric) => toMetricName(metric.name),
    functions,
  };
}

/** The target of the dashboard in this repository: `cloudwatch:` without options, no groupings. */
export async function defaultDashboardTarget(): Promise<DashboardTarget> {
  return cloudWatchTarget(parseUri('cloudwatch:', {}), []);
}
