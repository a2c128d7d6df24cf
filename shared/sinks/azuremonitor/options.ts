import type { ComponentUri } from '../../config/config.ts';
import {
  choiceOption,
  repeatedOption,
  secondsOption,
  textOption,
  wholeNumberOption,
} from '../../config/option-types.ts';
import { LEVELS } from '../../core/level.ts';
import * as z from '../../core/zod.ts';
import { authKindOf } from '../auth/auth-kind.ts';
import { authOptions } from '../auth/auth-options.ts';
import { authProblems } from '../auth/auth-problems.ts';
import { serviceUrlProblem } from '../http/service-url.ts';
import { namesOption } from '../names-option.ts';
import { quotaOptions } from '../quota-options.ts';
import { selectionOptions } from '../selection.ts';
import type { SelectionDefaults } from '../sink.ts';
import { DEFAULT_DIMENSIONS, readDimensionRules } from './dimension-rules.ts';
import { MAX_TEXT_LENGTH } from './limits.ts';

/** Levels and metrics that stay far from 50,000 active series, the bound of a subscription in a region. */
export const DEFAULTS: SelectionDefaults = {
  levels: ['cluster', 'namespace', 'group', 'node'],
  metrics: [
    'cpu/usage_rate',
    'memory/working_set',
    'cpu/node_utilization',
    'memory/node_utilization',
    'restart_count',
    'up',
    'node/count',
    'node/measured',
    'pod/count',
    'collection/completeness',
  ],
};

/** Tokens for custom metrics; that for logs and remote write is another one. */
const SCOPE = 'https://monitoring.azure.com/.default';
const RESOURCE = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/[^/]+(\/[^/]+\/[^/]+)+$/i;
const EXAMPLE = '/subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.ContainerService/managedClusters/NAME';
const LONGEST_LEVEL = Math.max(...LEVELS.map((level) => level.length));
const selection = selectionOptions(DEFAULTS);

export const OPTIONS = z.object({
  resource_id: textOption({ required: true })
    .refine((id) =>
      RESOURCE.test(id)
        ? undefined
        : `must be the id of an Azure resource, like ${EXAMPLE}; no subscription or resource group`,
    )
    .describe(
      'The Azure resource that the metrics are about: the AKS cluster, or any other that stands for one elsewhere',
    ),
  region: textOption({})
    .refine((region) =>
      /^[a-z][a-z0-9]+$/.test(region) ? undefined : 'must be the short name of a region, like westeurope',
    )
    .describe('Region of the resource, which takes its metrics: `westeurope`; needed unless `endpoint` is given'),
  namespace: textOption({ default: 'Heapless' })
    .refine((namespace) => {
      const longest = MAX_TEXT_LENGTH - LONGEST_LEVEL - 1;
      return namespace.trim() !== '' && namespace.length <= longest
        ? undefined
        : `must have 1 to ${longest} characters`;
    })
    .describe(
      'Beginning of the metric namespaces: the level follows, as in `Heapless/node`, so that charts do not add levels up',
    ),
  cluster_name: textOption({}).describe("Value of the dimension cluster_name; else the cluster's configured name"),
  ...selection,
  ...quotaOptions(),
  dimensions: repeatedOption(
    { kind: 'rule', defaultText: LEVELS.map((level) => `${level}:${DEFAULT_DIMENSIONS[level]}`).join(' ') },
    (texts, complain) => {
      const { rules, problems } = readDimensionRules(texts ?? []);
      problems.forEach(complain);
      return rules;
    },
  ).describe(
    'Dimensions of a level, as `LEVEL:KEY,KEY`; once per level, at most 10. `label:KEY` is a stored label (`--store-label`), `*` the ' +
      "keys of a grouping. Rows that a rule does not tell apart become one series. A value's own labels always come on top",
  ),
  names: namesOption(),
  totals: choiceOption(['statistics', 'value'], { default: 'statistics' }).describe(
    '`statistics` sends totals with count, minimum and maximum of their pods: Sum is the total of the minute, Average is by pod; `value` ' +
      'sends the plain total, so that Average over any period is right, and it may be repeated after a doubtful failure',
  ),
  delivery: choiceOption(['at-least-once', 'at-most-once'], { default: 'at-least-once' }).describe(
    'After a failure that leaves open whether values were stored: `at-least-once` repeats single values (a copy leaves Average, Min and ' +
      'Max as they are, and doubles Sum and Count) but never statistics; `at-most-once` repeats nothing',
  ),
  endpoint: textOption({})
    .refine(serviceUrlProblem)
    .describe('URL in place of `https://REGION.monitoring.azure.com`, for other clouds and emulators'),
  compression: choiceOption(['gzip', 'none'], { default: 'gzip' }).describe('Compression of requests'),
  concurrency: wholeNumberOption({ default: 4, min: 1, max: 64 }).describe('Most requests at once'),
  request_timeout_sec: secondsOption({ default: 10, min: 1, max: 300 }).describe(
    'Longest time for one request; never beyond the export timeout',
  ),
  ...authOptions(['entra', 'bearer', 'none'], { byDefault: 'entra', scope: SCOPE }),
});

export type AzureMonitorOptions = z.output<typeof OPTIONS>;

/** Where requests go to. Call it after `checkOptions`. */
export function urlOf({ endpoint, region, resource_id: id }: AzureMonitorOptions): URL {
  const base = (endpoint ?? `https://${region}.monitoring.azure.com`).replace(/\/+$/, '');
  return new URL(`${base}${id.split('/').map(encodeURIComponent).join('/')}/metrics`);
}

/** Problems of the options together. */
export function checkOptions(options: AzureMonitorOptions, uri: ComponentUri): readonly string[] {
  if (options.endpoint === undefined && options.region === undefined) {
    return ['needs region=, that of the resource (az resource show --query location), or endpoint='];
  }
  const { protocol, host } = urlOf(options);
  return authProblems(
    { ...options, region: undefined, auth: authKindOf(options, uri, 'entra') },
    { ...uri, scheme: protocol.slice(0, -1), host },
    {
      shared: ['scope'],
    },
  );
}
