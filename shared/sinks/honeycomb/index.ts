/**
 * `honeycomb:` sends metrics to Honeycomb by OTLP, with the options of Heapster's sink of that name.
 *
 *     honeycomb:?dataset=k8s&writekey=${secret:honeycomb}
 *     honeycomb:?apihost=https://api.eu1.honeycomb.io
 *
 * Heapster sent an event with all values of a row; here they are points of one resource, which Honeycomb makes one event of
 * again. Limits are those of the preset (../otlp/presets.ts). https://docs.honeycomb.io/send-data/opentelemetry/
 */
import { readEnvironment } from '../../config/env.ts';
import { textOption } from '../../config/option-types.ts';
import * as z from '../../core/zod.ts';
import { loadDialect } from '../../dialects/registry.ts';
import { createFixedAuthorizer } from '../auth/fixed.ts';
import { defineSink } from '../define-sink.ts';
import { openOtlp } from '../otlp/open-otlp.ts';
import { DEFAULTS, SENDING_OPTIONS } from '../otlp/options.ts';
import { presetOf } from '../otlp/presets.ts';
import { selectionOptions } from '../selection.ts';

const PRESET = presetOf('honeycomb');
const KEY_VARIABLE = 'HONEYCOMB_WRITEKEY';
const API_HOST = 'https://api.honeycomb.io/';
/** What may stand in a header. */
const PRINTABLE = /^[\x21-\x7e]+$/;

const OPTIONS = z.object({
  dataset: textOption({ default: 'heapster' }).describe('Dataset of the metrics'),
  writekey: textOption({ secret: true }).describe(`API key with the right to send events; else ${KEY_VARIABLE}`),
  apihost: textOption({ default: API_HOST }).describe('Address of the API; in the EU https://api.eu1.honeycomb.io'),
  ...SENDING_OPTIONS,
  ...selectionOptions(DEFAULTS),
});

type HoneycombOptions = z.output<typeof OPTIONS>;

export default defineSink({
  key: 'honeycomb',
  options: OPTIONS,
  defaults: DEFAULTS,
  check(options) {
    const problems: string[] = [];
    const key = keyOf(options);
    if (key === undefined) problems.push(`needs writekey= or ${KEY_VARIABLE}`);
    else if (!PRINTABLE.test(key)) problems.push('writekey must be one word of printable characters');
    if (!PRINTABLE.test(options.dataset)) problems.push('dataset must be one word of printable characters');
    if (urlOf(options) === undefined) problems.push('apihost must be an address that begins with http:// or https://');
    return problems;
  },
  async create(options, uri, context) {
    const url = urlOf(options);
    if (url === undefined) throw new RangeError('apihost is no address');
    const headers = { 'x-honeycomb-team': keyOf(options) ?? '', 'x-honeycomb-dataset': options.dataset };
    return openOtlp({
      uri,
      context,
      url,
      preset: PRESET,
      options: {
        ...options,
        attributes: undefined,
        instances: undefined,
        headers: [],
        max_points: undefined,
        max_bytes: undefined,
        insecure: false,
      },
      dialect: await loadDialect(options.names),
      authorizer: createFixedAuthorizer(`writekey= or ${KEY_VARIABLE}`, headers),
    });
  },
});

function keyOf({ writekey }: HoneycombOptions): string | undefined {
  return writekey ?? readEnvironment(KEY_VARIABLE);
}

function urlOf({ apihost }: HoneycombOptions): URL | undefined {
  if (!/^https?:\/\//.test(apihost) || !URL.canParse(apihost)) return undefined;
  const url = new URL(apihost);
  url.pathname = `${url.pathname.replace(/\/$/, '')}${PRESET.path}`;
  return url;
}
