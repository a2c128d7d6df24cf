import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../../shared/core/units.ts';
import { type ClaimResult, claimTick, type HeldClaim } from '../../../shared/state/claim.ts';
import { createMemoryStore } from '../../../shared/state/memory.ts';
import type { ObjectStore } from '../../../shared/state/object-store.ts';
import { createVirtualClock, type VirtualClock } from '../../support/state-clock.ts';

const T0 = Date.UTC(2026, 0, 1, 12, 0, 0);
const T1 = T0 + MINUTE;
const LEASE = 50 * SECOND;
const live = new AbortController().signal;

interface World {
  readonly store: ObjectStore;
  readonly clock: VirtualClock;
  claim(timestamp: number, holder: string, cluster?: string): Promise<ClaimResult>;
}

function world(given?: ObjectStore): World {
  const clock = createVirtualClock(T0);
  const store = given ?? createMemoryStore('memory:', clock);
  return {
    store,
    clock,
    claim: (timestamp, holder, cluster = 'prod') =>
      claimTick(store, { cluster, timestamp, holder, leaseUntil: clock.now() + LEASE, clock, signal: live }),
  };
}

function held(result: ClaimResult): HeldClaim {
  if (result.status !== 'claimed') throw new Error(`expected a claim, got ${JSON.stringify(result)}`);
  return result;
}

/** A store whose clock differs from the claimers'. */
function storeAhead(clock: VirtualClock, ahead: number): ObjectStore {
  return createMemoryStore('memory:', { now: () => clock.now() + ahead });
}

describe('claimTick and clocks', () => {
  it('measures a lease on the store’s clock: a claimer whose clock is an hour ahead takes nothing over', async () => {
    const clock = createVirtualClock(T0);
    const store = storeAhead(clock, 0);
    const fast = { ...clock, now: () => clock.now() + HOUR };
    await claimTick(store, { cluster: 'c', timestamp: T0, holder: 'a', leaseUntil: T0 + LEASE, clock, signal: live });

    const claim = {
      cluster: 'c',
      timestamp: T0,
      holder: 'b',
      leaseUntil: T0 + HOUR + LEASE,
      clock: fast,
      signal: live,
    };
    const early = await claimTick(store, claim);
    clock.advance(LEASE);
    const late = await claimTick(store, claim);

    expect(early).toMatchObject({ status: 'taken', by: 'a' });
    expect(late).toMatchObject({ status: 'claimed', takenOverFrom: 'a', skew: -HOUR });
  });

  it('measures a lease on our clock if the store answers from before it was written to', async () => {
    const clock = createVirtualClock(T0);
    const inner = storeAhead(clock, 0);
    const store: ObjectStore = {
      ...inner,
      async get(key, signal) {
        const object = await inner.get(key, signal);
        return object === undefined ? undefined : { ...object, servedAt: clock.now() - HOUR };
      },
    };
    const claim = { cluster: 'c', timestamp: T0, leaseUntil: T0 + LEASE, clock, signal: live };
    await claimTick(store, { ...claim, holder: 'a' });

    const early = await claimTick(store, { ...claim, holder: 'b' });
    clock.advance(LEASE);
    const late = await claimTick(store, { ...claim, holder: 'b', leaseUntil: T0 + 2 * LEASE });

    expect(early).toMatchObject({ status: 'taken', by: 'a' });
    expect(late).toMatchObject({ status: 'claimed', takenOverFrom: 'a' });
  });

  it('says how far the store’s clock is from ours', async () => {
    const clock = createVirtualClock(T0);
    const store = storeAhead(clock, 45 * SECOND);
    const claim = { cluster: 'c', holder: 'a', clock, signal: live };
    const first = held(await claimTick(store, { ...claim, timestamp: T0, leaseUntil: T0 + LEASE }));
    await first.release('whole', { backlog: false }, live);
    clock.advance(MINUTE);

    const second = held(await claimTick(store, { ...claim, timestamp: T1, leaseUntil: T1 + LEASE }));

    expect([first.skew, second.skew]).toEqual([undefined, 45 * SECOND]);
  });
});

