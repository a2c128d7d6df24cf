import type { PanelSeries } from './series.ts';

/** Grafana's words for UCUM units; https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/#unit */
const UNITS: Readonly<Record<string, string>> = {
  By: 'bytes',
  'By/s': 'binBps',
  ns: 'ns',
  us: 'µs',
  ms: 'ms',
  s: 's',
  '%': 'percent',
  '1/s': 'cps',
  'm{cpu}': 'suffix: mCPU',
  '{cpu}': 'suffix: CPU',
};

/** What is drawn of a counter is its rate a second. */
const RATES: Readonly<Record<string, string>> = {
  By: 'binBps',
  '1': 'cps',
  s: 'suffix: s/s',
  ns: 'suffix: ns/s',
  us: 'suffix: µs/s',
  ms: 'suffix: ms/s',
};

/** Unit of an axis. Fractions are shown as percentages, plain numbers as they are. */
export function grafanaUnit({ unit, rate, metric }: PanelSeries): string {
  if (rate) return RATES[unit] ?? 'short';
  if (unit === '1' && metric.valueType === 'double' && metric.unit === '1') return 'percentunit';
  return UNITS[unit] ?? 'short';
}
