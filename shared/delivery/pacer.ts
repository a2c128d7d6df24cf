import type { Clock } from '../core/clock.ts';
import type { QuotaShare } from '../core/quota-share.ts';
import { MINUTE, type Millis, SECOND } from '../core/units.ts';
import { QUOTA_OPTION, type Quota, type QuotaKind, type SinkQuota } from '../sinks/quota.ts';
import type { EncodedRequest, Sink } from '../sinks/sink.ts';
import { type Bucket, type BucketSize, bucketSize, createBucket } from './bucket.ts';

type Sized = Pick<EncodedRequest, 'points' | 'bytes'>;

/** The pace of one export: it ends with `dispose`. */
export interface Pace extends Disposable {
  /** True if a request is larger than what may ever go at once: then its halves go one after the other. */
  exceeds(request: Sized): boolean;
  /** Takes what a request costs if it may start now, and says 0; else takes nothing and says in how many milliseconds it may. */
  take(request: Sized): Millis;
  /** Why a request found no room before the deadline, as a sentence. */
  readonly reason: string;
}

/** The pacers of all sinks that have a quota, for the life of a process. */
export interface Pacers {
  /** The pace of one export of a sink; undefined if it has no quota. Without a share it has the whole quota. */
  lease(sink: Sink, share: QuotaShare | undefined): Pace | undefined;
}

const COST: Readonly<Record<QuotaKind, (request: Sized) => number>> = {
  requests: () => 1,
  points: (request) => request.points,
  bytes: (request) => request.bytes,
};

const WINDOWS: ReadonlyMap<Millis, string> = new Map([
  [SECOND, 'a second'],
  [MINUTE, 'a minute'],
]);

interface Line {
  readonly cost: (request: Sized) => number;
  readonly whole: BucketSize;
  readonly bucket: Bucket;
}

type Lines = readonly Line[];

/**
 * Keeps exports within the quotas of their sinks. Exports that have the whole quota use one set of buckets; one with a share has
 * a set for itself, which the next may go on with: a process never has more of them than it had exports at once.
 */
export function createPacers(sinks: readonly Sink[], clock: Clock): Pacers {
  const leases = new Map<string, (share: QuotaShare | undefined) => Pace>();
  for (const { shown, limits } of sinks) {
    if (limits.quota !== undefined && !leases.has(shown)) leases.set(shown, createPacer(limits.quota, clock));
  }
  return { lease: (sink, share) => (sink.limits.quota === undefined ? undefined : leases.get(sink.shown)?.(share)) };
}

/** Gives out paces within one quota. */
export function createPacer(quota: SinkQuota, clock: Clock): (share: QuotaShare | undefined) => Pace {
  const kinds = Object.entries(quota) as [QuotaKind, Quota][];
  const reason = `not sent before the deadline: no room within the quota of ${kinds.map(quotaText).join(' and ')}`;
  const open = (): Lines =>
    kinds.map(([kind, limit]) => {
      const whole = bucketSize(limit);
      return { cost: COST[kind], whole, bucket: createBucket(whole, clock.now()) };
    });
  const common = open();
  for (const { bucket, whole } of common) bucket.resize(whole, 0, clock.now());
  const free: Lines[] = [];
  return (share) => {
    if (share === undefined) return createPace(common, reason, clock, () => {});
    const lines = free.pop() ?? open();
    for (const { bucket, whole } of lines) {
      const size = { perSecond: whole.perSecond * share.rate, burst: whole.burst * share.burst };
      bucket.resize(size, share.turn, clock.now());
    }
    return createPace(lines, reason, clock, () => void free.push(lines));
  };
}

function createPace(lines: Lines, reason: string, clock: Clock, end: () => void): Pace {
  return {
    reason,
    exceeds: (request) => lines.some(({ cost, bucket }) => cost(request) > Math.max(1, bucket.burst)),
    take(request) {
      const now = clock.now();
      let longest = 0;
      for (const { cost, bucket } of lines) longest = Math.max(longest, bucket.wait(cost(request), now));
      if (longest === 0) for (const { cost, bucket } of lines) bucket.take(cost(request));
      return longest;
    },
    [Symbol.dispose]: end,
  };
}

/** `500 requests a second (max_requests_per_sec)`. */
function quotaText([kind, { most, per }]: readonly [QuotaKind, Quota]): string {
  return `${most} ${kind} ${WINDOWS.get(per) ?? `in ${per / SECOND} s`} (${QUOTA_OPTION[kind]})`;
}
