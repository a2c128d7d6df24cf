import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../shared/core/clock.ts';
import { createGuestRules } from '../../../shared/kube/guest-rules.ts';

const NEVER = new AbortController().signal;

/** A clock that moves when somebody sleeps. */
function sleepyClock(): Clock & { readonly slept: () => number } {
  let now = 1_000_000;
  const start = now;
  return {
    now: () => now,
    async sleep(duration) {
      now += duration;
    },
    slept: () => now - start,
  };
}

function rulesWith(settings: { readonly requests?: number; readonly bytes?: number; readonly busy?: number }) {
  const clock = sleepyClock();
  const { requests = 1_000_000, bytes = 1e12, busy = 3 } = settings;
  const rules = createGuestRules({ requestsPerSecond: requests, bytesPerSecond: bytes, busyLimit: busy, clock });
  return { clock, rules };
}

async function ask(rules: ReturnType<typeof rulesWith>['rules'], times: number, bytes: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    expect(await rules.admit(NEVER)).toBe(true);
    rules.spend(bytes);
  }
}

describe('guest rules', () => {
  it('let two seconds of requests through at once, and then the rate', async () => {
    const { clock, rules } = rulesWith({ requests: 10 });
    await ask(rules, 20, 0);
    expect(clock.slept()).toBe(0);
    await ask(rules, 30, 0);
    expect(clock.slept()).toBe(3_000);
  });

  it('never make a cluster of 1,000 nodes wait with the defaults', async () => {
    const { clock, rules } = rulesWith({ requests: 1_000, bytes: 100_000_000, busy: 50 });
    rules.begin(1, 1);
    await ask(rules, 1_000, 165_000);
    expect(clock.slept()).toBe(0);
  });

  it('say how long requests take by their share of the rate', async () => {
    const { clock, rules } = rulesWith({ requests: 100 });
    rules.begin(60_000, 10);
    await ask(rules, 60, 0);

    expect(rules.timeFor(60, 10)).toBe(4_000);
    expect(clock.slept()).toBe(4_000);
    expect(rules.timeFor(20, 10)).toBe(0);
  });

  it('wait until the bytes that came are paid', async () => {
    const { clock, rules } = rulesWith({ bytes: 1_000 });
    await ask(rules, 1, 5_000);
    await ask(rules, 1, 0);
    expect(clock.slept()).toBeGreaterThanOrEqual(3_000);
    expect(clock.slept()).toBeLessThan(3_010);
  });

  it('count requests that nobody was let in for: lists and repetitions', async () => {
    const { clock, rules } = rulesWith({ requests: 10 });
    for (let i = 0; i < 20; i++) rules.spend(0);
    await ask(rules, 1, 0);
    expect(clock.slept()).toBe(100);
  });

  it('let in one after the other, in the order of asking', async () => {
    const { clock, rules } = rulesWith({ requests: 2 });
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 8 }, async (_none, index) => {
        await rules.admit(NEVER);
        order.push(index);
      }),
    );
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(clock.slept()).toBe(2_000);
  });

  it('divide the limits by the shards that run at once', async () => {
    const { clock, rules } = rulesWith({ requests: 10 });
    rules.begin(1, 5);
    await ask(rules, 4, 0);
    expect(clock.slept()).toBe(0);
    await ask(rules, 2, 0);
    expect(clock.slept()).toBe(1_000);
  });

  it('let nobody in whose time is over, and the next one still', async () => {
    const { rules } = rulesWith({});
    expect(await rules.admit(AbortSignal.abort())).toBe(false);
    expect(await rules.admit(NEVER)).toBe(true);
  });

  it('stop when busy answers outnumber good ones by the limit, until the next tick', () => {
    const { rules } = rulesWith({ busy: 3 });
    rules.begin(60_000, 1);
    for (const busy of [true, true, false, true]) rules.observe(busy);
    expect(rules.isStopped()).toBe(false);
    rules.observe(true);
    expect(rules.isStopped()).toBe(true);
    for (let i = 0; i < 10; i++) rules.observe(false);
    rules.begin(60_000, 1);
    expect(rules.isStopped()).toBe(true);
    rules.begin(120_000, 1);
    expect(rules.isStopped()).toBe(false);
  });

  it('do not stop for a few busy nodes among many good ones', () => {
    const { rules } = rulesWith({ busy: 50 });
    rules.begin(60_000, 1);
    for (let i = 0; i < 5_000; i++) rules.observe(i % 3 === 0);
    expect(rules.isStopped()).toBe(false);
  });
});
