import { describe, expect, it } from 'vitest';
import { SECOND } from '../../../shared/core/units.ts';
import { deliver } from '../../../shared/delivery/deliver.ts';
import type { SinkReport } from '../../../shared/delivery/report.ts';
import type { SendOutcome } from '../../../shared/sinks/sink.ts';
import { batchOf, createFakeSink, type FakeSink, type FakeSinkOptions } from './fake-sink.ts';
import { createVirtualTime, type VirtualTime } from './virtual-time.ts';

const DELIVERED: SendOutcome = { status: 'delivered' };
const THROTTLED: SendOutcome = { status: 'retryable', cause: new Error('slow down'), ambiguous: false };
const LOST: SendOutcome = { status: 'retryable', cause: new Error('socket hang up'), ambiguous: true };

interface Run {
  readonly sink: FakeSink;
  readonly time: VirtualTime;
  readonly report: SinkReport;
}

async function run(
  points: number,
  options: FakeSinkOptions,
  settings: { readonly seconds?: number; readonly time?: VirtualTime; readonly random?: number } = {},
): Promise<Run> {
  const time = settings.time ?? createVirtualTime();
  const sink = createFakeSink(options);
  using deadline = time.deadline((settings.seconds ?? 20) * SECOND);
  const random = (): number => settings.random ?? 0.5;
  const report = await time.run(deliver(sink, batchOf(points), { deadline, clock: time.clock, random }));
  expect(report.encoded).toBe(report.delivered + report.rejected + report.dropped);
  return { sink, time, report };
}

