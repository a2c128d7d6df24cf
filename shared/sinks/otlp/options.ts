import { booleanOption, choiceOption, secondsOption, wholeNumberOption } from '../../config/option-types.ts';
import { LEVELS } from '../../core/level.ts';
import * as z from '../../core/zod.ts';
import { AUTH_KINDS } from '../auth/auth-kind.ts';
import { authOptions } from '../auth/auth-options.ts';
import { deliveryOption } from '../delivery-option.ts';
import { headersOption, pairOption } from '../http/pair-option.ts';
import { namesOption } from '../names-option.ts';
import { quotaOptions } from '../quota-options.ts';
import { selectionOptions } from '../selection.ts';
import type { SelectionDefaults } from '../sink.ts';
import { PRESET_NAMES } from './presets.ts';
import { ATTRIBUTE_PLACES } from './settings.ts';

export const DEFAULTS: SelectionDefaults = { levels: LEVELS, metrics: ['*'] };

const PRESET_OWN = 'what the backend of the preset says of itself, else no bound';

/** How requests are made and sent; the fields that `honeycomb:` has too. */
export const SENDING_OPTIONS = {
  names: namesOption(),
  encoding: choiceOption(['protobuf', 'json'], { default: 'protobuf' }).describe(
    'Form of a request; `json` costs some ten times the CPU',
  ),
  compression: choiceOption(['gzip', 'none'], { default: 'gzip' }).describe(
    '`gzip` makes bodies some six times smaller, for about 0.3 CPU-seconds per million values',
  ),
  resource_attribute: pairOption({
    problem: ([name, value]) => (value === '' ? `has no value for ${name}` : undefined),
  }).describe('Attribute of every resource, `NAME=VALUE`; may be given several times'),
  descriptions: booleanOption(false).describe('`true` sends the description of each metric'),
  delivery: deliveryOption(
    'a copy has the same series and time; the protocol leaves open whether a backend keeps both',
  ),
  concurrency: wholeNumberOption({ default: 4, min: 1, max: 64 }).describe('Most requests at once'),
  request_timeout_sec: secondsOption({ default: 10, min: 1, max: 300 }).describe(
    'Longest time for one request; never beyond the export timeout',
  ),
  ...quotaOptions({ requests: PRESET_OWN, points: PRESET_OWN, bytes: PRESET_OWN }),
} as const;

export const OPTIONS = z.object({
  preset: choiceOption(PRESET_NAMES, { default: 'none' }).describe(
    'Backend whose address, credentials, limits and attributes are known; every one of them may be set besides',
  ),
  ...authOptions(AUTH_KINDS, { byDefault: 'the preset’s, else none' }),
  attributes: choiceOption(ATTRIBUTE_PLACES, {}).describe(
    'Where labels go: with the `resource`, once for each row, or with each `point`, for backends that make no labels of what a resource has',
  ),
  instances: booleanOption(undefined).describe(
    "`true` names each row by the resource's `service.instance.id`, for backends that tell series apart by it",
  ),
  headers: headersOption(),
  max_points: wholeNumberOption({ min: 1, max: 1_000_000 }).describe(
    'Most data points in a request; else the preset’s',
  ),
  max_bytes: wholeNumberOption({ min: 1_000, max: 100_000_000 }).describe(
    'Most bytes of a request before compression; else the preset’s',
  ),
  insecure: booleanOption(false).describe('`true` takes any certificate; said at every start'),
  ...SENDING_OPTIONS,
  ...selectionOptions(DEFAULTS),
});

export type OtlpOptions = z.output<typeof OPTIONS>;
