import { afterEach, describe, expect, it } from 'vitest';
import type { Runtime } from '../../shared/app/runtime.ts';
import type { TickReport } from '../../shared/app/tick-report.ts';
import { MINUTE, SECOND } from '../../shared/core/units.ts';
import type { SinkReport } from '../../shared/delivery/report.ts';
import type { Sink } from '../../shared/sinks/sink.ts';
import { createMemoryStore } from '../../shared/state/memory.ts';
import { createFaultyStore } from '../support/faulty-store.ts';
import { createMemoryBackend, type MemoryRequest } from '../support/memory-backend.ts';
import { createMortal } from '../support/mortal-runtime.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { startTickWorld, type TickWorld } from '../support/tick-world.ts';

/** Ticks of a day; `HEAPLESS_MODEL_TICKS=1440` runs all of them. */
const TICKS = Number(process.env['HEAPLESS_MODEL_TICKS'] ?? 120);
const SEEDS = (process.env['HEAPLESS_MODEL_SEEDS'] ?? '1,2,3').split(',').map(Number);

const WHAT = { levels: ['cluster', 'node', 'pod'], metrics: ['memory/working_set', 'up', 'node/count'] } as const;
const TICK_SECONDS = 15;

interface Weather {
  readonly ordered: boolean;
  readonly idempotent: boolean;
  /** Whether the store fails and processes are killed, too. */
  readonly storms: boolean;
  readonly seed: number;
}

interface Books {
  readonly reports: TickReport[];
  /** Points that `encode` made, by whether the run that made them lived to its report. */
  readonly made: Set<string>;
  readonly orphaned: Set<string>;
  readonly backend: ReturnType<typeof createMemoryBackend>;
  readonly refused: number;
  readonly killed: number;
}

let world: TickWorld | undefined;

afterEach(async () => {
  await world?.[Symbol.asyncDispose]();
  world = undefined;
});

function sinkOf(report: TickReport): SinkReport | undefined {
  return report.sinks[0];
}

const sum = (reports: readonly TickReport[], of: (sink: SinkReport) => number): number =>
  reports.reduce((total, report) => total + (sinkOf(report) === undefined ? 0 : of(sinkOf(report) as SinkReport)), 0);

/** A day in which outages, doubts, refusals, dead nodes, missed and doubled ticks come and go; then an hour of sun. */
async function liveThrough(weather: Weather): Promise<Books> {
  const random = seededRandom(weather.seed);
  const chance = (share: number): boolean => random() < share;
  const backend = createMemoryBackend({ ...WHAT, ...weather, perRequest: 8 });
  const it = await startTickWorld({ cluster: { nodes: 3, podsPerNode: 2, seed: weather.seed }, env: {}, warm: true });
  world = it;
  const memory = createMemoryStore('memory:', it.clock);
  let stormy = false;
  const store = createFaultyStore(memory, () =>
    stormy && chance(0.02) ? (chance(0.5) ? 'fails' : 'fails after') : 'fine',
  );
  const books = {
    reports: [] as TickReport[],
    made: new Set<string>(),
    orphaned: new Set<string>(),
    killed: 0,
    backend,
    refused: 0,
  };
  const sinkInto = (made: Set<string>): Sink<MemoryRequest> => ({
    ...backend.sink,
    *encode(batch, reject) {
      for (const request of backend.sink.encode(batch, reject)) {
        for (const id of request.ids) made.add(id);
        yield request;
      }
    },
    async send(request, signal) {
      if (sunny) return await backend.sink.send(request, signal);
      if (chance(0.03)) backend.script.push(chance(0.5) ? 'lost' : 'lost before');
      else if (chance(0.005)) {
        backend.script.push('refuse');
        // A copy that came before it, and whose answer was lost, stays stored.
        books.refused += request.ids.filter((id) => !backend.stored.has(id)).length;
      }
      return await backend.sink.send(request, signal);
    },
  });
  let sunny = false;
  const through =
    (made: Set<string>) =>
    (runtime: Runtime): Runtime => ({ ...runtime, store, sinks: [sinkInto(made)] });
  let outage = 0;
  for (let minute = 0; minute < TICKS + 60; minute++) {
    sunny = minute >= TICKS;
    stormy = weather.storms && !sunny;
    outage = sunny ? 0 : outage > 0 ? outage - 1 : chance(0.04) ? Math.ceil(random() * 12) : 0;
    backend.always = outage > 0 ? 'down' : undefined;
    it.cluster.setFault('demo-node-1', !sunny && chance(0.1) ? { kind: 'refuse' } : undefined);
    if (!sunny && chance(0.03)) it.pass(MINUTE * Math.ceil(random() * 3));
    if (stormy && chance(0.05)) {
      const mortal = createMortal({ at: Math.floor(random() * 12), after: chance(0.5) });
      const doomed = through(books.orphaned);
      await it.abandon(mortal.died, { seconds: TICK_SECONDS, through: (runtime) => mortal.through(doomed(runtime)) });
      books.killed++;
      it.pass((TICK_SECONDS + 1) * SECOND);
    } else {
      books.reports.push(await it.tick({ seconds: TICK_SECONDS, through: through(books.made) }));
    }
  }
  return books;
}

describe('a day of ticks', () => {
  it.each(
    SEEDS.flatMap((seed) =>
      [true, false].flatMap((ordered) => [true, false].map((idempotent) => ({ seed, ordered, idempotent }))),
    ),
  )(
    'accounts for every point, stores none twice that must not be, and leaves nothing behind: %o',
    async (kind) => {
      const { reports, made, backend, refused } = await liveThrough({ ...kind, storms: false });

      const lost = sum(
        reports,
        ({ rejected, dropped, backlog }) => rejected + dropped + (backlog?.rejected ?? 0) + (backlog?.expired ?? 0),
      );
      const stored = [...backend.stored.keys()];
      const missing = [...made].filter((id) => !backend.stored.has(id)).length;
      expect(stored.every((id) => made.has(id))).toBe(true);
      expect(sum(reports, ({ encoded }) => encoded)).toBe(made.size);
      expect(reports.at(-1)?.sinks[0]?.backlog?.waiting).toBe(0);
      expect(backend.disordered).toEqual([]);
      // A doubtful request that was stored counts as dropped, so that books may show more losses than there are.
      expect(missing).toBeLessThanOrEqual(lost);
      expect(missing).toBeGreaterThanOrEqual(refused);
      if (kind.idempotent) expect(missing).toBe(refused);
      else expect(Math.max(...backend.stored.values())).toBe(1);
      expect(sum(reports, ({ spilled }) => spilled)).toBeGreaterThan(0);
    },
    120_000,
  );

  it.each(SEEDS.map((seed) => ({ seed, ordered: false, idempotent: false })))(
    'also when processes are killed and the store fails: %o',
    async (kind) => {
      const { reports, made, orphaned, backend, killed } = await liveThrough({ ...kind, storms: true });

      const lost = sum(
        reports,
        ({ rejected, dropped, backlog }) => rejected + dropped + (backlog?.rejected ?? 0) + (backlog?.expired ?? 0),
      );
      const missing = [...made].filter((id) => !backend.stored.has(id) && !orphaned.has(id)).length;
      expect([...backend.stored.keys()].every((id) => made.has(id) || orphaned.has(id))).toBe(true);
      expect(Math.max(...backend.stored.values())).toBe(1);
      expect(missing).toBeLessThanOrEqual(lost);
      expect(reports.at(-1)?.sinks[0]?.backlog?.waiting).toBe(0);
      expect(killed).toBeGreaterThan(0);
    },
    120_000,
  );
});
