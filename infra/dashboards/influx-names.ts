import * as z from 'zod';
import type { ComponentUri } from '../../shared/config/config.ts';
import { heapsterType } from '../../shared/core/level.ts';
import type { SeriesNames } from './series.ts';
import { fixedLabels, readSpeech } from './sink-speech.ts';

/** The separator of measurement and field in the name of a series. */
export const FIELD_SEPARATOR = '\0';

const options = z.looseObject({ withfields: z.boolean() });

/** What an `influxdb:` sink calls everything; a series' name is its measurement and field. Throws `ConfigError`. */
export async function influxNames(uri: ComponentUri): Promise<SeriesNames> {
  const { dialect, exports, options: given } = await readSpeech(uri);
  const { withfields } = options.parse(given);
  const place = (name: string): readonly [measurement: string, field: string] => {
    const slash = withfields ? name.indexOf('/') : -1;
    return slash <= 0 ? [name, 'value'] : [name.slice(0, slash), name.slice(slash + 1) || 'value'];
  };
  return {
    series(metric, level) {
      const said = dialect.metric(metric, level);
      if (said === undefined || !exports(metric, level)) return undefined;
      return {
        name: place(said.name).join(FIELD_SEPARATOR),
        unit: said.unit,
        scale: said.scale,
        labels: fixedLabels(dialect, metric, level, heapsterType(level)),
        rate: false,
      };
    },
    label: (key, level) => dialect.label(key, level),
    ownLabel: (key) => dialect.ownLabel(key),
  };
}