describe('claimTick', () => {
  it('gives the first claimer the tick and tells the second who has it, and until when', async () => {
    const { claim } = world();

    const first = await claim(T0, 'a');
    const second = await claim(T0, 'b');

    expect(first).toMatchObject({ status: 'claimed', takenOverFrom: undefined, setAside: undefined });
    expect(second).toEqual({ status: 'taken', by: 'a', until: T0 + LEASE });
  });

  it('gives one of 8 claimers at once the tick', async () => {
    const { claim } = world();

    const results = await Promise.all(Array.from({ length: 8 }, (_, n) => claim(T0, `h${n}`)));

    expect(results.filter(({ status }) => status === 'claimed')).toHaveLength(1);
    expect(results.filter(({ status }) => status === 'taken')).toHaveLength(7);
  });

  it('gives one of 8 claimers with the same name the tick: a delivery repeated is another claimer', async () => {
    const { claim } = world();

    const results = await Promise.all(Array.from({ length: 8 }, () => claim(T0, 'same')));

    expect(results.filter(({ status }) => status === 'claimed')).toHaveLength(1);
  });

  it('gives one of 8 claimers a tick whose holder is gone', async () => {
    const { claim, clock } = world();
    await claim(T0, 'gone');
    clock.advance(LEASE);

    const results = await Promise.all(Array.from({ length: 8 }, (_, n) => claim(T0, `h${n}`)));

    expect(results.filter(({ status }) => status === 'claimed')).toHaveLength(1);
  });

  it('lets a tick that was released be done, whatever became of it', async () => {
    const { claim, clock } = world();
    expect(await held(await claim(T0, 'a')).release('failed', { backlog: false }, live)).toBe('released');

    const second = await claim(T0, 'b');
    clock.advance(HOUR);
    const later = await claim(T0, 'c');

    expect([second, later]).toEqual([
      { status: 'done', timestamp: T0 },
      { status: 'done', timestamp: T0 },
    ]);
  });

  it('gives the next tick once the one before was released', async () => {
    const { claim } = world();
    await held(await claim(T0, 'a')).release('exported', { backlog: false }, live);

    expect(await claim(T1, 'b')).toMatchObject({ status: 'claimed', takenOverFrom: undefined });
  });

  it('does not give the next tick while the one before is held', async () => {
    const { claim, clock } = world();
    await claim(T0, 'a');
    clock.advance(LEASE - 1);

    const early = await claim(T1, 'b');
    clock.advance(1);
    const late = await claim(T1, 'b');

    expect(early).toMatchObject({ status: 'taken', by: 'a' });
    expect(late).toMatchObject({ status: 'claimed', takenOverFrom: undefined });
  });

  it('lets another take over the same tick after the lease, and names the holder that is gone', async () => {
    const { claim, clock } = world();
    await claim(T0, 'a');
    clock.advance(LEASE);

    expect(await claim(T0, 'b')).toMatchObject({ status: 'claimed', takenOverFrom: 'a' });
  });

  it('does not let a late holder release what another has claimed since', async () => {
    const { claim, clock } = world();
    const late = held(await claim(T0, 'a'));
    clock.advance(LEASE);
    const taker = held(await claim(T0, 'b'));

    expect(await late.release('exported', { backlog: false }, live)).toBe('lost');
    expect(await claim(T0, 'c')).toMatchObject({ status: 'taken', by: 'b' });
    expect(await taker.release('exported', { backlog: false }, live)).toBe('released');
  });

  it('lets a late holder release what nobody has claimed since', async () => {
    const { claim, clock } = world();
    const late = held(await claim(T0, 'a'));
    clock.advance(HOUR);

    expect(await late.release('exported', { backlog: false }, live)).toBe('released');
    expect(await claim(T0, 'b')).toEqual({ status: 'done', timestamp: T0 });
  });

  it('never goes back: an earlier tick than the last one is done', async () => {
    const { claim, clock } = world();
    await claim(T1, 'a');
    clock.advance(HOUR);

    expect(await claim(T0, 'b')).toEqual({ status: 'done', timestamp: T1 });
  });

  it('keeps the clusters apart', async () => {
    const { claim } = world();
    await claim(T0, 'a', 'prod');

    expect((await claim(T0, 'b', 'arn:aws:eks:eu-west-1:1:cluster/prod')).status).toBe('claimed');
  });

  it.each([
    ['not JSON', Buffer.from([0xff, 0x00])],
    ['empty', Buffer.alloc(0)],
    ['JSON of another shape', Buffer.from('{"version":1,"timestamp":"soon"}')],
    ['JSON null', Buffer.from('null')],
  ])('sets an object aside that is %s, says so and claims', async (_, body) => {
    const { claim, store } = world();
    await store.put('claim/prod', body, { if: 'any' }, live);

    const result = held(await claim(T0, 'a'));

    expect(result.setAside).toMatch(/claim\/prod is not .*claim-set-aside\/prod/);
    expect((await store.get('claim-set-aside/prod', live))?.body).toEqual(body);
    expect(await claim(T0, 'b')).toMatchObject({ status: 'taken', by: 'a' });
  });

  it('sets a claim aside that a machine with a wrong clock made of a far future', async () => {
    const { claim, clock } = world();
    await claim(T0 + 48 * HOUR, 'wrong');
    clock.advance(LEASE);

    const result = held(await claim(T0, 'a'));

    expect(result.setAside).toMatch(/more than a day ahead/);
  });

  it('knows its own claim again when the answer to its write was lost', async () => {
    const inner = createMemoryStore('memory:');
    const { claim } = world(withLostAnswers(inner));

    const result = held(await claim(T0, 'a'));

    expect(await result.release('exported', { backlog: false }, live)).toBe('released');
    expect(await world(inner).claim(T0, 'b')).toEqual({ status: 'done', timestamp: T0 });
  });

  it('writes once to claim and once to release', async () => {
    const inner = createMemoryStore('memory:');
    let writes = 0;
    const counting: ObjectStore = {
      ...inner,
      put: (...call) => {
        writes++;
        return inner.put(...call);
      },
    };
    const { claim } = world(counting);
    await held(await claim(T0, 'a')).release('exported', { backlog: false }, live);
    await claim(T0, 'b');

    expect(writes).toBe(2);
  });

  it('throws what the store throws', async () => {
    const { store, clock } = world();
    const signal = AbortSignal.abort();

    const claiming = claimTick(store, { cluster: 'c', timestamp: T0, holder: 'a', leaseUntil: T1, clock, signal });

    await expect(claiming).rejects.toMatchObject({ code: 'state_aborted' });
  });
});

/** A store behind a client that repeats a write whose answer it did not get: the write is there, the answer is a conflict. */
function withLostAnswers(inner: ObjectStore): ObjectStore {
  return {
    ...inner,
    put: async (...call) => {
      const outcome = await inner.put(...call);
      return outcome.status === 'stored' ? { status: 'conflict' } : outcome;
    },
  };
}
