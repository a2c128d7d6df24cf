import * as z from 'zod';
import type { ComponentUri } from '../../shared/config/config.ts';
import { ConfigError } from '../../shared/core/errors.ts';
import { heapsterType } from '../../shared/core/level.ts';
import { PRESET_NAMES, PRESETS } from '../../shared/sinks/otlp/presets.ts';
import { ATTRIBUTE_PLACES } from '../../shared/sinks/otlp/settings.ts';
import { translateLabel, translateMetric } from './otlp-translation.ts';
import type { SeriesNames } from './series.ts';
import { fixedLabels, readSpeech } from './sink-speech.ts';

/** What a receiver of OTLP makes of names: as Prometheus does by default, or nothing. */
export const OTLP_NAMES = ['translated', 'plain'] as const;
export type OtlpNames = (typeof OTLP_NAMES)[number];

const options = z.looseObject({ preset: z.enum(PRESET_NAMES), attributes: z.enum(ATTRIBUTE_PLACES).optional() });

/**
 * What series of an `otlp:` sink are called where PromQL asks for them. Throws `ConfigError` if the options are bad, or if
 * labels go with the resource, where receivers make no labels of them.
 */
export async function otlpNames(uri: ComponentUri, names: OtlpNames): Promise<SeriesNames> {
  const { dialect, exports, options: given } = await readSpeech(uri);
  const { preset: presetName, attributes } = options.parse(given);
  const preset = PRESETS[presetName];
  if ((attributes ?? preset.attributes) === 'resource') {
    const problem = 'sends labels with the resource, of which PromQL backends make no labels; add attributes=point';
    throw new ConfigError([{ where: 'sink otlp', problem }]);
  }
  const sent = (text: string, refused: RegExp | undefined): string =>
    refused === undefined ? text : text.replaceAll(refused, '_');
  const toLabel = (text: string): string => {
    const attribute = sent(text, preset.notInAttributes);
    return names === 'plain' ? attribute : translateLabel(attribute);
  };
  return {
    series(metric, level) {
      const said = dialect.metric(metric, level);
      if (said === undefined || !exports(metric, level)) return undefined;
      const name = sent(said.name, preset.notInMetrics);
      return {
        name: names === 'plain' ? name : translateMetric(name, said),
        unit: said.unit,
        scale: said.scale,
        labels: fixedLabels(dialect, metric, level, heapsterType(level)).map(([key, value]) => [toLabel(key), value]),
        rate: false,
      };
    },
    label(key, level) {
      const name = dialect.label(key, level);
      return name === undefined ? undefined : toLabel(name);
    },
    ownLabel: (key) => toLabel(dialect.ownLabel(key)),
  };
}
