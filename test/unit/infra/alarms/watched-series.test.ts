import { describe, expect, it } from 'vitest';
import { DEFAULT_BOUNDS } from '../../../../infra/alarms/alarm-rule.ts';
import { alarmRules } from '../../../../infra/alarms/alarm-rules.ts';
import { prometheusRules } from '../../../../infra/alarms/prometheus-rules.ts';
import { watchedSeries } from '../../../../infra/alarms/watched-series.ts';
import type { SeriesNames } from '../../../../infra/dashboards/series.ts';

/** A backend with names, units and kinds of its own: seconds, counters in place of rates, no word for the rest. */
const OTHER: SeriesNames = {
  series: (metric, level) => {
    const words: Readonly<Record<string, readonly [name: string, scale: number]>> = {
      'heapless/backlog_age': ['backlog_seconds', 1e-3],
      'io/pressure_total[some]': ['io_waiting_seconds_total', 1e-6],
    };
    const word = words[metric.key];
    if (word === undefined) return undefined;
    return { name: word[0], unit: 's', scale: word[1], labels: [['kind', level]], rate: false };
  },
  label: (key) => (key === 'nodename' ? 'node' : key === 'cluster_name' ? 'cluster' : undefined),
  ownLabel: (key) => key,
};

const RULES = alarmRules(DEFAULT_BOUNDS);

describe('alarms at a backend with words of its own', () => {
  it('have their bounds in its units', () => {
    const backlog = RULES.find(({ id }) => id === 'backlog-growing')!;

    expect(watchedSeries(OTHER, backlog, true).map(({ threshold }) => threshold)).toEqual([600]);
  });

  it('read a rate that it has no word for from its counter, by the second', () => {
    const pressure = RULES.find(({ id }) => id === 'pressure-high')!;

    const [group] = prometheusRules([pressure], OTHER).groups;

    expect(group?.rules.map(({ expr }) => expr)).toEqual([
      'max by (cluster, node) (rate(io_waiting_seconds_total{kind="node"}[5m])) > 0.25',
    ]);
  });

  it('are not there for what it has no word for', () => {
    const [group] = prometheusRules(RULES, OTHER).groups;

    expect(group?.rules.map(({ alert }) => alert)).toEqual(['HeaplessBacklogGrowing', 'HeaplessPressureHigh']);
  });
});
