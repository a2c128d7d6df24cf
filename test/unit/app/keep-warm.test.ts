import { describe, expect, it } from 'vitest';
import { keepWarm } from '../../../shared/app/keep-warm.ts';
import type { Runtime } from '../../../shared/app/runtime.ts';

/** A runtime that is told apart by its number alone. */
const runtime = (number: number): Runtime => ({ number }) as unknown as Runtime;

describe('a warm runtime', () => {
  it('is opened once for all calls, those beside each other too', async () => {
    let opened = 0;
    const get = keepWarm(async () => runtime(++opened));

    const [first, second] = await Promise.all([get(), get()]);

    expect(await get()).toBe(first);
    expect([second === first, opened]).toEqual([true, 1]);
  });

  it('is opened anew after an opening that failed, also one that threw at once', async () => {
    let tries = 0;
    const get = keepWarm(() => {
      tries++;
      if (tries === 1) throw new Error('at once');
      return tries === 2 ? Promise.reject(new Error('later')) : Promise.resolve(runtime(tries));
    });

    await expect(get()).rejects.toThrow('at once');
    await expect(get()).rejects.toThrow('later');
    expect(await get()).toEqual(runtime(3));
  });
});
