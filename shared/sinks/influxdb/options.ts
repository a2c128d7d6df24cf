import {
  booleanOption,
  choiceOption,
  secondsOption,
  textOption,
  wholeNumberOption,
} from '../../config/option-types.ts';
import { LEVELS } from '../../core/level.ts';
import * as z from '../../core/zod.ts';
import { namesOption } from '../names-option.ts';
import { quotaOptions } from '../quota-options.ts';
import { selectionOptions } from '../selection.ts';
import type { SelectionDefaults } from '../sink.ts';

export const DEFAULTS: SelectionDefaults = { levels: LEVELS, metrics: ['*'] };

/** A duration of InfluxQL: `30d`, `1w2d`, `INF`; `0` is for ever too. */
const RETENTION = /^(0|inf|(\d+(ns|u|µ|ms|s|m|h|d|w))+)$/i;

export const OPTIONS = z.object({
  api: choiceOption(['v1', 'v2', 'v3'], { default: 'v1' }).describe(
    'Which write API: `v1` is /write?db= (InfluxDB 1, and what speaks like it), `v2` /api/v2/write?org=&bucket=, `v3` /api/v3/write_lp?db=',
  ),
  db: textOption({ default: 'k8s' }).describe('Database (v1, v3)'),
  org: textOption({}).describe('Organization (v2)'),
  bucket: textOption({}).describe('Bucket (v2)'),
  user: textOption({ default: 'root' }).describe('User (v1), unless the address or `token` says who'),
  pw: textOption({ default: 'root', secret: true }).describe('Password (v1)'),
  token: textOption({ secret: true }).describe('API token (v2, v3)'),
  secure: booleanOption(undefined).describe('`true` asks by https; else the scheme of the address decides'),
  insecuressl: booleanOption(false).describe('`true` takes any certificate; said at every start'),
  withfields: booleanOption(false).describe(
    '`false`: measurement `cpu/usage_rate`, field `value`; `true`: measurement `cpu`, field `usage_rate`, a quarter of the bytes',
  ),
  cluster_name: textOption({}).describe("Tag `cluster_name`; else the cluster's configured name, else `default`"),
  retention: textOption({ default: '0' }).describe(
    'How long values are kept (`30d`, `0` = for ever) in a database that Heapless creates (v1); one that is there keeps its own',
  ),
  rp: textOption({}).describe("Retention policy to write into (v1); else the database's default"),
  create_database: booleanOption(true).describe('Create a database that is not there (v1), with the policy `default`'),
  disable_counter_metrics: booleanOption(false).describe(
    '`true` leaves out the counters that a rate is made of (`cpu/usage`, `network/rx` …)',
  ),
  field_types: choiceOption(['catalog', 'heapster'], { default: 'catalog' }).describe(
    '`heapster` writes `cpu/usage_rate` as whole millicores, for a database that Heapster has filled; a field never changes its type',
  ),
  names: namesOption(),
  compression: choiceOption(['none', 'gzip'], { default: 'none' }).describe(
    '`gzip` makes bodies some 25 times smaller, for about 3.5 CPU-seconds per GB',
  ),
  concurrency: wholeNumberOption({ default: 1, min: 1, max: 64 }).describe('Most requests at once'),
  request_timeout_sec: secondsOption({ default: 10, min: 1, max: 300 }).describe(
    'Longest time for one request; never beyond the export timeout',
  ),
  ...selectionOptions(DEFAULTS),
  ...quotaOptions(),
});

export type InfluxOptions = z.output<typeof OPTIONS>;

/** Problems of options together. */
export function checkOptions(options: InfluxOptions, scheme: string): readonly string[] {
  const { api, org, bucket, token, retention, rp, secure } = options;
  const problems: string[] = [];
  if (api === 'v2' && (org === undefined || bucket === undefined)) problems.push('api=v2 needs org= and bucket=');
  if (api !== 'v2' && (org !== undefined || bucket !== undefined)) problems.push('org= and bucket= need api=v2');
  if (api === 'v1' && token !== undefined) problems.push('token= needs api=v2 or api=v3; api=v1 has user= and pw=');
  if (api !== 'v1' && (retention !== '0' || rp !== undefined)) problems.push('retention= and rp= need api=v1');
  if (!RETENTION.test(retention)) problems.push('retention must be a duration like 30d, 12h, 1w, or 0 for ever');
  if (secure === false && scheme === 'https') problems.push('secure=false contradicts the https:// of the address');
  return problems;
}
