import { describe, expect, it } from 'vitest';
import { rateWarning } from '../../../shared/app/rate-warning.ts';
import { systemClock } from '../../../shared/core/clock.ts';
import { SECOND } from '../../../shared/core/units.ts';
import type { ShardNode } from '../../../shared/fanout/invoker.ts';
import { createGuestRules } from '../../../shared/kube/guest-rules.ts';
import type { RightsRoute } from '../../../shared/kube/route-rights.ts';

interface Tick {
  readonly shards: number;
  readonly size?: number;
  readonly parallel?: number;
  readonly rate?: number;
  readonly route?: RightsRoute;
  readonly inline?: boolean;
}

function warningOf({ shards, size = 100, parallel = 1, rate = 500, route = 'proxy', inline = false }: Tick) {
  const guest = createGuestRules({ requestsPerSecond: rate, bytesPerSecond: 1e9, busyLimit: 50, clock: systemClock });
  const nodes = Array.from({ length: size }, () => ({}) as ShardNode);
  const requests = Array.from({ length: shards }, () => ({ nodes, parallel, route }));
  return rateWarning(requests, { source: { guest, startJitter: 2 * SECOND }, inline, scraping: 20 * SECOND });
}

describe('the warning of a limit that is too low', () => {
  it('says what it takes and what there is', () => {
    expect(warningOf({ shards: 50, parallel: 50 })).toBe(
      'max_requests_per_sec is too low for 5000 nodes: asking them takes 20 s, and scraping ends after 20 s; raise it',
    );
  });

  it('names the functions at once where shards wait for each other', () => {
    expect(warningOf({ shards: 60, parallel: 50, rate: 1_000 })).toContain('takes 20 s');
    expect(warningOf({ shards: 60, parallel: 50, rate: 1_000 })).toMatch(/; raise it, or HEAPLESS_SHARD_CONCURRENCY$/);
    expect(warningOf({ shards: 60, parallel: 60, rate: 1_000 })).toBeUndefined();
  });

  it('counts one list of pods where there is one for all', () => {
    expect(warningOf({ shards: 1, size: 1_000, rate: 50, inline: true })).toBeUndefined();
    expect(warningOf({ shards: 10, rate: 50, inline: true })).toBeUndefined();
    expect(warningOf({ shards: 11, rate: 60, inline: true })).toContain('takes 35 s');
  });

  it('is silent where the limit suffices, where nothing is asked, and of the Metrics API', () => {
    expect(warningOf({ shards: 40, parallel: 40 })).toBeUndefined();
    expect(warningOf({ shards: 0 })).toBeUndefined();
    expect(warningOf({ shards: 50, parallel: 50, rate: 1, route: 'metrics-api' })).toBeUndefined();
  });
});
