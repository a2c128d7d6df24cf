import type { Clock } from '../core/clock.ts';
import { type Millis, SECOND, type UnixMillis } from '../core/units.ts';

export interface GuestSettings {
  /** Of the cluster, over all shards. */
  readonly requestsPerSecond: number;
  readonly bytesPerSecond: number;
  /** So many busy answers (429, 503) more than good ones, and nobody is asked any more in this tick. */
  readonly busyLimit: number;
  readonly clock: Clock;
}

/** How hard a cluster may be asked: a rate of requests and of bytes, and when to stop in a tick. One per cluster and process. */
export interface GuestRules {
  /** A tick begins, or goes on with another shard: `parallel` processes ask the same cluster at once and share its limits. */
  begin(timestamp: UnixMillis, parallel: number): void;
  /** How long `requests` of one of `parallel` processes take by the rate of requests alone, after a rest. */
  timeFor(requests: number, parallel: number): Millis;
  /** Waits for the turn of one more node; false if the signal aborted first. */
  admit(signal: AbortSignal): Promise<boolean>;
  /** Counts a request that was sent and the bytes that came back. Never waits: what is over is waited for by the next node. */
  spend(bytes: number): void;
  /** Counts an answer, busy or not. */
  observe(busy: boolean): void;
  /** True if the rest of this tick is not asked. */
  isStopped(): boolean;
}

/** After a rest, so many seconds' worth may come at once: a cluster of 1,000 nodes never waits with the defaults. */
const BURST_SECONDS = 2;

interface Bucket {
  left: number;
  at: UnixMillis;
}

export function createGuestRules({ requestsPerSecond, bytesPerSecond, busyLimit, clock }: GuestSettings): GuestRules {
  let share = 1;
  let tick: UnixMillis | undefined;
  let excess = 0;
  let stopped = false;
  /** Nodes that were let in and have not sent yet: their requests are paid. */
  let paid = 0;
  let queue: Promise<unknown> = Promise.resolve();
  const requests: Bucket = { left: requestsPerSecond * BURST_SECONDS, at: clock.now() };
  const bytes: Bucket = { left: bytesPerSecond * BURST_SECONDS, at: clock.now() };

  const fill = (bucket: Bucket, perSecond: number, now: UnixMillis): void => {
    const rate = perSecond / share;
    bucket.left = Math.min(rate * BURST_SECONDS, bucket.left + (Math.max(0, now - bucket.at) * rate) / SECOND);
    bucket.at = now;
  };
  /** Milliseconds until there is room; 0 = now. */
  const wait = (): number => {
    const now = clock.now();
    fill(requests, requestsPerSecond, now);
    fill(bytes, bytesPerSecond, now);
    const toRequest = ((1 - requests.left) * SECOND * share) / requestsPerSecond;
    const toBytes = bytes.left > 0 ? 0 : ((1 - bytes.left) * SECOND * share) / bytesPerSecond;
    return Math.ceil(Math.max(0, toRequest, toBytes));
  };
  const enter = (): true => {
    requests.left--;
    paid++;
    return true;
  };
  let waiting = 0;
  const turn = async (signal: AbortSignal): Promise<boolean> => {
    for (;;) {
      if (signal.aborted) return false;
      const left = wait();
      if (left === 0) return enter();
      await clock.sleep(left, signal);
    }
  };

  return {
    begin(timestamp, parallel) {
      share = Math.max(1, parallel);
      if (timestamp === tick) return;
      tick = timestamp;
      excess = 0;
      paid = 0;
      stopped = false;
    },
    timeFor: (asked, parallel) => Math.max(0, (asked * parallel) / requestsPerSecond - BURST_SECONDS) * SECOND,
    async admit(signal) {
      if (waiting === 0 && !signal.aborted && wait() === 0) return enter();
      // First come, first served; one that gives up passes its turn on.
      waiting++;
      const mine = queue.then(() => turn(signal));
      queue = mine;
      try {
        return await mine;
      } finally {
        waiting--;
      }
    },
    spend(count) {
      if (paid > 0) paid--;
      else requests.left--;
      bytes.left -= count;
    },
    observe(busy) {
      excess = Math.max(0, excess + (busy ? 1 : -1));
      if (excess >= busyLimit) stopped = true;
    },
    isStopped: () => stopped,
  };
}
