import type { ComponentUri } from '../../shared/config/config.ts';
import { heapsterType } from '../../shared/core/level.ts';
import { toLabelName, toMetricName } from '../../shared/sinks/prometheus/names.ts';
import type { SeriesNames } from './series.ts';
import { fixedLabels, readSpeech } from './sink-speech.ts';

/** What a `prometheus:` sink calls everything. Throws `ConfigError` if its options are bad. */
export async function prometheusNames(uri: ComponentUri): Promise<SeriesNames> {
  const { dialect, exports } = await readSpeech(uri);
  return {
    series(metric, level) {
      const said = dialect.metric(metric, level);
      if (said === undefined || !exports(metric, level)) return undefined;
      const labels = fixedLabels(dialect, metric, level, heapsterType(level));
      return {
        name: toMetricName(said.name, dialect),
        unit: said.unit,
        scale: said.scale,
        labels: labels.map(([name, value]) => [toLabelName(name), value]),
        rate: false,
      };
    },
    label(key, level) {
      const name = dialect.label(key, level);
      return name === undefined ? undefined : toLabelName(name);
    },
    ownLabel: (key) => toLabelName(dialect.ownLabel(key)),
  };
}
