import * as z from 'zod';
import type { ComponentUri } from '../../shared/config/config.ts';
import { parseOptions } from '../../shared/config/options.ts';
import { LEVELS, type Level } from '../../shared/core/level.ts';
import type { MetricDescriptor } from '../../shared/core/metrics.ts';
import { DIALECTS, type Dialect } from '../../shared/dialects/dialect.ts';
import { loadDialect } from '../../shared/dialects/registry.ts';
import { loadSink } from '../../shared/sinks/registry.ts';
import { selects } from '../../shared/sinks/selection.ts';

const spoken = z.looseObject({
  names: z.enum(DIALECTS).default('heapster'),
  levels: z.array(z.enum(LEVELS)),
  metrics: z.array(z.string()),
});

/** What the options of a sink say of its words and of what it exports. */
export interface SinkSpeech {
  readonly dialect: Dialect;
  /** All options, checked by the sink. */
  readonly options: Readonly<Record<string, unknown>>;
  /** True if the sink sends the metric on rows of the level, as far as its options and its dialect say. */
  readonly exports: (metric: MetricDescriptor, level: Level) => boolean;
}

/** Reads a sink's URI as the sink does. Throws `ConfigError` if its options are bad. */
export async function readSpeech(uri: ComponentUri): Promise<SinkSpeech> {
  const definition = await loadSink(uri.key);
  const options = parseOptions(uri, definition.options, `sink ${uri.key}`);
  const { names, levels, metrics } = spoken.parse(options);
  const dialect = await loadDialect(names);
  return {
    dialect,
    options: options as Readonly<Record<string, unknown>>,
    exports: (metric, level) =>
      metric.levels.includes(level) &&
      levels.includes(level) &&
      selects({ levels, metrics }, metric) &&
      dialect.metric(metric, level) !== undefined,
  };
}

/** Labels of a metric's series in a dialect: the level's, and those that the metric always has. */
export function fixedLabels(
  dialect: Dialect,
  metric: MetricDescriptor,
  level: Level,
  type: string,
): readonly (readonly [name: string, value: string])[] {
  const typeLabel = dialect.label('type', level);
  const labels = new Map<string, string>(dialect.fixed(level));
  if (typeLabel !== undefined) labels.set(typeLabel, type);
  for (const [name, value] of dialect.metric(metric, level)?.labels ?? []) labels.set(name, value);
  return [...labels].filter(([, value]) => value !== '');
}
