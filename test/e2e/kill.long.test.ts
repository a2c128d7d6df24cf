import { afterEach, describe, expect, it } from 'vitest';
import type { Runtime } from '../../shared/app/runtime.ts';
import type { TickReport } from '../../shared/app/tick-report.ts';
import { SECOND } from '../../shared/core/units.ts';
import { createMemoryStore } from '../../shared/state/memory.ts';
import { createMemoryBackend, type MemoryBackend, type MemoryBackendOptions } from '../support/memory-backend.ts';
import { createMortal, type Death } from '../support/mortal-runtime.ts';
import { startTickWorld, type TickWorld } from '../support/tick-world.ts';

let world: TickWorld | undefined;

afterEach(async () => {
  await world?.[Symbol.asyncDispose]();
  world = undefined;
});

const WHAT = { levels: ['cluster', 'node', 'pod'], metrics: ['cpu/usage_rate', 'memory/working_set', 'up'] } as const;
const TICK_SECONDS = 20;

interface Life {
  /** Stamp of the tick that was killed. */
  readonly killed: number;
  readonly backend: MemoryBackend;
  /** Reports of the ticks that lived. */
  readonly reports: readonly TickReport[];
}

interface Fate extends Omit<MemoryBackendOptions, 'levels' | 'metrics'> {
  readonly death: Death;
  /** The killed tick finds a sink that is down, after a tick that found the same. */
  readonly down: boolean;
  readonly ahead: boolean;
}

/** Two good ticks, one that is killed, the same minute again once its lease has ended, and two good ones. */
async function live(of: TickWorld, fate: Fate): Promise<Life & { readonly effects: number }> {
  const backend = createMemoryBackend({ ...WHAT, ...fate });
  const mortal = createMortal(fate.death);
  // The state outlives the processes, and its clock is that of the world: leases are measured on it.
  const store = createMemoryStore('memory:', of.clock);
  const withSink = (runtime: Runtime): Runtime => ({
    ...runtime,
    store,
    sinks: [backend.sink],
    config: {
      ...runtime.config,
      backlog: { ...runtime.config.backlog, ahead: fate.ahead ? [backend.sink.name] : [] },
    },
  });
  const reports: TickReport[] = [];
  const tick = async (): Promise<void> => {
    reports.push(await of.tick({ seconds: TICK_SECONDS, through: withSink }));
  };
  await tick();
  backend.always = fate.down ? 'down' : undefined;
  await tick();
  await of.abandon(mortal.died, {
    seconds: TICK_SECONDS,
    through: (runtime) => mortal.through(withSink(runtime)),
  });
  const killed = of.stamp;
  const effects = mortal.effects();
  backend.always = undefined;
  of.pass((TICK_SECONDS + 2) * SECOND);
  await tick();
  await tick();
  return { backend, reports, killed, effects };
}

function check({ backend, reports, killed }: Life, fate: Fate): void {
  const what = JSON.stringify(fate);
  const warnings = reports
    .flatMap((report) => report.warnings)
    .filter((warning) => /unreadable|set aside|put to/.test(warning));
  expect(warnings, what).toEqual([]);
  expect(reports.map(({ status }) => status).slice(-1), what).toEqual(['whole']);
  expect(reports.at(-1)?.sinks[0]?.backlog?.waiting, what).toBe(0);
  expect(backend.disordered, what).toEqual([]);
  if (!fate.idempotent) expect(Math.max(...backend.stored.values()), what).toBe(1);
  if (fate.ahead && fate.idempotent) {
    const pods = [...backend.stored.keys()].filter((id) => id.includes('/pod:') && id.endsWith(` @ ${killed}`));
    const usual = [...backend.stored.keys()].filter(
      (id) => id.includes('/pod:') && id.endsWith(` @ ${reports.at(-1)?.timestamp}`),
    );
    // Stored ahead, a shard's rows come whole or, if the process died before that, not at all.
    expect([0, usual.length], what).toContain(pods.length);
  }
  // What a tick that lived made has arrived, or was told as lost.
  const made = reports.reduce((sum, report) => sum + (report.sinks[0]?.encoded ?? 0), 0);
  const lost = reports.reduce((sum, report) => {
    const sink = report.sinks[0];
    return sum + (sink?.dropped ?? 0) + (sink?.rejected ?? 0) + (sink?.backlog?.expired ?? 0);
  }, 0);
  expect(backend.stored.size, what).toBeGreaterThanOrEqual(made - lost);
}

describe('a process that is killed', () => {
  const FATES = [true, false].flatMap((ordered) =>
    [true, false].flatMap((idempotent) =>
      [true, false].flatMap((down) => [true, false].map((ahead) => ({ ordered, idempotent, down, ahead }))),
    ),
  );

  it.each(FATES)(
    'at any of its effects exports no point twice, loses nothing it was told, and leaves a readable state: %o',
    async (kind) => {
      world = await startTickWorld({ cluster: { nodes: 2, podsPerNode: 2 }, env: {}, warm: true });
      const alive = await live(world, { ...kind, death: { at: Number.POSITIVE_INFINITY, after: false } });
      check(alive, { ...kind, death: { at: -1, after: false } });
      expect(alive.effects).toBeGreaterThan(7);

      for (let at = 0; at < alive.effects; at++) {
        for (const after of [false, true]) {
          const fate = { ...kind, death: { at, after } };
          check(await live(world, fate), fate);
        }
      }
    },
    120_000,
  );
});
