import { describe, expect, it } from 'vitest';
import type { TickReport } from '../../shared/app/tick-report.ts';
import { type KafkaFault, startKafkaBroker } from '../sim/kafka-broker.ts';
import { type MonitoringFault, startMonitoringServer } from '../sim/monitoring-server.ts';
import { type RiemannFault, startRiemannServer } from '../sim/riemann-server.ts';
import { startMatrixWorld } from '../support/matrix-world.ts';
import { suffer, sumOf, toldBy } from '../support/suffer.ts';

const WHAT = 'levels=cluster,node,pod&metrics=memory/working_set,up,node/count';

/** Points become `kept`: they reach the backend in the end; or `refused`: counted as rejected, for nobody would take them later. */
type Fate = 'kept' | 'refused';

const TIMES = [
  { ticks: 1, once: true, when: 'one request' },
  { ticks: 5, once: false, when: 'five ticks' },
];

function withTimes<Fault>(faults: readonly (readonly [string, Fault, Fate, RegExp])[]) {
  return faults.flatMap(([what, fault, fate, told]) => TIMES.map((time) => ({ what, fault, fate, told, ...time })));
}

/** Points that were made, and of them what must be stored; everything else must have been told. */
function expectTold(
  reports: readonly TickReport[],
  name: string,
  { fate, told, once }: { readonly fate: Fate; readonly told: RegExp; readonly once: boolean },
): number {
  const rejected = sumOf(reports, name, (sink) => sink.rejected);
  const spilled = sumOf(reports, name, (sink) => sink.spilled);
  expect(sumOf(reports, name, (sink) => sink.dropped)).toBe(0);
  expect(rejected > 0).toBe(fate === 'refused');
  if (!once) expect(rejected + spilled).toBeGreaterThan(0);
  if (rejected + spilled > 0) expect(toldBy(reports, name)).toMatch(told);
  return sumOf(reports, name, (sink) => sink.encoded) - rejected;
}

const status = (code: number, message: string): MonitoringFault => ({ kind: 'status', code, message });

describe.concurrent('stackdriver meets', () => {
  it.each(
    withTimes<MonitoringFault>([
      ['unavailable', status(14, 'The service is currently unavailable'), 'kept', /unavailable/],
      ['internal', status(13, 'Internal error encountered'), 'kept', /internal/],
      ['quota', status(8, 'Quota exceeded'), 'kept', /no quota left/],
      ['forbidden', status(7, 'Permission denied'), 'refused', /roles\/monitoring\.metricWriter/],
      ['no login', status(16, 'Request had invalid credentials'), 'refused', /refuses the credentials/],
      ['no project', status(5, 'no such project'), 'refused', /does not know project acme/],
      ['hang', { kind: 'hang' }, 'kept', /by the deadline|fails/],
    ]),
  )(
    '$what for $when',
    async ({ fault, fate, told, ticks, once }) => {
      let now = (): number => Date.now();
      await using server = await startMonitoringServer({ now: () => now() });
      const uri = `stackdriver:?project=acme&use_new_resources=true&use_old_resources=false&endpoint=${encodeURIComponent(server.url)}&${WHAT}`;
      await using world = await startMatrixWorld(() => ({ HEAPLESS_SINK: `${uri} log:?${WHAT}` }));
      now = world.clock.now;
      if (once) server.fail(fault);
      else server.failAlways(fault);

      const reports = await suffer(world, 'stackdriver', { ticks, heal: server.recover });

      const stored = new Set(
        server.written.map(({ type, resource, resourceLabels, metricLabels, points }) =>
          JSON.stringify([type, resource, resourceLabels, metricLabels, points[0]?.end]),
        ),
      );
      expect(stored.size).toBe(expectTold(reports, 'stackdriver', { fate, told, once }));
    },
    60_000,
  );
});

describe.concurrent('kafka meets', () => {
  it.each(
    withTimes<KafkaFault>([
      ['a reset', 'reset', 'kept', /did not answer|by the deadline/],
      ['a hang', 'hang', 'kept', /by the deadline|did not answer/],
      ['no leader', { code: 6 }, 'kept', /NOT_LEADER|LEADER|by the deadline|fails/],
      ['too few replicas', { code: 19 }, 'kept', /NOT_ENOUGH_REPLICAS|fails|by the deadline/],
      ['no right', { code: 29 }, 'refused', /refuses the credentials or their rights/],
    ]),
  )(
    '$what for $when',
    async ({ fault, fate, told, ticks, once }) => {
      await using broker = await startKafkaBroker();
      const uri = `kafka:?brokers=${broker.address}&${WHAT}`;
      await using world = await startMatrixWorld(() => ({ HEAPLESS_SINK: `${uri} log:?${WHAT}` }));
      if (once) broker.fail(fault);
      else broker.failAlways(fault);

      const reports = await suffer(world, 'kafka', { ticks, heal: () => broker.failAlways(undefined) });

      const stored = new Set(broker.records.map(({ key, value }) => `${key} ${value}`));
      expect(stored.size).toBe(expectTold(reports, 'kafka', { fate, told, once }));
    },
    60_000,
  );
});

describe.concurrent('riemann meets', () => {
  it.each(
    withTimes<RiemannFault>([
      ['a reset', 'reset', 'kept', /did not answer|reset|by the deadline/],
      ['an answer that is lost', 'reset after', 'kept', /did not answer|reset|by the deadline/],
      ['a hang', 'hang', 'kept', /by the deadline|did not answer/],
      ['a closed connection', 'close', 'kept', /did not answer|closed|by the deadline/],
    ]),
  )(
    '$what for $when',
    async ({ fault, fate, told, ticks, once }) => {
      await using server = await startRiemannServer();
      const uri = `riemann:tcp://127.0.0.1:${server.port}?host=row&${WHAT}`;
      await using world = await startMatrixWorld(() => ({ HEAPLESS_SINK: `${uri} log:?${WHAT}` }));
      if (once) server.fail(fault);
      else server.failAlways(fault);

      const reports = await suffer(world, 'riemann', { ticks, heal: () => server.failAlways(undefined) });

      const stored = new Set(server.events.map((event) => JSON.stringify(event)));
      expect(stored.size).toBe(expectTold(reports, 'riemann', { fate, told, once }));
    },
    60_000,
  );
});
