import { describe, expect, it } from 'vitest';
import { runKills } from '../reliability/kills.ts';

describe('a collector process under SIGKILL', () => {
  it('stores nothing twice, loses nothing that it told, and starts again from readable state', async () => {
    const toll = await runKills({ kills: 12, seed: 7 });

    expect(toll).toMatchObject({ kills: 12, twice: [], unfaithful: [], unreadable: [], missing: 0, waiting: 0 });
    expect(toll.inTick).toBeGreaterThan(5);
    expect(toll.reported).toBeGreaterThan(5);
    expect(toll.repeated).toBeGreaterThan(0);
  }, 180_000);
});
