import * as z from 'zod';
import type { ComponentUri, Config } from '../../shared/config/config.ts';
import { type Level, TOTAL_LEVELS } from '../../shared/core/level.ts';
import type { MetricDescriptor } from '../../shared/core/metrics.ts';
import { readDimensionRules } from '../../shared/sinks/azuremonitor/dimension-rules.ts';
import { reasonNotExported } from '../../shared/sinks/azuremonitor/mapping.ts';
import { toText } from '../../shared/sinks/azuremonitor/texts.ts';
import type { SeriesNames } from './series.ts';
import { readSpeech } from './sink-speech.ts';

/** The separator of metric namespace and metric in the name of a series. */
export const NAMESPACE_SEPARATOR = '\0';

/** The resource that the metrics are about, as Grafana writes one. */
export interface AzureResource {
  readonly subscription: string;
  readonly resourceGroup: string;
  /** Its type: `Microsoft.ContainerService/managedClusters`. */
  readonly metricNamespace: string;
  readonly resourceName: string;
  readonly region?: string;
}

/** A grouping's text with the dimension that has it, and the dimensions of its keys. */
export interface AzureGrouping {
  readonly text: string;
  readonly dimension: string;
  readonly dimensions: readonly string[];
}

export interface AzureMonitorNames extends SeriesNames {
  readonly resourceId: string;
  readonly resource: AzureResource;
  /** Names of the dimensions of a level's rows; of groups without the keys of their grouping. */
  readonly dimensions: (level: Level) => readonly string[];
  readonly groupings: readonly AzureGrouping[];
  /** True if the total of the metric is the sum of a statistic set: its average is by pod. */
  readonly statistics: (metric: MetricDescriptor, level: Level) => boolean;
}

const options = z.looseObject({
  resource_id: z.string(),
  region: z.string().optional(),
  namespace: z.string(),
  totals: z.enum(['statistics', 'value']),
});

const TOTALS: ReadonlySet<Level> = new Set(TOTAL_LEVELS);

/**
 * What an `azuremonitor:` sink calls everything; a series' name is its metric namespace and metric. Counters are not there:
 * Azure Monitor reads no rate from them. Throws `ConfigError` if the options are bad.
 */
export async function azureMonitorNames(uri: ComponentUri, groupings: Config['groupings']): Promise<AzureMonitorNames> {
  const { dialect, exports, options: given } = await readSpeech(uri);
  const { resource_id: id, region, namespace, totals } = options.parse(given);
  const { rules } = readDimensionRules(uri.options.get('dimensions') ?? []);
  const nameOf = (key: string, level: Level): string => toText(dialect.label(key, level) ?? key);
  return {
    resourceId: id,
    resource: { ...readResource(id), ...(region === undefined ? {} : { region }) },
    dimensions: (level) => rules[level].filter((key) => key !== '*').map((key) => nameOf(key, level)),
    groupings: groupings.map(({ text, keys }) => ({
      text,
      dimension: nameOf('grouping', 'group'),
      dimensions: rules.group.includes('*') ? keys.map(({ name }) => nameOf(name, 'group')) : [],
    })),
    statistics: (metric, level) => totals === 'statistics' && TOTALS.has(level) && metric.summed,
    series(metric, level) {
      const word = dialect.metric(metric, level);
      // Without groupings there are no rows of groups.
      if (level === 'group' && groupings.length === 0) return undefined;
      if (word === undefined || !exports(metric, level) || reasonNotExported(metric) !== undefined) return undefined;
      return {
        name: [`${namespace}/${level}`, toText(word.name)].join(NAMESPACE_SEPARATOR),
        unit: word.unit,
        scale: word.scale,
        labels: word.labels.map(([key, value]) => [toText(key), toText(value)]),
        rate: false,
      };
    },
    // Each grouping has queries of its own, so there is none to choose.
    label: (key, level) => (key !== 'grouping' && rules[level].includes(key) ? nameOf(key, level) : undefined),
    ownLabel: (key) => toText(dialect.ownLabel(key)),
  };
}

/** `/subscriptions/S/resourceGroups/G/providers/P/type/name/subtype/name` by its parts; the sink has checked its form. */
function readResource(id: string): AzureResource {
  const [, , subscription = '', , resourceGroup = '', , provider = '', ...rest] = id.split('/');
  const part = (odd: number): string => rest.filter((_, at) => at % 2 === odd).join('/');
  return { subscription, resourceGroup, metricNamespace: `${provider}/${part(0)}`, resourceName: part(1) };
}
