import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDemoCluster } from '../../../functions/local/demo/demo-cluster.ts';
import { awsMonthlyCost, TICKS_A_MONTH } from '../../../infra/cost/aws-cost.ts';
import { usualSize } from '../../../infra/cost/cluster-size.ts';
import { emfBytes } from '../../../infra/cost/emf-bytes.ts';
import { readPrices } from '../../../infra/cost/prices.ts';
import { parseUri } from '../../../shared/config/uri.ts';
import { type Clock, systemClock } from '../../../shared/core/clock.ts';
import { MINUTE, SECOND } from '../../../shared/core/units.ts';
import { startInlineRuntime } from '../../support/inline-runtime.ts';

const NODES = 3;
const PODS = 20;
const OPTIONS = 'levels=node,pod,pod_container&metrics=cpu/*,memory/*,restart_count,uptime&names=heapster';

describe('the log of mode=emf', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'heapless-emf-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is about as large as the model says, by the value', async () => {
    let now = Math.floor(Date.now() / MINUTE) * MINUTE + SECOND;
    const clock: Clock = { now: () => now, sleep: systemClock.sleep };
    const cluster = await startDemoCluster({ nodes: NODES, podsPerNode: PODS, clock });
    try {
      const file = join(folder, 'lines');
      const uri = `cloudwatch:?mode=emf&file=${file}&${OPTIONS}`;
      const env = { HEAPLESS_SINK: uri, HEAPLESS_CLUSTER_NAME: 'payments-prod-eu-west-1' };
      await using runtime = await startInlineRuntime({ kubeconfig: cluster.kubeconfig(), env, clock });
      await runtime.tick(now);
      now += MINUTE;
      const before = (await readFile(file)).length;
      const report = await runtime.tick(now);
      const written = (await readFile(file)).length - before;
      const rows = { pod: report.rows['pod'] ?? 0, node: report.rows['node'] ?? 0 };

      const size = { ...usualSize(rows.node), podsPerNode: rows.pod / rows.node };
      const containersPerPod = (report.rows['pod_container'] ?? 0) / rows.pod;
      const modelled = (await emfBytes(parseUri(uri, {})))({ ...size, containersPerPod });

      // A model has every metric and long names; a real row lacks limits that nobody set.
      expect(report.sinks[0]).toMatchObject({ rejected: 0, dropped: 0 });
      expect(modelled / written).toBeGreaterThan(0.8);
      expect(modelled / written).toBeLessThan(1.6);
    } finally {
      await cluster.close();
    }
  });

  it('grows with the rows, and is nothing where metrics are put by calls', async () => {
    const lines = await emfBytes(parseUri('cloudwatch:?mode=emf&levels=node', {}));
    const calls = await emfBytes(parseUri('cloudwatch:?levels=node', {}));

    expect(lines(usualSize(1))).toBeGreaterThan(500);
    expect(lines(usualSize(50))).toBe(50 * lines(usualSize(1)));
    expect(calls(usualSize(50))).toBe(0);
  });

  it('is written in the words of Container Insights too', async () => {
    const lines = await emfBytes(parseUri('cloudwatch:?mode=emf&names=containerinsights', {}));

    expect(lines(usualSize(1))).toBeGreaterThan(0);
  });

  it('costs what CloudWatch Logs takes for a gigabyte, and no requests', () => {
    const prices = readPrices();
    const common = { series: 50_000, shardSize: 100, ticks: TICKS_A_MONTH, alarms: 0 };
    const put = awsMonthlyCost({ nodes: 10 }, { ...common, putSeries: 50_000, emfBytes: 0 }, prices);
    const written = awsMonthlyCost({ nodes: 10 }, { ...common, putSeries: 0, emfBytes: 1_000_000 }, prices);

    expect(written.logs - put.logs).toBeCloseTo(((TICKS_A_MONTH * 1e6) / 1e9) * 0.5, 9);
    expect(put.metrics - written.metrics).toBeCloseTo((TICKS_A_MONTH * 50 - 1e6) * 1e-5, 6);
    expect(written.total - put.total).toBeCloseTo(written.logs - put.logs - (put.metrics - written.metrics), 9);
  });
});
