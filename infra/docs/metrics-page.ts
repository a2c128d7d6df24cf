import { LEVELS, type Level } from '../../shared/core/level.ts';
import { METRICS, type MetricDescriptor } from '../../shared/core/metrics.ts';
import { code, GENERATED, markdownTable } from './markdown.ts';

const LETTERS: Readonly<Record<Level, string>> = {
  cluster: 'C',
  namespace: 'N',
  workload: 'W',
  group: 'G',
  node: 'n',
  sys_container: 's',
  pod: 'p',
  pod_container: 'c',
  volume: 'v',
};

/** docs/metrics.md: every metric of the catalog, by the first part of its name. */
export function metricsPage(): string {
  const families = [...Map.groupBy(METRICS, familyOf)].sort(([a], [b]) => a.localeCompare(b));
  return [
    GENERATED,
    '# Metrics',
    '',
    "Names are Heapster's, or in its manner. Units are UCUM: `m{cpu}` is millicores, `By` bytes, `1` a plain number or a fraction.",
    'A *cumulative* metric counts since its entity started; a *gauge* is the value at the sample time. What was not measured is',
    'absent, never 0. Names in brackets are labels of the value itself.',
    '',
    `Levels: ${LEVELS.map((level) => `${code(LETTERS[level])} ${level}`).join(', ')}. **Bold** levels are sums over pods, with count, minimum and maximum.`,
    '',
    ...families.flatMap(([family, metrics]) => [`## ${family}`, '', tableOf(metrics), '']),
  ].join('\n');
}

function familyOf({ name }: MetricDescriptor): string {
  const slash = name.indexOf('/');
  return slash < 0 ? 'other' : name.slice(0, slash);
}

function tableOf(metrics: readonly MetricDescriptor[]): string {
  return markdownTable(
    ['Metric', 'Unit', 'Kind', 'Type', 'Levels', 'OpenTelemetry', 'Source', 'Description'],
    metrics.map((metric) => [
      code(nameOf(metric)),
      code(metric.unit),
      metric.kind,
      metric.valueType,
      levelsOf(metric),
      code(metric.otel ?? ''),
      code(metric.source),
      metric.description,
    ]),
  );
}

function nameOf({ name, own }: MetricDescriptor): string {
  const labels = Object.entries(own).map(([key, value]) => `${key}=${value}`);
  return labels.length === 0 ? name : `${name}{${labels.join(',')}}`;
}

function levelsOf({ levels, summed }: MetricDescriptor): string {
  const total = (level: Level): boolean => summed && 'CNWG'.includes(LETTERS[level]);
  return LEVELS.filter((level) => levels.includes(level))
    .map((level) => (total(level) ? `**${LETTERS[level]}**` : LETTERS[level]))
    .join(' ');
}
