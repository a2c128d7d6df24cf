import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLimiter } from '../../../shared/kube/limiter.ts';

const never = new AbortController().signal;

describe('createLimiter', () => {
  it('grants places in the order of asking', async () => {
    const limiter = createLimiter(1);
    const order: number[] = [];
    await limiter.acquire(never);
    const waiting = [1, 2, 3].map((n) => limiter.acquire(never).then(() => order.push(n)));

    for (const one of waiting) {
      limiter.release();
      await one;
    }

    expect(order).toEqual([1, 2, 3]);
    expect(limiter.peak()).toBe(1);
  });

  it('skips whoever gave up waiting', async () => {
    const limiter = createLimiter(1);
    const gone = new AbortController();
    await limiter.acquire(never);
    const first = limiter.acquire(gone.signal);
    const second = limiter.acquire(never);

    gone.abort();
    limiter.release();

    expect([await first, await second]).toEqual([false, true]);
  });

  it('gives no place to a signal that has aborted', async () => {
    const limiter = createLimiter(1);

    const granted = await limiter.acquire(AbortSignal.abort());

    expect(granted).toBe(false);
    expect(limiter.peak()).toBe(0);
  });

  it('never has more places taken than there are, and loses none', async () => {
    const step = fc.record({ giveUp: fc.boolean(), ticks: fc.integer({ min: 0, max: 3 }) });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 30 }), async (places, steps) => {
        const limiter = createLimiter(places);
        let taken = 0;
        let most = 0;
        const work = steps.map(async ({ giveUp, ticks }) => {
          const controller = new AbortController();
          const granted = limiter.acquire(controller.signal);
          if (giveUp) queueMicrotask(() => controller.abort());
          if (!(await granted)) return;
          most = Math.max(most, ++taken);
          for (let i = 0; i < ticks; i++) await Promise.resolve();
          taken--;
          limiter.release();
        });
        await Promise.all(work);

        expect(most).toBeLessThanOrEqual(places);
        expect(limiter.peak()).toBeLessThanOrEqual(places);
        for (let i = 0; i < places; i++) expect(await limiter.acquire(never)).toBe(true);
        expect(await Promise.race([limiter.acquire(never), Promise.resolve('full')])).toBe('full');
      }),
    );
  });
});
