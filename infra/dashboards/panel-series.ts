import { metricByKey } from '../../shared/core/metrics.ts';
import { type PanelSeries, type SeriesNames, seriesOf } from './series.ts';
import type { Panel, View } from './view.ts';

/** What a panel shows at a backend; empty = nothing of it is exported, and there is no panel. */
export function panelSeries(names: SeriesNames, panel: Panel): readonly PanelSeries[] {
  return panel.metrics.flatMap((key) => {
    const metric = metricByKey(key);
    const counter = metric.rate === undefined ? undefined : metricByKey(metric.rate.of);
    return seriesOf(names, metric, panel.level, counter) ?? [];
  });
}

/** A view without the panels of which the sink exports nothing; undefined if none is left. */
export function exportedView(names: SeriesNames, view: View): View | undefined {
  const keep = (panel: Panel): boolean => panelSeries(names, panel).length > 0;
  const panels = view.panels.filter(keep);
  const rest = view.rest.filter(keep);
  return panels.length + rest.length === 0 ? undefined : { ...view, panels, rest };
}
