import type { SinkSelection } from '../config/config.ts';
import { hint } from '../config/did-you-mean.ts';
import type { Option } from '../config/option.ts';
import { listOption, wholeNumberOption } from '../config/option-types.ts';
import type { MetricBatch, MetricTable } from '../core/batch.ts';
import { isLevel, LEVELS, type Level } from '../core/level.ts';
import { METRICS, type MetricDescriptor } from '../core/metrics.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { createMetricFilter, isDynamicGlob } from './metric-filter.ts';
import { readColumns } from './read-columns.ts';
import { readLabelRule, takeRows, wantedRows } from './row-filter.ts';
import { selectSparse } from './select-sparse.ts';
import type { SelectionDefaults } from './sink.ts';

/** The fields by which every sink chooses what it exports, with the sink's own defaults. */
export function selectionOptions(defaults: SelectionDefaults): {
  readonly levels: Option<readonly Level[]>;
  readonly metrics: Option<readonly string[]>;
  readonly namespaces: Option<readonly string[]>;
  readonly labels: Option<readonly string[]>;
  readonly max_series: Option<number | undefined>;
} {
  const levels = listOption({ default: defaults.levels })
    .transform((names, complain) => {
      const { value, problems } = readLevels(names);
      problems.forEach(complain);
      return value;
    })
    .describe(`Levels to export, separated by commas: ${LEVELS.join(', ')}, or \`*\` for all`);
  const metrics = listOption({ default: defaults.metrics })
    .transform((globs, complain) => {
      const { value, problems } = readGlobs(globs, defaults.metrics);
      problems.forEach(complain);
      return value;
    })
    .describe(
      'Metrics to export, separated by commas: names or globs such as `cpu/*`; `!network/*` takes away. ' +
        'With exclusions alone, they are taken from the default',
    );
  return { levels, metrics, ...rowOptions() };
}

/** The fields by which every sink chooses rows. */
function rowOptions(): Pick<ReturnType<typeof selectionOptions>, 'namespaces' | 'labels' | 'max_series'> {
  const namespaces = listOption({ default: [] }).describe(
    'Namespaces to export, separated by commas: names or globs; `!kube-*` takes away. Rows that are in no namespace stay. Empty = all',
  );
  const labels = listOption({ default: [] })
    .transform((rules, complain) => {
      for (const rule of rules) {
        if (readLabelRule(rule) !== undefined) continue;
        complain(`has ${JSON.stringify(rule)}, which is not KEY=GLOB or !KEY=GLOB such as "app=web*"`);
      }
      return rules;
    })
    .describe(
      'Rows to export by labels, `KEY=GLOB` separated by commas; `!KEY=GLOB` takes away. A key is one of the rows’ own or is stored by ' +
        '`--store-label`. Globs of one key are alternatives. Pods, containers and volumes without the label fit no glob; other rows without it stay. Empty = all',
    );
  const max = wholeNumberOption({ min: 1, max: 100_000_000 }).describe(
    'Most series of one tick: levels that do not fit are left out whole, from the end of cluster, namespace, group, workload (a quarter of ' +
      'the bound) and of node, pod, volume, pod_container, sys_container (the rest, divided by nodes among shards), and the report says ' +
      'which. The tick’s own numbers come on top. Not given = no bound',
  );
  return { namespaces, labels, max_series: max };
}

/** What a text said, and everything that is wrong with it. */
interface Reading<T> {
  readonly value: readonly T[];
  readonly problems: readonly string[];
}

function readLevels(names: readonly string[]): Reading<Level> {
  if (names.length === 0) return { value: [], problems: [`needs at least one of ${LEVELS.join(', ')}`] };
  const problems: string[] = [];
  const value = new Set<Level>();
  for (const name of names) {
    const level = name === 'ns' ? 'namespace' : name;
    if (level === '*') for (const every of LEVELS) value.add(every);
    else if (isLevel(level)) value.add(level);
    else problems.push(unknownLevel(name));
  }
  return { value: [...value], problems };
}

