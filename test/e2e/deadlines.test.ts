import { describe, expect, it } from 'vitest';
import type { Platform } from '../../shared/app/platform.ts';
import type { Runtime } from '../../shared/app/runtime.ts';
import type { TickReport } from '../../shared/app/tick-report.ts';
import { setAlarm } from '../../shared/core/clock.ts';
import { SECOND } from '../../shared/core/units.ts';
import type { Sink } from '../../shared/sinks/sink.ts';
import { createHangingStore, type StoreCall } from '../support/hanging-store.ts';
import { createMemoryBackend, type MemoryBackend } from '../support/memory-backend.ts';
import { startTickWorld } from '../support/tick-world.ts';

/** What the platform leaves for a tick. */
const SECONDS = 2;
const NEVER = Promise.withResolvers<never>().promise;
const WHAT = { levels: ['cluster', 'node', 'pod'], metrics: ['memory/working_set', 'up', 'heapless/ticks'] } as const;

interface Scene {
  /** Store calls that never end, in the last tick. */
  readonly store?: (call: StoreCall, nth: number) => boolean;
  readonly sink?: Partial<Sink>;
  /** The backend takes nothing in the ticks before; in the last one if `down`. */
  readonly before?: 'up' | 'down';
  readonly down?: boolean;
  readonly ordered?: boolean;
  readonly ahead?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly platform?: Partial<Platform>;
  readonly fault?: readonly [target: string, kind: 'hang' | 'lists_hang'];
}

interface Outcome {
  readonly report: TickReport;
  readonly backend: MemoryBackend;
  /** Another sink of the same tick, that is always well. */
  readonly other: MemoryBackend;
}

/**
 * Runs a tick in which something never ends, against a platform that kills it when its time is over: what is not back
 * by then has no report.
 */
async function play(scene: Scene): Promise<Outcome> {
  const options = { ...WHAT, ordered: scene.ordered ?? false, idempotent: true };
  const backend = createMemoryBackend({ ...options, name: 'sick' });
  const other = createMemoryBackend({ ...options, name: 'well', ordered: false });
  const world = await startTickWorld({
    env: { HEAPLESS_SCRAPE_TIMEOUT: '1s', HEAPLESS_NODE_TIMEOUT: '300ms', HEAPLESS_SHARD_SIZE: '2', ...scene.env },
    ...(scene.platform === undefined ? {} : { platform: scene.platform }),
  });
  try {
    const sinks = (more: Partial<Sink>): readonly Sink[] => [{ ...backend.sink, ...more } as Sink, other.sink as Sink];
    if (scene.before !== undefined) {
      backend.always = scene.before === 'down' ? 'down' : undefined;
      await world.tick({ through: (runtime) => ({ ...runtime, sinks: sinks({}) }) });
    }
    backend.always = scene.down === true ? 'down' : undefined;
    if (scene.fault !== undefined) world.cluster.setFault(scene.fault[0], { kind: scene.fault[1] });
    const { promise: killed, resolve: kill } = Promise.withResolvers<'killed'>();
    const calls = new Map<StoreCall, number>();
    const through = (runtime: Runtime): Runtime => {
      setAlarm(world.clock, SECONDS * SECOND, () => kill('killed'));
      const store = createHangingStore(runtime.store, (call) => {
        calls.set(call, (calls.get(call) ?? 0) + 1);
        return scene.store?.(call, calls.get(call) ?? 0) ?? false;
      });
      const backlog = { ...runtime.config.backlog, ahead: scene.ahead === true ? ['sick'] : [] };
      return { ...runtime, store, config: { ...runtime.config, backlog }, sinks: sinks(scene.sink ?? {}) };
    };
    const report = await Promise.race([world.tick({ seconds: SECONDS, through }), killed]);
    if (report === 'killed') throw new Error('the platform killed the tick');
    return { report, backend, other };
  } finally {
    await world[Symbol.asyncDispose]();
  }
}

function sinkOf(report: TickReport, name: string): TickReport['sinks'][number] {
  const sink = report.sinks.find((each) => each.sink === name);
  if (sink === undefined) throw new Error(`no sink ${name} in the report`);
  return sink;
}

/** Points that each of the two sinks wants of a tick: more than one of each node and pod that answered. */
function made({ report }: Outcome): number {
  const { encoded } = sinkOf(report, 'well');
  expect(encoded).toBeGreaterThan(report.nodes.answered * 5);
  return encoded;
}

/** Books of a report: every node and every point in one place. */
function expectBalanced({ report }: Outcome): void {
  const { planned, answered, failed, late } = report.nodes;
  expect(answered + failed + late).toBe(planned);
  for (const { encoded, delivered, rejected, dropped, spilled } of report.sinks)
    expect(delivered + rejected + dropped + spilled).toBe(encoded);
}

