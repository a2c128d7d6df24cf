import { describe, expect, it } from 'vitest';
import { SECOND } from '../../../shared/core/units.ts';
import { deliver } from '../../../shared/delivery/deliver.ts';
import type { SendOutcome } from '../../../shared/sinks/sink.ts';
import { batchOf, createFakeSink, type FakeSinkOptions } from './fake-sink.ts';
import { createVirtualTime } from './virtual-time.ts';

const DELIVERED: SendOutcome = { status: 'delivered' };
const PARTIAL: SendOutcome = { status: 'partial', rejected: 1, cause: new Error('one is bad') };
const REJECTED: SendOutcome = { status: 'rejected', cause: new Error('bad') };
const SPLIT: SendOutcome = { status: 'split', cause: new Error('too large') };
const DOWN: SendOutcome = { status: 'retryable', cause: new Error('refused'), ambiguous: false };

/** First points of the requests that were given back. */
async function released(points: number, send: FakeSinkOptions['send'], spills = false): Promise<readonly number[]> {
  const time = createVirtualTime();
  const begins: number[] = [];
  const sink = createFakeSink({ send, concurrency: 1, released: ({ from }) => begins.push(from) });
  using deadline = time.deadline(5 * SECOND);
  const spill = spills ? (): boolean => true : undefined;
  await time.run(deliver(sink, batchOf(points), { deadline, clock: time.clock, random: () => 0.5, spill }));
  return begins;
}

describe('deliver and the bytes of requests', () => {
  it('gives them back when the backend has taken the request, as a whole or in part', async () => {
    expect(await released(25, async (_, __, call) => (call === 1 ? PARTIAL : DELIVERED))).toEqual([0, 10, 20]);
  });

  it('gives them back once, behind the last half of a request that was divided', async () => {
    const sent: number[] = [];
    const begins = await released(10, async ({ from, to }) => {
      sent.push(to - from);
      return to - from > 3 ? SPLIT : DELIVERED;
    });

    expect(sent).toEqual([10, 5, 2, 3, 5, 2, 3]);
    expect(begins).toEqual([0]);
  });

  it('gives them back after a repeat that was taken', async () => {
    expect(await released(10, async (_, __, call) => (call === 0 ? DOWN : DELIVERED))).toEqual([0]);
  });

  it('keeps them of what was refused, as a whole or in one half', async () => {
    expect(await released(10, async () => REJECTED)).toEqual([]);
    expect(
      await released(10, async ({ from, to }) => (to - from > 5 ? SPLIT : from > 0 ? REJECTED : DELIVERED)),
    ).toEqual([]);
  });

  it('keeps them of what waits for a later tick', async () => {
    expect(await released(10, async () => DOWN, true)).toEqual([]);
  });

  it('keeps them of a request whose sink does not answer, as it may still read them', async () => {
    expect(await released(10, () => new Promise(() => {}))).toEqual([]);
  });

  it('keeps them when the sink breaks', async () => {
    expect(await released(10, () => Promise.reject(new Error('broken')))).toEqual([]);
  });
});