describe('deliver', () => {
  it('sends every request once and counts its points', async () => {
    const { sink, report } = await run(25, { send: async () => DELIVERED });

    expect(report).toMatchObject({ sink: 'fake', shown: 'fake:', encoded: 25, delivered: 25, requests: 3, retries: 0 });
    expect(sink.sent.map(({ from, to }) => [from, to])).toEqual([
      [0, 10],
      [10, 20],
      [20, 25],
    ]);
    expect(report.problems).toEqual([]);
  });

  it('sends nothing for an empty batch', async () => {
    const { report } = await run(0, { send: async () => DELIVERED });

    expect(report).toMatchObject({ encoded: 0, requests: 0, problems: [] });
  });

  it('counts what encode refuses, with its reason', async () => {
    const { report } = await run(25, { refused: 5, send: async () => DELIVERED });

    expect(report).toMatchObject({ encoded: 25, delivered: 20, rejected: 5 });
    expect(report.problems).toEqual([{ problem: 'not for us', points: 5 }]);
  });

  it('keeps as many requests in flight as the sink allows, and encodes no more ahead', async () => {
    const time = createVirtualTime();
    let inFlight = 0;
    let peak = 0;
    const { report } = await run(
      100,
      {
        concurrency: 3,
        send: async () => {
          peak = Math.max(peak, ++inFlight);
          await time.clock.sleep(SECOND);
          inFlight--;
          return DELIVERED;
        },
      },
      { time },
    );

    expect(peak).toBe(3);
    expect(report.millis).toBe(4 * SECOND);
  });

  it('repeats with full jitter under a doubling ceiling', async () => {
    const { report, time } = await run(10, { send: async (_, __, call) => (call < 3 ? THROTTLED : DELIVERED) });

    expect(report).toMatchObject({ delivered: 10, requests: 4, retries: 3, ambiguous: 0, problems: [] });
    expect(time.slept).toEqual([100, 200, 400]);
  });

  it('never repeats without a pause, whatever the dice say', async () => {
    const { time } = await run(10, { send: async (_, __, call) => (call < 2 ? THROTTLED : DELIVERED) }, { random: 0 });

    expect(time.slept).toEqual([10, 10]);
  });

  it('stops when the next attempt would start after the deadline', async () => {
    const { report, time } = await run(10, { send: async () => THROTTLED }, { seconds: 1 });

    expect(report).toMatchObject({ delivered: 0, dropped: 10, requests: 4 });
    expect(time.slept).toEqual([100, 200, 400]);
    expect(report.problems).toEqual([{ problem: 'not delivered by the deadline: slow down', points: 10 }]);
    expect(report.millis).toBeLessThan(SECOND);
  });

  it('waits as long as the backend asks, with all its workers', async () => {
    const times: number[] = [];
    const time = createVirtualTime();
    const begin = time.clock.now();
    const { report } = await run(
      40,
      {
        concurrency: 2,
        send: async (_, __, call) => {
          times.push(time.clock.now() - begin);
          return call === 0 ? { ...THROTTLED, retryAfter: 3 * SECOND } : DELIVERED;
        },
      },
      { time },
    );

    expect(report).toMatchObject({ delivered: 40, requests: 5, retries: 1 });
    expect(times[0]).toBe(0);
    expect(times.slice(2).every((at) => at >= 3 * SECOND)).toBe(true);
  });

  it('gives a request up at once when it is to wait past the deadline, and goes on with the others', async () => {
    const { report, time } = await run(20, {
      send: async (_, __, call) => (call === 0 ? { ...THROTTLED, retryAfter: 3_600 * SECOND } : DELIVERED),
    });

    expect(report).toMatchObject({ delivered: 10, dropped: 10, requests: 2, retries: 0 });
    expect(time.slept).toEqual([]);
    expect(report.problems[0]?.problem).toBe('asked to wait past the deadline: slow down');
  });

  it('does not repeat what may have been stored and would count twice', async () => {
    const { report } = await run(10, { idempotent: false, send: async () => LOST });

    expect(report).toMatchObject({ dropped: 10, ambiguous: 1, requests: 1, retries: 0 });
    expect(report.problems[0]?.problem).toMatch(/may have been stored.*socket hang up/);
  });

  it('repeats what may have been stored if a copy does no harm', async () => {
    const { report } = await run(10, { send: async (_, __, call) => (call === 0 ? LOST : DELIVERED) });

    expect(report).toMatchObject({ delivered: 10, ambiguous: 1, retries: 1 });
  });

  it('repeats a certain failure also of what would count twice', async () => {
    const { report } = await run(10, {
      idempotent: false,
      send: async (_, __, call) => (call === 0 ? THROTTLED : DELIVERED),
    });

    expect(report).toMatchObject({ delivered: 10, retries: 1 });
  });

  it('does not repeat a refusal', async () => {
    const { report } = await run(10, { send: async () => ({ status: 'rejected', cause: new Error('no rights') }) });

    expect(report).toMatchObject({ rejected: 10, requests: 1, problems: [{ problem: 'no rights', points: 10 }] });
  });

  it('counts the refused part of a partial success', async () => {
    const { report } = await run(10, {
      send: async () => ({ status: 'partial', rejected: 3, cause: new Error('old') }),
    });

    expect(report).toMatchObject({ delivered: 7, rejected: 3, problems: [{ problem: 'old', points: 3 }] });
  });

  it('does not believe a partial refusal of more points than it sent', async () => {
    const { report } = await run(10, { send: async () => ({ status: 'partial', rejected: 99, cause: 'x' }) });

    expect(report).toMatchObject({ encoded: 10, rejected: 10, delivered: 0 });
  });

  it.each([0, 1, 499, 998, 999])('finds the one bad point %i among 1000 by halves', async (bad) => {
    const { report } = await run(1_000, {
      perRequest: 1_000,
      send: async ({ from, to }) =>
        from <= bad && bad < to ? { status: 'split', cause: new Error('bad value') } : DELIVERED,
    });

    expect(report).toMatchObject({ delivered: 999, rejected: 1, retries: 0 });
    expect(report.requests).toBeLessThanOrEqual(21);
    expect(report.problems).toEqual([{ problem: 'bad value', points: 1 }]);
  });

  it('does not take a request apart that is bad throughout', async () => {
    const { report } = await run(1_000, {
      perRequest: 1_000,
      send: async () => ({ status: 'split', cause: new Error('all bad') }),
    });

    expect(report).toMatchObject({ delivered: 0, rejected: 1_000, problems: [{ problem: 'all bad', points: 1_000 }] });
    expect(report.requests).toBeLessThan(120);
  });

  it('abandons a send that ignores its signal, and drops what was never encoded', async () => {
    const { report, sink } = await run(100, { send: () => new Promise(() => {}) });

    expect(report).toMatchObject({ encoded: 100, dropped: 100, requests: 1, ambiguous: 1, millis: 20 * SECOND });
    expect(report.problems).toEqual([
      { problem: 'not encoded before the deadline', points: 90 },
      { problem: 'not answered by the deadline', points: 10 },
    ]);
    expect(sink.generatorEnded).toBe(true);
  });

  it('aborts the signal of what is in flight at the deadline', async () => {
    let reason: unknown;
    await run(10, {
      send: (_, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            reason = signal.reason;
            resolve(LOST);
          });
        }),
    });

    expect(reason).toMatchObject({ code: 'deadline_exceeded' });
  });

  it('does not even encode when the deadline has passed', async () => {
    const { report, sink } = await run(30, { send: async () => DELIVERED }, { seconds: 0 });

    expect(sink.encodings).toBe(0);
    expect(report).toMatchObject({ encoded: 30, dropped: 30, requests: 0 });
  });

  it('sends nothing after a back-off that reached the deadline', async () => {
    const time = createVirtualTime();
    const starts: number[] = [];
    const end = time.clock.now() + 5 * SECOND;
    await run(
      200,
      {
        concurrency: 4,
        send: async () => {
          starts.push(time.clock.now());
          await time.clock.sleep(700);
          return THROTTLED;
        },
      },
      { time, seconds: 5, random: 0.9 },
    );

    expect(Math.max(...starts)).toBeLessThan(end);
  });

  it('loses only the rest when encode breaks, and does not start it again', async () => {
    const { report, sink } = await run(50, { breaksAt: 2, concurrency: 3, send: async () => DELIVERED });

    expect(sink.encodings).toBe(1);
    expect(report).toMatchObject({ encoded: 50, delivered: 20, dropped: 30 });
    expect(report.problems).toEqual([{ problem: 'the sink broke while encoding: encoder fault', points: 30 }]);
  });

  it('loses only a request when send breaks its promise and throws', async () => {
    const { report } = await run(30, {
      send: async (_, __, call) => {
        if (call === 1) throw new TypeError('bug');
        return DELIVERED;
      },
    });

    expect(report).toMatchObject({ delivered: 20, dropped: 10, ambiguous: 1 });
    expect(report.problems).toEqual([{ problem: 'the sink broke while sending: bug', points: 10 }]);
  });

  it('survives a send that throws before it returns a promise', async () => {
    const { report } = await run(10, {
      send: () => {
        throw new Error('sync');
      },
    });

    expect(report).toMatchObject({ dropped: 10 });
  });

  it('shows at most ten problems, the costliest first', async () => {
    const { report } = await run(120, {
      perRequest: 1,
      send: async ({ from }) => ({ status: 'rejected', cause: new Error(`reason ${Math.floor(Math.sqrt(from))}`) }),
    });

    expect(report.problems.length).toBe(10);
    expect(report.problems[0]).toEqual({ problem: 'reason 10', points: 20 });
    expect(report.rejected).toBe(120);
  });
});
