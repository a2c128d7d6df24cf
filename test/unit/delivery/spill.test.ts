import { describe, expect, it } from 'vitest';
import { SECOND } from '../../../shared/core/units.ts';
import { deliver, redeliver } from '../../../shared/delivery/deliver.ts';
import type { SinkReport } from '../../../shared/delivery/report.ts';
import type { EncodedRequest, SendOutcome } from '../../../shared/sinks/sink.ts';
import { batchOf, createFakeSink, type FakeSinkOptions } from './fake-sink.ts';
import { createVirtualTime } from './virtual-time.ts';

const DELIVERED: SendOutcome = { status: 'delivered' };
const DOWN: SendOutcome = { status: 'retryable', cause: new Error('refused'), ambiguous: false };
const LOST: SendOutcome = { status: 'retryable', cause: new Error('socket hang up'), ambiguous: true };

interface Run {
  readonly report: SinkReport;
  readonly kept: readonly EncodedRequest[];
}

async function run(points: number, options: FakeSinkOptions, room = Number.POSITIVE_INFINITY): Promise<Run> {
  const time = createVirtualTime();
  const sink = createFakeSink({ concurrency: 1, ...options });
  const kept: EncodedRequest[] = [];
  const spill = (request: EncodedRequest): boolean => kept.length < room && kept.push(request) > 0;
  using deadline = time.deadline(5 * SECOND);
  const deps = { deadline, clock: time.clock, random: () => 0.5, spill };
  const report = await time.run(deliver(sink, batchOf(points), deps));
  expect(report.encoded).toBe(report.delivered + report.rejected + report.dropped + report.spilled);
  return { report, kept };
}

function pointsOf(requests: readonly EncodedRequest[]): number {
  return requests.reduce((sum, request) => sum + request.points, 0);
}

describe('deliver with a spill', () => {
  it('spills what was not delivered, and what was never encoded before the deadline', async () => {
    const { report, kept } = await run(35, { send: async (_, __, call) => (call === 0 ? DELIVERED : DOWN) });

    expect(report).toMatchObject({ encoded: 35, delivered: 10, dropped: 0, spilled: 25 });
    expect(pointsOf(kept)).toBe(25);
    expect(report.problems[0]?.problem).toMatch(/not delivered by the deadline: refused|not sent before the deadline/);
  });

  it('drops what the spill has no room for', async () => {
    const { report, kept } = await run(45, { send: async () => DOWN }, 2);

    expect(report).toMatchObject({ encoded: 45, spilled: 20, dropped: 25 });
    expect(pointsOf(kept)).toBe(20);
  });

  it('spills after a doubt only what may be sent twice', async () => {
    const harmless = await run(10, { idempotent: true, send: async () => LOST });
    const harmful = await run(10, { idempotent: false, send: async () => LOST });

    expect(harmless.report).toMatchObject({ spilled: 10, dropped: 0 });
    expect(harmful.report).toMatchObject({ spilled: 0, dropped: 10 });
    expect(harmful.kept).toEqual([]);
  });

  it('spills a request that hangs at the deadline only if it may be sent twice', async () => {
    const hang = async (): Promise<SendOutcome> => await new Promise(() => {});
    const harmless = await run(10, { idempotent: true, send: hang });
    const harmful = await run(10, { idempotent: false, send: hang });

    expect([harmless.report.spilled, harmful.report.spilled, harmful.report.dropped]).toEqual([10, 0, 10]);
  });

  it('does not spill what was refused', async () => {
    const { report } = await run(10, { send: async () => ({ status: 'rejected', cause: new Error('no') }) });

    expect(report).toMatchObject({ rejected: 10, spilled: 0 });
  });
});

describe('redeliver', () => {
  it('sends kept requests in their order, and keeps again what is not taken', async () => {
    const time = createVirtualTime();
    const first = createFakeSink({ concurrency: 1, send: async () => DOWN });
    const kept: EncodedRequest[] = [];
    const keep = (into: EncodedRequest[]) => (request: EncodedRequest) => into.push(request) > 0;
    using deadline = time.deadline(SECOND);
    const deps = { clock: time.clock, random: () => 0.5 };
    await time.run(deliver(first, batchOf(30), { ...deps, deadline, spill: keep(kept) }));

    const second = createFakeSink({ concurrency: 1, send: async (_, __, call) => (call < 2 ? DELIVERED : DOWN) });
    const again: EncodedRequest[] = [];
    using later = time.deadline(SECOND);
    const report = await time.run(redeliver(second, kept, { ...deps, deadline: later, spill: keep(again) }));

    expect(second.sent.map(({ from }) => from).slice(0, 3)).toEqual([0, 10, 20]);
    expect(report).toMatchObject({ encoded: 30, delivered: 20, spilled: 10, dropped: 0 });
    expect(again).toEqual([kept[2]]);
  });
});
