import * as z from 'zod';
import type { ComponentUri, Config } from '../../shared/config/config.ts';
import { parseOptions } from '../../shared/config/options.ts';
import { parseUri } from '../../shared/config/uri.ts';
import { LEVELS } from '../../shared/core/level.ts';
import { toDimensionName } from '../../shared/sinks/cloudwatch/ascii.ts';
import { readDimensionRules } from '../../shared/sinks/cloudwatch/dimension-rules.ts';
import { dimensionName } from '../../shared/sinks/cloudwatch/dimensions.ts';
import { loadSink } from '../../shared/sinks/registry.ts';
import { selects } from '../../shared/sinks/selection.ts';
import type { DashboardTarget } from './cloudwatch.ts';

/** What the dashboard needs of the sink's parsed options. */
const options = z.looseObject({
  namespace: z.string(),
  region: z.string().optional(),
  totals: z.enum(['statistics', 'value']),
  levels: z.array(z.enum(LEVELS)),
  metrics: z.array(z.string()),
});

/** What the dashboard is made for: a `cloudwatch:` sink as configured. Throws `ConfigError` if its options are bad. */
export async function cloudWatchTarget(uri: ComponentUri, groupings: Config['groupings']): Promise<DashboardTarget> {
  const definition = await loadSink('cloudwatch');
  const parsed = options.parse(parseOptions(uri, definition.options, 'sink cloudwatch'));
  const { levels, metrics } = parsed;
  const { rules } = readDimensionRules(uri.options.get('dimensions') ?? []);
  return {
    namespace: parsed.namespace,
    region: parsed.region,
    statisticSets: parsed.totals === 'statistics',
    dimensions: (level) => rules[level].map(({ name }) => name),
    groupings: groupings.map(({ text, keys }) => ({
      text,
      dimensions: rules.group.flatMap(({ name, source }) =>
        source.kind === 'grouping-keys' ? keys.map((key) => toDimensionName(dimensionName(key.name))) : [name],
      ),
    })),
    exports: (metric, level) => levels.includes(level) && selects({ levels, metrics }, metric),
  };
}

/** The target of the dashboard in this repository: `cloudwatch:` without options, no groupings. */
export async function defaultDashboardTarget(): Promise<DashboardTarget> {
  return cloudWatchTarget(parseUri('cloudwatch:', {}), []);
}
