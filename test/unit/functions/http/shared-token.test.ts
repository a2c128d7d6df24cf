import { describe, expect, it } from 'vitest';
import { createSharedToken } from '../../../../functions/http/shared-token.ts';
import type { Clock } from '../../../../shared/core/clock.ts';

const live = new AbortController().signal;

function startWorld(): { readonly clock: Clock; pass(millis: number): void } {
  let now = 1_000_000;
  return {
    clock: { now: () => now, sleep: async () => undefined },
    pass: (millis) => {
      now += millis;
    },
  };
}

describe('a shared token', () => {
  it('is asked for once by all who need it at the same moment, and again before it ends', async () => {
    const { clock, pass } = startWorld();
    let given = 0;
    const token = createSharedToken({
      clock,
      load: async () => ({ text: `t${++given}`, until: clock.now() + 600_000 }),
    });

    const together = await Promise.all([token(live), token(live), token(live)]);
    pass(479_000);
    const later = await token(live);
    pass(2_000);
    const next = await token(live);

    expect([together, later, next]).toEqual([['Bearer t1', 'Bearer t1', 'Bearer t1'], 'Bearer t1', 'Bearer t2']);
  });

  it('does not keep a failure', async () => {
    const { clock } = startWorld();
    let tries = 0;
    const token = createSharedToken({
      clock,
      load: async () => {
        if (++tries === 1) throw new Error('not yet');
        return { text: 'ours', until: clock.now() + 600_000 };
      },
    });

    await expect(token(live)).rejects.toThrow('not yet');
    expect(await token(live)).toBe('Bearer ours');
  });

  it('is waited for no longer than the caller has', async () => {
    const { clock } = startWorld();
    const token = createSharedToken({ clock, load: () => new Promise(() => undefined) });

    await expect(token(AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  });
});
