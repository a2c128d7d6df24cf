import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TickReport } from '../../shared/app/tick-report.ts';
import { type CustomMetricsServer, RESOURCE_ID, startCustomMetricsServer } from '../sim/custom-metrics-server.ts';
import type { AzureApp, TimerRun } from '../support/azure-stack.ts';
import { type AzureWorld, reportOf, startAzureWorld } from '../support/azure-world.ts';

const NODES = 3;

function sinkOf(server: CustomMetricsServer): Readonly<Record<string, string>> {
  const options = `resource_id=${RESOURCE_ID}&endpoint=${encodeURIComponent(server.url)}`;
  return { HEAPLESS_SINK: `azuremonitor:?${options}` };
}

describe('an app on Azure with azuremonitor:', () => {
  let world: AzureWorld;
  let allowed: CustomMetricsServer;
  let forbidden: CustomMetricsServer;
  let app: AzureApp;
  let report: TickReport;

  beforeAll(async () => {
    world = await startAzureWorld({ nodes: NODES, podsPerNode: 3 }, { HEAPLESS_SHARD_SIZE: '1' });
    const { metricsTokens } = world.stack.cloud;
    allowed = await startCustomMetricsServer({ publishers: metricsTokens });
    forbidden = await startCustomMetricsServer({ publishers: new Set(), readers: metricsTokens });
    app = await world.startApp(sinkOf(allowed));
    report = reportOf(await world.nextMinute(app));
  }, 120_000);

  afterAll(async () => {
    await allowed?.[Symbol.asyncDispose]();
    await forbidden?.[Symbol.asyncDispose]();
    await world?.[Symbol.asyncDispose]();
  }, 30_000);

  it('delivers with the identity of the app what the report says', () => {
    expect(report).toMatchObject({ status: 'whole', shards: { planned: NODES, answered: NODES } });
    expect(report.sinks).toMatchObject([{ sink: 'azuremonitor', rejected: 0, dropped: 0 }]);
    expect(allowed.refusals).toEqual([]);
    expect(allowed.stored.length).toBe(report.sinks[0]?.delivered);
  });

  it('puts the rows of shards and of totals under the same resource', () => {
    const named = (metric: string) => allowed.stored.filter((series) => series.metric === metric);

    expect(named('node/count').map(({ sum }) => sum)).toEqual([NODES]);
    expect(
      named('up')
        .map(({ dimensions }) => dimensions['nodename'])
        .sort(),
    ).toEqual(Array.from({ length: NODES }, (_, at) => `demo-node-${at + 1}`));
  });

  it('loses the minute loudly without the role, and says which', async () => {
    await using other = await world.startApp(sinkOf(forbidden));

    const run: TimerRun = await world.nextMinute(other);

    expect(run.error).toMatch(/^cluster demo: nothing for .*: no sink took anything$/);
    await expect
      .poll(() => JSON.stringify(other.events('tick').at(-1)), { timeout: 10_000 })
      .toContain('Monitoring Metrics Publisher');
    expect(forbidden.stored).toEqual([]);
  });
});
