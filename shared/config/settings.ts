import { HOUR, MIB, MINUTE, SECOND } from '../core/units.ts';
import { choiceOption, durationOption, fractionOption, textOption, wholeNumberOption } from './option-types.ts';

/** The flags that take one value, with bounds and defaults. Their names and texts are in flags.ts. */
export const SETTINGS = {
  'metric-resolution': durationOption({ min: 5 * SECOND, default: MINUTE }),
  'sink-export-data-timeout': durationOption({ min: SECOND, default: 20 * SECOND }),
  'scrape-timeout': durationOption({ min: SECOND, default: 20 * SECOND }),
  'node-timeout': durationOption({ min: 100, default: 5 * SECOND }),
  'label-separator': textOption({ default: ',' }),
  'group-limit': wholeNumberOption({ min: 1, max: 100_000, default: 200 }),
  'cluster-name': textOption({}),
  'shard-size': wholeNumberOption({ min: 1, max: 10_000, default: 100 }),
  'shard-concurrency': wholeNumberOption({ min: 1, max: 1_000, default: 50 }),
  'max-in-flight': wholeNumberOption({ min: 1, max: 1_000, default: 32 }),
  'max-summary-bytes': wholeNumberOption({ min: 65_536, max: 256 * MIB, default: 16 * MIB }),
  'backlog-max-age': durationOption({ min: 0, default: 24 * HOUR }),
  'backlog-max-bytes': wholeNumberOption({ min: 0, max: 1_024 * MIB, default: 64 * MIB }),
  'backlog-ahead': textOption({ default: '' }),
  'min-completeness': fractionOption({ default: 0 }),
  incomplete: choiceOption(['flag', 'hold'], { default: 'flag' }),
  'log-level': choiceOption(['error', 'warn', 'info', 'debug'], { default: 'info' }),
} as const;

export type SettingName = keyof typeof SETTINGS;
