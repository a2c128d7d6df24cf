import type { ComponentUri } from '../../config/config.ts';
import {
  booleanOption,
  choiceOption,
  listOption,
  secondsOption,
  textOption,
  wholeNumberOption,
} from '../../config/option-types.ts';
import { LEVELS } from '../../core/level.ts';
import * as z from '../../core/zod.ts';
import { authOptions } from '../auth/auth-options.ts';
import { authProblems } from '../auth/auth-problems.ts';
import { signingOf } from '../auth/aws-host.ts';
import { readHttpAddress } from '../http/http-address.ts';
import { namesOption } from '../names-option.ts';
import { quotaOptions } from '../quota-options.ts';
import { selectionOptions } from '../selection.ts';
import type { SelectionDefaults } from '../sink.ts';

export const DEFAULTS: SelectionDefaults = { levels: LEVELS, metrics: ['*'] };

/** What Elasticsearch takes for the name of an index: lower case, none of its special characters. */
const INDEX = /^[a-z0-9][^A-Z\\/*?"<>| ,#:]*$/;

export const OPTIONS = z.object({
  nodes: listOption({ default: [] }).describe(
    'URLs of nodes, repeated or separated by commas; they stand in place of the address and take turns',
  ),
  index: textOption({ default: 'heapster' }).describe('Beginning of the index names, `INDEX-YYYY.MM.DD`'),
  esUserName: textOption({}).describe('User, unless the address names one'),
  esUserSecret: textOption({ secret: true }).describe('Password of the user'),
  sniff: booleanOption(false).describe(
    "`true` asks the first node for the addresses of all and uses those; Heapster's default was true, which fails behind a load balancer",
  ),
  ver: wholeNumberOption({ default: 8, min: 2, max: 9 }).describe(
    'Major version of the server: up to 5 documents have a type per family, with 6 the type `_doc`, from 7 on none (OpenSearch: 7)',
  ),
  bulkWorkers: wholeNumberOption({ default: 5, min: 1, max: 64 }).describe('Most requests at once'),
  cluster_name: textOption({}).describe("Label `cluster_name`; else the cluster's configured name, else `default`"),
  pipeline: textOption({}).describe('Ingest pipeline that documents go through'),
  maxRetries: wholeNumberOption({ min: 0, max: 100 }).describe(
    'Of Heapster, without effect: what fails is sent again until the export timeout',
  ),
  healthCheck: booleanOption(undefined).describe(
    'Of Heapster, without effect: a node that does not answer is passed over by the next request',
  ),
  startupHealthcheckTimeout: wholeNumberOption({ min: 0, max: 3_600 }).describe(
    'Of Heapster, without effect: nothing is asked at the start',
  ),
  names: namesOption(),
  compression: choiceOption(['none', 'gzip'], { default: 'none' }).describe('`gzip` sends compressed bodies'),
  request_timeout_sec: secondsOption({ default: 10, min: 1, max: 300 }).describe(
    'Longest time for one request; never beyond the export timeout',
  ),
  ...authOptions(['none', 'sigv4'], { byDefault: 'sigv4 for hosts of AWS without a user, else none' }),
  ...selectionOptions(DEFAULTS),
  ...quotaOptions(),
});

export type ElasticsearchOptions = z.output<typeof OPTIONS>;

/** Options of Heapster that are taken and change nothing; each is said at the start. */
export const WITHOUT_EFFECT = ['maxRetries', 'healthCheck', 'startupHealthcheckTimeout'] as const;

/** Problems of the options together, and of the addresses. */
export function checkOptions(options: ElasticsearchOptions, uri: ComponentUri): readonly string[] {
  const problems: string[] = [];
  const { index, esUserName, esUserSecret, nodes, ver, pipeline } = options;
  if (!INDEX.test(index)) problems.push('index must begin with a letter or digit and have lower case only');
  if (esUserSecret !== undefined && esUserName === undefined && uri.user === undefined)
    problems.push('esUserSecret needs esUserName');
  if (ver < 5 && pipeline !== undefined) problems.push('pipeline needs ver=5 or later');
  for (const node of nodes) {
    if (!/^https?:\/\/[^/@]+\/?$/.test(node) || !URL.canParse(node))
      problems.push('nodes must be URLs like http://host:9200, without a path, user or password');
  }
  const address = nodes.length > 0 ? undefined : readHttpAddress(uri);
  if (address !== undefined && 'problem' in address) problems.push(address.problem);
  return problems.length > 0 ? problems : signingProblems(options, uri);
}

function signingProblems(options: ElasticsearchOptions, uri: ComponentUri): readonly string[] {
  const { auth, region, aws_service } = options;
  if (auth === 'sigv4' && (uri.user ?? options.esUserName) !== undefined) {
    return ['auth=sigv4 takes no user; remove it or auth='];
  }
  const [first] = addressesOf(options, uri);
  const kind = signs(options, uri) ? 'sigv4' : 'none';
  return authProblems({ auth: kind, region, aws_service }, { ...uri, user: undefined, host: first?.host ?? '' });
}

/** True if requests are signed for AWS: as asked for, or because the host is one of AWS and nobody logs in there. */
export function signs(options: ElasticsearchOptions, uri: ComponentUri): boolean {
  if (options.auth !== undefined) return options.auth === 'sigv4';
  if ((uri.user ?? options.esUserName) !== undefined) return false;
  return addressesOf(options, uri).some(({ host }) => ['es', 'aoss'].includes(signingOf(host).service ?? ''));
}

/** Addresses to ask, in their order. */
export function addressesOf(options: ElasticsearchOptions, uri: ComponentUri): readonly URL[] {
  if (options.nodes.length > 0) return options.nodes.map((node) => new URL(node));
  const address = readHttpAddress(uri);
  if ('problem' in address) throw new RangeError(address.problem);
  return [address.url];
}
