import { describe, expect, it } from 'vitest';
import { parseUri } from '../../../../shared/config/uri.ts';
import { systemClock } from '../../../../shared/core/clock.ts';
import { METRICS } from '../../../../shared/core/metrics.ts';
import { readDimensionRules } from '../../../../shared/sinks/azuremonitor/dimension-rules.ts';
import { DEFAULTS } from '../../../../shared/sinks/azuremonitor/options.ts';
import { openSink } from '../../../../shared/sinks/registry.ts';
import { selects } from '../../../../shared/sinks/selection.ts';

const ID = '/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c';

async function problemOf(options: string): Promise<string> {
  return await openSink(parseUri(`azuremonitor:?${options}`, {}), {
    clock: systemClock,
    notice: () => {},
    write: () => {},
  }).then(
    async (sink) => {
      await sink.close();
      return 'it opened';
    },
    (error: Error) => error.message,
  );
}

describe('azuremonitor: options', () => {
  it.each([
    ['region=westeurope', /resource_id: is required|resource_id is required/],
    [
      'region=westeurope&resource_id=/subscriptions/s/resourceGroups/g',
      /must be the id of an Azure resource.*no subscription or resource group/,
    ],
    [`resource_id=${ID}`, /needs region=.*az resource show/],
    [
      `resource_id=${ID}&region=West%20Europe`,
      /region must be the short name of a region, like westeurope, got "West Europe"/,
    ],
    [`resource_id=${ID}&region=westeurope&namespace=`, /namespace must have 1 to 242 characters/],
    [`resource_id=${ID}&region=westeurope&endpoint=ftp://x`, /endpoint must be an http/],
    [`resource_id=${ID}&endpoint=http://monitoring.example.org`, /needs https:\/\/, to keep the token secret/],
    [`resource_id=${ID}&region=westeurope&token=t&client_id=c`, /client_id has no effect with auth=bearer/],
    [
      `resource_id=${ID}&region=westeurope&dimensions=node:nodname`,
      /"nodname", which rows of level node do not have; did you mean "nodename"/,
    ],
  ])('refuses %s', async (options, problem) => {
    expect(await problemOf(options)).toMatch(problem);
  });

  it('opens with a resource and a region alone, asking nobody', async () => {
    expect(await problemOf(`resource_id=${ID}&region=westeurope`)).toBe('it opened');
  });

  it('stays far from 50,000 series with the default at 1,000 nodes, 200 namespaces and 100 groups', () => {
    const rows: Readonly<Record<string, number>> = { cluster: 1, namespace: 200, group: 100, node: 1_000 };
    const series = DEFAULTS.levels.flatMap((level) =>
      METRICS.filter((metric) => metric.levels.includes(level) && selects(DEFAULTS, metric)).map(
        () => rows[level] ?? 0,
      ),
    );

    expect(series.reduce((sum, count) => sum + count, 0)).toBeLessThan(10_000);
  });
});

describe('readDimensionRules', () => {
  it('keeps the default of levels without a rule, and knows stored labels', () => {
    const { rules, problems } = readDimensionRules(['pod:namespace_name,label:app', 'ns:namespace_name']);

    expect(problems).toEqual([]);
    expect(rules).toMatchObject({
      pod: ['namespace_name', 'app'],
      namespace: ['namespace_name'],
      node: ['cluster_name', 'nodename'],
    });
  });

  it.each([
    ['node', /must be LEVEL:KEY,KEY/],
    ['nodes:nodename', /unknown level "nodes"; did you mean "node"/],
    ['group:cluster_name', /must have grouping for group/],
    ['node:nodename,nodename', /has a key twice for node/],
    [
      `pod:${Array.from({ length: 11 }, (_, index) => `label:k${index}`).join(',')}`,
      /has 11 keys for pod; Azure Monitor takes 10/,
    ],
    ['cluster:label:app', /"label:app", which rows of level cluster do not have/],
  ])('refuses %s', (text, problem) => {
    expect(readDimensionRules([text]).problems.join('\n')).toMatch(problem);
  });

  it('refuses two rules for a level', () => {
    expect(readDimensionRules(['node:nodename', 'node:hostname']).problems).toEqual([
      'has two rules for node; each level takes one',
    ]);
  });
});
