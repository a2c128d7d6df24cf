import { describe, expect, it } from 'vitest';
import { createCounterFile } from '../../../shared/app/counter-file.ts';
import { HOUR, MINUTE } from '../../../shared/core/units.ts';
import type { ShardNode } from '../../../shared/fanout/invoker.ts';
import type { NodeCounters } from '../../../shared/state/counters.ts';
import { createMemoryStore } from '../../../shared/state/memory.ts';
import type { ObjectStore } from '../../../shared/state/object-store.ts';

const T0 = Date.UTC(2026, 0, 1, 12);
const live = new AbortController().signal;

const node = (name: string): ShardNode => ({
  name,
  hostname: name,
  hostId: '',
  ready: true,
  labels: {},
  capacity: {},
  allocatable: {},
});

const counters = (name: string, stamp: number): NodeCounters => ({
  node: name,
  stamp,
  sysContainers: [],
  pods: [],
  containers: [],
  containerPods: [],
  columns: [],
});

async function save(
  store: ObjectStore,
  shard: string,
  tick: Parameters<ReturnType<typeof createCounterFile>['save']>[1],
  answered: readonly string[],
  inherit: readonly string[] = [],
): Promise<void> {
  const file = createCounterFile(store, { cluster: 'c', shard, inherit });
  expect(await file.load(live)).toEqual([]);
  const fresh = new Map(answered.map((name) => [name, counters(name, tick.timestamp)]));
  expect(await file.save(fresh, tick, live)).toEqual([]);
}

async function stampOf(store: ObjectStore, shard: string, name: string, inherit: readonly string[] = []) {
  const file = createCounterFile(store, { cluster: 'c', shard, inherit });
  await file.load(live);
  return file.of(name)?.stamp;
}

describe('a counter file', () => {
  it('keeps the samples of a node that is gone for an hour, for whichever shard it returns to', async () => {
    const store = createMemoryStore('memory:');
    await save(store, 's0', { timestamp: T0, nodes: [node('a'), node('b')] }, ['a', 'b']);
    const gone = [{ name: 'b', shown: true }];

    await save(store, 's0', { timestamp: T0 + MINUTE, nodes: [node('a')], gone }, ['a']);
    await save(store, 's0', { timestamp: T0 + 30 * MINUTE, nodes: [node('a')], gone }, ['a']);

    expect(await stampOf(store, 's0', 'b')).toBe(T0);
    expect(await stampOf(store, 's1', 'b', ['s0'])).toBe(T0);
    await save(store, 's0', { timestamp: T0 + HOUR + MINUTE, nodes: [node('a')], gone }, ['a']);
    expect(await stampOf(store, 's0', 'b')).toBeUndefined();
  });

  it('drops what belongs to no node of the shard any more', async () => {
    const store = createMemoryStore('memory:');
    await save(store, 's0', { timestamp: T0, nodes: [node('a'), node('b')] }, ['a', 'b']);

    await save(store, 's0', { timestamp: T0 + MINUTE, nodes: [node('a')] }, ['a']);

    expect(await stampOf(store, 's0', 'b')).toBeUndefined();
  });

  it('sets aside what it cannot read, says so, and writes over it', async () => {
    const store = createMemoryStore('memory:');
    await store.put('counters/c/s0', Buffer.from('{"version":9}'), { if: 'any' }, live);
    const file = createCounterFile(store, { cluster: 'c', shard: 's0', inherit: [] });

    const warnings = await file.load(live);
    const saved = await file.save(new Map([['a', counters('a', T0)]]), { timestamp: T0, nodes: [node('a')] }, live);

    expect(warnings).toEqual([expect.stringMatching(/counters\/c\/s0 set aside: .*rates start anew/)]);
    expect(saved).toEqual([]);
    expect(await stampOf(store, 's0', 'a')).toBe(T0);
    expect((await store.get('counters-set-aside/c/s0', live))?.body.toString()).toBe('{"version":9}');
  });

  it('does not write over what another run wrote since it read', async () => {
    const store = createMemoryStore('memory:');
    const slow = createCounterFile(store, { cluster: 'c', shard: 's0', inherit: [] });
    await slow.load(live);
    await save(store, 's0', { timestamp: T0 + MINUTE, nodes: [node('a')] }, ['a']);

    const warnings = await slow.save(new Map([['a', counters('a', T0)]]), { timestamp: T0, nodes: [node('a')] }, live);

    expect(warnings).toEqual([expect.stringMatching(/not saved: another run wrote them/)]);
    expect(await stampOf(store, 's0', 'a')).toBe(T0 + MINUTE);
  });
});