const begins =
  (...starts: readonly string[]) =>
  (call: StoreCall): boolean =>
    starts.some((start) => call.startsWith(start));

/** The second write of the claim releases it. */
const releases = (call: StoreCall, nth: number): boolean => call.startsWith('put claim/') && nth === 2;

describe.concurrent('a store that hangs costs no row:', () => {
  it.each<readonly [string, Scene, readonly RegExp[]]>([
    ['claim, read', { store: begins('get claim/') }, [/could not be claimed: .*no time is left/]],
    ['claim, written', { store: begins('put claim/') }, [/could not be claimed/]],
    ['claim, released', { store: releases }, [/claim was not released/]],
    ['plan, read', { store: begins('get plan/') }, [/shard plan plan\/world could not be read/]],
    ['plan, written', { store: begins('put plan/') }, [/shard plan plan\/world could not be stored/]],
    ['pace, read', { store: begins('get sinks/'), sink: { minInterval: 1 } }, [/sinks\/world could not be read/]],
    ['pace, written', { store: begins('put sinks/'), sink: { minInterval: 1 } }, [/sinks\/world could not be stored/]],
    ['counters, read', { store: begins('get counters/'), before: 'up' }, [/saved counters .* could not be read/]],
    ['counters, written', { store: begins('put counters/') }, [/counters .* not saved/]],
    ['series, read', { store: begins('get series/'), sink: { endsSeries: true } }, [/saved series .* could not be/]],
    ['series, written', { store: begins('put series/'), sink: { endsSeries: true } }, [/series .* not saved/]],
    ['backlog, listed', { store: begins('list backlog/') }, [/backlog could not be listed/]],
    [
      'everything',
      { store: () => true, sink: { endsSeries: true, minInterval: 1 } },
      [/could not be claimed/, /plan/, /sinks\//, /counters .* read/, /counters .* not saved/, /series .* not saved/],
    ],
  ])(
    '%s',
    async (_, scene, warnings) => {
      const outcome = await play(scene);

      expectBalanced(outcome);
      expect(outcome.report).toMatchObject({ status: 'whole', nodes: { planned: 3, answered: 3 } });
      for (const warning of warnings) expect(outcome.report.warnings.join('\n')).toMatch(warning);
      expect(sinkOf(outcome.report, 'sick').delivered).toBe(made(outcome));
    },
    30_000,
  );

  it('also with more nodes than may be asked at once', async () => {
    const scene = { store: begins('get counters/'), env: { HEAPLESS_MAX_IN_FLIGHT: '1', HEAPLESS_SHARD_SIZE: '10' } };

    const outcome = await play(scene);

    expect(outcome.report.nodes).toMatchObject({ planned: 3, answered: 3 });
  }, 30_000);
});

describe.concurrent('a hang in the way of a sink is told, costs no other sink anything, and loses nothing uncounted:', () => {
  it('the sink itself, whose points are kept', async () => {
    const outcome = await play({ sink: { send: () => NEVER } });

    const sick = sinkOf(outcome.report, 'sick');
    expectBalanced(outcome);
    expect(outcome.report.status).toBe('partial');
    expect(sick).toMatchObject({ delivered: 0, dropped: 0, spilled: sick.encoded });
    expect(sick.problems[0]?.problem).toMatch(/by the deadline|before the deadline/);
    expect(sinkOf(outcome.report, 'well').delivered).toBe(made(outcome));
  }, 30_000);

  it('a sink that waits at random for longer than there is', async () => {
    const outcome = await play({ sink: { initialDelay: 3_600_000 } });

    expectBalanced(outcome);
    expect(sinkOf(outcome.report, 'sick')).toMatchObject({ dropped: 0, rejected: 0 });
    expect(sinkOf(outcome.report, 'sick').spilled).toBeGreaterThan(0);
    expect(sinkOf(outcome.report, 'well').delivered).toBe(made(outcome));
  }, 30_000);

  it('the store that should keep what a sink does not take', async () => {
    const outcome = await play({ store: begins('put backlog/'), down: true });

    const sick = sinkOf(outcome.report, 'sick');
    expectBalanced(outcome);
    expect(sick).toMatchObject({ delivered: 0, spilled: 0, dropped: sick.encoded });
    expect(sick.problems.map(({ problem }) => problem).join()).toMatch(/could not be kept for later/);
    expect(outcome.report.nodes.answered).toBe(3);
    expect(sinkOf(outcome.report, 'well').delivered).toBe(made(outcome));
  }, 30_000);

  it('the store that has what waits', async () => {
    const outcome = await play({ store: begins('get backlog/'), before: 'down' });

    const sick = sinkOf(outcome.report, 'sick');
    expectBalanced(outcome);
    expect(sick.delivered).toBe(made(outcome));
    expect(sick.backlog?.waiting).toBeGreaterThan(0);
    expect(sick.problems.map(({ problem }) => problem).join()).toMatch(/backlog could not be read or written/);
  }, 30_000);

  it('the store that has what waits for a sink that wants order: what is new waits too', async () => {
    const outcome = await play({ store: begins('get backlog/'), before: 'down', ordered: true });

    const sick = sinkOf(outcome.report, 'sick');
    expectBalanced(outcome);
    expect(outcome.backend.disordered).toEqual([]);
    expect(sick.dropped).toBe(0);
    expect(sick.spilled).toBeGreaterThan(0);
    expect(sinkOf(outcome.report, 'well').delivered).toBe(made(outcome));
  }, 30_000);

  it('the store that should take what is not to be lost ahead', async () => {
    const outcome = await play({ store: begins('put backlog/'), ahead: true });

    const sick = sinkOf(outcome.report, 'sick');
    expectBalanced(outcome);
    expect(sick.delivered).toBe(made(outcome));
    expect(sick.problems.map(({ problem }) => problem).join()).toMatch(/without being stored ahead/);
  }, 30_000);

  it('the store that should forget what was stored ahead: it is looked for in the next tick', async () => {
    const outcome = await play({ store: begins('delete backlog/'), ahead: true });

    const sick = sinkOf(outcome.report, 'sick');
    expectBalanced(outcome);
    expect(sick.delivered).toBe(made(outcome));
    expect(sick.backlog?.waiting).toBeGreaterThan(0);
    expect(sick.problems.map(({ problem }) => problem).join()).toMatch(/could not be removed and waits/);
  }, 30_000);
});

describe.concurrent('a hang in the way of the cluster is told, and the tick’s own numbers still go out:', () => {
  it.each<readonly [string, Scene, Partial<TickReport>, RegExp]>([
    [
      'its kubeconfig',
      { platform: { readFile: () => NEVER } },
      { status: 'nothing' },
      /connecting to cluster world took longer than the time it had/,
    ],
    ['its lists', { fault: ['api', 'lists_hang'] }, { status: 'nothing' }, /nodes could not be listed \(timeout\)/],
    [
      'a shard elsewhere',
      { platform: { shardInvoker: { invoke: () => NEVER } } },
      { status: 'nothing', shards: { planned: 2, answered: 0 } },
      /was not back by the deadline of the tick/,
    ],
    [
      'the reduction elsewhere',
      { platform: { reducer: { reduce: () => NEVER } } },
      { status: 'partial', shards: { planned: 2, answered: 2 } },
      /the reduction took longer than the time it had/,
    ],
  ])(
    '%s',
    async (_, scene, expected, told) => {
      const outcome = await play(scene);

      expectBalanced(outcome);
      expect(outcome.report).toMatchObject(expected);
      expect([outcome.report.reason, ...outcome.report.warnings].join('\n')).toMatch(told);
      expect([...outcome.other.stored.keys()].some((id) => id.includes('heapless/ticks'))).toBe(true);
    },
    30_000,
  );

  it('a node', async () => {
    const outcome = await play({ fault: ['demo-node-1', 'hang'] });

    expectBalanced(outcome);
    expect(outcome.report.nodes).toMatchObject({ planned: 3, answered: 2, failed: 1, reasons: { timeout: 1 } });
    expect(sinkOf(outcome.report, 'sick').delivered).toBe(made(outcome));
  }, 30_000);

  it('a connection that hung does not stand in the way of the next tick', async () => {
    let reads = 0;
    const { readFile } = await import('node:fs/promises');
    const world = await startTickWorld({
      env: {},
      warm: true,
      platform: { readFile: async (path) => (reads++ === 0 ? NEVER : await readFile(path, 'utf8')) },
    });

    const first = await world.tick({ seconds: SECONDS });
    const second = await world.tick();

    await world[Symbol.asyncDispose]();
    expect([first.status, second.status]).toEqual(['nothing', 'whole']);
  }, 30_000);
});

describe('closing', () => {
  it('leaves a sink alone that cannot end', async () => {
    const world = await startTickWorld({ env: {} });
    const through = (runtime: Runtime): Runtime => {
      (runtime.sinks[0] as { close: () => Promise<void> }).close = () => NEVER;
      return runtime;
    };

    const report = await world.tick({ env: { HEAPLESS_SINK: 'log:' }, through });

    await world[Symbol.asyncDispose]();
    expect(report.status).toBe('whole');
  }, 30_000);
});
