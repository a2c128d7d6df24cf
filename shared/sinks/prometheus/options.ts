import { booleanOption, choiceOption, secondsOption, wholeNumberOption } from '../../config/option-types.ts';
import { LEVELS } from '../../core/level.ts';
import * as z from '../../core/zod.ts';
import { authOptions } from '../auth/auth-options.ts';
import { deliveryOption } from '../delivery-option.ts';
import { headersOption, pairOption } from '../http/pair-option.ts';
import { namesOption } from '../names-option.ts';
import { quotaOptions } from '../quota-options.ts';
import { selectionOptions } from '../selection.ts';
import type { SelectionDefaults } from '../sink.ts';
import { MAX_BYTES, MAX_BYTES_CLOUD, MAX_SAMPLES } from './limits.ts';
import { VERSIONS } from './settings.ts';

export const DEFAULTS: SelectionDefaults = { levels: LEVELS, metrics: ['*'] };

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

export const OPTIONS = z.object({
  version: choiceOption(VERSIONS, { default: '1.0' }).describe(
    'Version of the protocol. `2.0` sends metadata and start times in a tenth of the bytes before compression; a receiver that does not know it stores nothing, which is noticed',
  ),
  names: namesOption(),
  external_label: pairOption({
    problem: ([name, value]) => {
      if (!LABEL_NAME.test(name) || name.startsWith('__')) return `has ${JSON.stringify(name)}, which is no label name`;
      return value === '' ? `has no value for ${name}` : undefined;
    },
  }).describe(
    'Label of every series that does not have it, `NAME=VALUE`; may be given several times (`cluster`, `__replica__` are such)',
  ),
  stale_markers: booleanOption(true).describe(
    '`true` ends the series of what is gone with a marker, else graphs show it for five minutes more',
  ),
  ...authOptions(['none', 'basic', 'bearer', 'sigv4', 'entra']),
  headers: headersOption(),
  query: pairOption({}).describe(
    'Parameter of the URL, `NAME=VALUE` (`query=api-version=2023-04-24`); may be given several times',
  ),
  max_samples: wholeNumberOption({ default: MAX_SAMPLES, min: 1, max: 1_000_000 }).describe('Most series in a request'),
  max_bytes: wholeNumberOption({ min: 1_000, max: 100_000_000 }).describe(
    `Most bytes of a request before compression; by default ${MAX_BYTES}, at AWS and Azure ${MAX_BYTES_CLOUD}`,
  ),
  delivery: deliveryOption(
    'a copy of a stored sample has no effect, but VictoriaMetrics keeps both unless -dedup.minScrapeInterval is set',
  ),
  concurrency: wholeNumberOption({ default: 4, min: 1, max: 64 }).describe('Most requests at once'),
  insecure: booleanOption(false).describe('`true` takes any certificate; said at every start'),
  request_timeout_sec: secondsOption({ default: 10, min: 1, max: 300 }).describe(
    'Longest time for one request; never beyond the export timeout',
  ),
  ...selectionOptions(DEFAULTS),
  ...quotaOptions({
    requests: '3,000 at Amazon Managed Prometheus, 15,000 a minute at Azure Monitor, else no bound',
    points: '1,666,666 at Amazon Managed Prometheus, 1,000,000 a minute at Azure Monitor, else no bound',
    bytes: '50 GB a minute at Azure Monitor, else no bound',
  }),
});

export type PrometheusOptions = z.output<typeof OPTIONS>;