/** The problem of a level that does not exist. */
export function unknownLevel(name: string): string {
  return `has the unknown level ${JSON.stringify(name)}${hint(name, LEVELS) || ';'} levels are ${LEVELS.join(', ')}`;
}

function readGlobs(globs: readonly string[], byDefault: readonly string[]): Reading<string> {
  if (globs.length === 0) return { value: [], problems: ['needs at least one metric name or glob'] };
  const names = new Set(METRICS.map((metric) => metric.name));
  const problems: string[] = [];
  for (const glob of globs) {
    const bare = glob.replace(/^!/, '');
    const filter = createMetricFilter([bare]);
    if (METRICS.some(filter) || isDynamicGlob(bare)) continue;
    problems.push(`has ${JSON.stringify(glob)}, which fits no metric of the catalog${hint(bare, names)}`);
  }
  const onlyExclusions = globs.every((glob) => glob.startsWith('!'));
  return { value: onlyExclusions ? [...byDefault, ...globs] : globs, problems };
}

/**
 * The part of a batch that a sink wants, as a view: columns and label arrays are shared with the batch, and copied only where
 * rows are left out by their namespace or labels. Values of other metrics are gone.
 */
export function selectBatch(batch: MetricBatch, selection: SinkSelection): MetricBatch {
  const named = batch.metrics.map(createMetricFilter(selection.metrics));
  const { exports, reading } = selection;
  const tables: Partial<Record<Level, MetricTable>> = {};
  for (const level of LEVELS) {
    const table = batch.tables[level];
    if (table === undefined || !selection.levels.includes(level)) continue;
    const wanted =
      exports === undefined ? named : batch.metrics.map((metric, id) => named[id] === true && exports(metric, level));
    const selected = wanted.every(Boolean) ? table : selectTable(table, wanted);
    // Before rows go: values may be made of those of a row's node.
    const read = reading === undefined ? selected : readColumns(batch, selected, table, wanted, reading);
    const rows = wantedRows(batch, table, selection);
    tables[level] = rows === undefined ? read : takeRows(read, rows);
  }
  return { ...batch, tables };
}

function selectTable(table: MetricTable, wanted: readonly boolean[]): MetricTable {
  const keep = <T>(column: T, metric: number): T | undefined => (wanted[metric] === true ? column : undefined);
  return {
    ...table,
    columns: table.columns.map(keep),
    statistics: table.statistics.map(keep),
    sparse: selectSparse(table.sparse, (at) => wanted[table.sparse.metric[at] ?? -1] === true),
  };
}

/** True if a metric of the catalog is in a selection; for docs, cost and coverage. */
export function selects(selection: SinkSelection, metric: MetricDescriptor): boolean {
  return createMetricFilter(selection.metrics)(metric);
}

/** What of a batch is not in a sink's options: its dialect's words, and what its backend does not take. */
export interface SelectionWords {
  readonly dialect?: Dialect;
  readonly exports?: (metric: MetricDescriptor, level: Level) => boolean;
}

/** The selection of a sink from its options, its dialect, and what its backend has no word for. */
export function toSelection(
  options: {
    readonly levels: readonly Level[];
    readonly metrics: readonly string[];
    readonly namespaces: readonly string[];
    readonly labels: readonly string[];
    readonly max_series: number | undefined;
  },
  { dialect, exports }: SelectionWords = {},
): SinkSelection {
  const { levels, metrics, namespaces, labels, max_series: maxSeries } = options;
  const speaks = (metric: MetricDescriptor, level: Level): boolean =>
    (exports === undefined || exports(metric, level)) &&
    (dialect === undefined || dialect.metric(metric, level) !== undefined);
  const renames = dialect !== undefined && dialect.name !== 'heapster';
  return {
    levels,
    metrics,
    namespaces: namespaces.length === 0 ? undefined : namespaces,
    labels: labels.length === 0 ? undefined : labels,
    maxSeries,
    exports: dialect === undefined && exports === undefined ? undefined : speaks,
    ...(renames ? { reading: (metric, level) => dialect.metric(metric, level)?.reading, needs: dialect.needs } : {}),
  };
}
