import { describe, expect, it } from 'vitest';
import { awsMonthlyCost, TICKS_A_MONTH } from '../../../infra/cost/aws-cost.ts';
import { azureMonthlyCost } from '../../../infra/cost/azure-cost.ts';
import { seriesOfCluster, usualSize } from '../../../infra/cost/cluster-size.ts';
import { gcpMonthlyCost } from '../../../infra/cost/gcp-cost.ts';
import { readPrices } from '../../../infra/cost/prices.ts';
import { defaultDashboardTarget } from '../../../infra/dashboards/cloudwatch-target.ts';
import { DEFAULT_SERIES_EXAMPLE } from '../../../shared/sinks/cloudwatch/options.ts';

const USE = { series: 0, putSeries: 0, emfBytes: 0, shardSize: 100, ticks: TICKS_A_MONTH, alarms: 0 };

describe('the cost of a month', () => {
  it('counts the series that the sink says of itself', async () => {
    const { exports } = await defaultDashboardTarget();

    expect(seriesOfCluster(usualSize(DEFAULT_SERIES_EXAMPLE.nodes), exports)).toBe(DEFAULT_SERIES_EXAMPLE.series);
  });

  it.each([
    [100, 1, 1.1],
    [1_000, 11, 13],
    [5_000, 50, 58],
  ])('of the functions for %i nodes lies between %d and %d dollars', (nodes, least, most) => {
    const { functions } = awsMonthlyCost({ nodes }, USE, readPrices());

    expect(functions).toBeGreaterThan(least);
    expect(functions).toBeLessThan(most);
  });

  it.each([
    [10_000, 3_000],
    [10_001, 3_000.1],
    [250_000, 27_000],
    [1_000_000, 64_500],
    [1_000_100, 64_502],
  ])('of %i custom metrics is that of their tiers, $%d', (series, price) => {
    const requests = Math.max(0, TICKS_A_MONTH * Math.ceil(series / 1_000) - 1e6) * 1e-5;

    const { metrics } = awsMonthlyCost({ nodes: 10 }, { ...USE, series, putSeries: series }, readPrices());

    expect(metrics - requests).toBeCloseTo(price, 6);
  });

  it('falls with the number of ticks, and is the sum of its parts', () => {
    const every = awsMonthlyCost({ nodes: 100 }, USE, readPrices());
    const fifth = awsMonthlyCost({ nodes: 100 }, { ...USE, ticks: TICKS_A_MONTH / 5 }, readPrices());

    expect(fifth.total * 5).toBeCloseTo(every.total, 6);
    expect(every.functions + every.state + every.logs).toBeCloseTo(every.total, 6);
  });
});

describe('the cost of a month on Azure', () => {
  const ON_AZURE = { samples: 0, shardSize: 100, ticks: TICKS_A_MONTH, memory: 2 };

  it.each([
    // One run of at least a second of 2 GB a minute: 43,800 × 2 × $0.000026, and the executions.
    [10, 2.2776 + 0.01752],
    [100, 43_800 * 1.75 * 2 * 0.000026 + 0.01752],
    // Ten shards, two in an instance, the reduction, and the tick that waits for both.
    [1_000, 43_800 * (5 * 1.75 + 1 + 2.75) * 2 * 0.000026 + 12 * 0.01752],
  ])('is for %i nodes what its parts take', (nodes, dollars) => {
    expect(azureMonthlyCost({ nodes }, ON_AZURE, readPrices()).functions).toBeCloseTo(dollars, 6);
  });

  it('charges managed Prometheus by samples, $0.16 for 10 million', () => {
    const { metrics } = azureMonthlyCost({ nodes: 10 }, { ...ON_AZURE, samples: 1_000 }, readPrices());

    expect(metrics).toBeCloseTo(((TICKS_A_MONTH * 1_000) / 1e7) * 0.16, 9);
  });

  it('falls with memory and ticks, and is the sum of its parts', () => {
    const whole = azureMonthlyCost({ nodes: 1_000 }, ON_AZURE, readPrices());
    const small = azureMonthlyCost({ nodes: 1_000 }, { ...ON_AZURE, memory: 0.5 }, readPrices());
    const fifth = azureMonthlyCost({ nodes: 1_000 }, { ...ON_AZURE, ticks: TICKS_A_MONTH / 5 }, readPrices());

    expect(small.functions).toBeLessThan(whole.functions / 3);
    expect(fifth.total * 5).toBeCloseTo(whole.total, 6);
    expect(whole.functions + whole.state + whole.logs + whole.metrics).toBeCloseTo(whole.total, 9);
  });
});

describe('the cost of a month on Google Cloud', () => {
  const ON_GOOGLE = { points: 0, shardSize: 100, ticks: TICKS_A_MONTH };
  const SECOND = 0.000024 + 0.0000025;

  it.each([
    // A shard of 0.775 s, the tick that waits for it, and the reduction of half the memory.
    [10, (0.775 + 1.775) * SECOND + 0.000024 + 0.00000125, 3],
    [1_000, (10 * 1.75 + 2.75) * SECOND + 0.000024 + 0.00000125, 12],
  ])('is for %i nodes what its parts take', (nodes, tick, runs) => {
    const { functions } = gcpMonthlyCost({ nodes }, ON_GOOGLE, readPrices());

    expect(functions).toBeCloseTo(TICKS_A_MONTH * (tick + runs * 0.0000004) + 0.1, 6);
  });

  it('charges Cloud Monitoring by bytes beyond 150 MiB', () => {
    const few = gcpMonthlyCost({ nodes: 10 }, { ...ON_GOOGLE, points: 400 }, readPrices());
    const more = gcpMonthlyCost({ nodes: 10 }, { ...ON_GOOGLE, points: 3_000 }, readPrices());

    expect(few.metrics).toBe(0);
    expect(more.metrics).toBeCloseTo(((TICKS_A_MONTH * 3_000 * 8) / 1_048_576 - 150) * 0.258, 6);
  });

  it('is the sum of its parts', () => {
    const whole = gcpMonthlyCost({ nodes: 1_000 }, { ...ON_GOOGLE, points: 50_000 }, readPrices());

    expect(whole.functions + whole.state + whole.logs + whole.metrics).toBeCloseTo(whole.total, 9);
  });
});
