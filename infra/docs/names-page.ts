import { LEVELS, type Level } from '../../shared/core/level.ts';
import { METRICS, type MetricDescriptor } from '../../shared/core/metrics.ts';
import type { Dialect, DialectMetric } from '../../shared/dialects/dialect.ts';
import { LOADABLE_DIALECTS, loadDialect } from '../../shared/dialects/registry.ts';
import { code, GENERATED, markdownTable } from './markdown.ts';

/** docs/names.md: what each dialect calls each metric, level by level. */
export async function namesPage(): Promise<string> {
  const dialects = await Promise.all(LOADABLE_DIALECTS.filter((name) => name !== 'heapster').map(loadDialect));
  return [
    GENERATED,
    '# Names in other dialects',
    '',
    "With `names=` a sink sends the same values under other names, units and labels: `otel` is what the OpenTelemetry Collector's",
    "kubelet stats receiver says, `semconv` OpenTelemetry's conventions of 2026-08, `prometheus` what the widespread dashboards of",
    'Kubernetes ask for, `containerinsights` (of `cloudwatch:` alone) CloudWatch Container Insights in its classic form, whose percentages',
    'are 0 to 100, and of pods and containers parts of the capacity of their node. A dash is a metric that the dialect leaves out: a rate whose counter it has, or a total that its dashboards',
    'make themselves. A unit is shown where it is not that of [metrics.md](metrics.md); labels of the value are in braces.',
    '',
    ...LEVELS.flatMap((level) => [`## ${level}`, '', tableOf(level, dialects), '', labelsOf(level, dialects), '']),
  ].join('\n');
}

function tableOf(level: Level, dialects: readonly Dialect[]): string {
  const metrics = METRICS.filter(({ levels }) => levels.includes(level));
  return markdownTable(
    ['metric', ...dialects.map(({ name }) => name)],
    metrics.map((metric) => [code(metric.key), ...dialects.map((dialect) => wordOf(dialect, metric, level))]),
  );
}

function wordOf(dialect: Dialect, metric: MetricDescriptor, level: Level): string {
  const word = dialect.metric(metric, level);
  if (word === undefined) return '–';
  const labels = word.labels.map(([key, value]) => `${key}=${value}`).join(', ');
  const text = code(labels === '' ? word.name : `${word.name}{${labels}}`);
  const unit = word.unit === metric.unit ? text : `${text} ${code(word.unit)}`;
  return [unit, ...notesOf(word)].join(', ');
}

/** How a value is made where it is not the metric's own. */
function notesOf({ reading }: DialectMetric): readonly string[] {
  const made = reading?.made;
  const notes: string[] = [];
  if (made !== undefined) {
    const sign = made.how === 'sum' ? '+' : '÷';
    notes.push(`${code(made.of)} ${sign} ${code(made.by)}${made.how === 'ratio-to-node' ? ' of the node' : ''}`);
  }
  if (reading?.zeroIsAbsent === true) notes.push('unless 0');
  return notes;
}

const SHOWN_LABELS = [
  'cluster_name',
  'nodename',
  'namespace_name',
  'workload_name',
  'pod_name',
  'container_name',
  'volume_name',
  'pvc_name',
] as const;

function labelsOf(level: Level, dialects: readonly Dialect[]): string {
  const texts = dialects.map((dialect) => {
    const names = SHOWN_LABELS.flatMap((key) => {
      const name = dialect.label(key, level);
      return name === undefined ? [] : [`${key} → ${name}`];
    });
    return `${dialect.name}: ${names.map(code).join(', ')}`;
  });
  return `Labels, where a row has them. ${texts.join('. ')}.`;
}
