import { describe, expect, it } from 'vitest';
import { panel } from '../../../../infra/dashboards/panel.ts';
import { IDENTITY, VIEW_IDS } from '../../../../infra/dashboards/view.ts';
import { VIEWS, viewsOf } from '../../../../infra/dashboards/views.ts';
import { LEVELS } from '../../../../shared/core/level.ts';
import { METRICS } from '../../../../shared/core/metrics.ts';

const PANELS = VIEWS.flatMap(({ panels, rest }) => [...panels, ...rest]);

describe('the views', () => {
  it('have a graph for every metric at every level of it', () => {
    const shown = new Set(PANELS.flatMap(({ level, metrics }) => metrics.map((key) => `${level} ${key}`)));

    const missing = LEVELS.flatMap((level) =>
      METRICS.filter((metric) => metric.levels.includes(level) && !shown.has(`${level} ${metric.key}`)).map(
        ({ key }) => `${level} ${key}`,
      ),
    );

    expect(missing).toEqual([]);
  });

  it('are there for everybody who asks, and are chosen by their ids', () => {
    expect(VIEWS.map(({ id }) => id)).toEqual([...VIEW_IDS]);
    expect(viewsOf(['node', 'fleet']).map(({ id }) => id)).toEqual(['fleet', 'node']);
  });

  it('split values by labels that rows or values have', () => {
    const wrong = PANELS.flatMap(({ title, level, by }) =>
      (by ?? []).filter((label) => !IDENTITY[level].includes(label)).map((label) => `${title}: ${label}`),
    );

    expect(wrong).toEqual([]);
  });

  it('fit 26 queries into each graph, which is as many as Grafana names', () => {
    expect(Math.max(...PANELS.map(({ metrics }) => metrics.length))).toBeLessThanOrEqual(26);
  });
});

describe('a panel', () => {
  it('refuses a metric of another level, and metrics of different units', () => {
    expect(() => panel('cluster', ['up'])).toThrow('up is no metric of level cluster');
    expect(() => panel('node', ['cpu/usage_rate', 'memory/usage'])).toThrow('another unit');
    expect(() => panel('node', ['cpu/nonsense'])).toThrow('no metric cpu/nonsense');
  });
});
