import { setTimeout as sleep } from 'node:timers/promises';
import type { TickReport } from '../../shared/app/tick-report.ts';
import type { SinkReport } from '../../shared/delivery/report.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { type CollectorProcess, startCollector } from './collector-process.ts';
import { type KillWorld, LEASE, startKillWorld } from './kill-world.ts';
import type { Order } from './messages.ts';

/** What killing collectors came to. All lists of findings must be empty. */
export interface Toll {
  readonly kills: number;
  /** Kills that came before the tick had told its report. */
  readonly inTick: number;
  /** Ticks whose report was read. */
  readonly reported: number;
  /** Those of them that ran a minute again whose first run had died. */
  readonly repeated: number;
  /** Ticks of which a backend has something, though they never reported. */
  readonly orphans: number;
  readonly points: number;
  /** Points that CloudWatch has more than once. */
  readonly twice: readonly string[];
  /** Reported ticks of which Elasticsearch has not exactly what the report told. */
  readonly unfaithful: readonly string[];
  /** Warnings of state that could not be read or was put aside. */
  readonly unreadable: readonly string[];
  /** Points of CloudWatch that no report and no killed tick accounts for. */
  readonly missing: number;
  /** Points that wait at the end. */
  readonly waiting: number;
}

const BAD_STATE = /unreadable|set aside|put to|rates start anew/;
/** Ticks without faults at the end, so that everything that waits is sent. */
const LAST_TICKS = 3;

/**
 * Lets collectors tick over a `file:` store into two strict backends, kills them with SIGKILL at seeded random moments and
 * starts them again; then lets the last one tick in peace, and compares what it was told with what the backends have.
 */
export async function runKills({ kills, seed }: { readonly kills: number; readonly seed: number }): Promise<Toll> {
  await using world = await startKillWorld();
  const random = seededRandom(seed);
  const reports: TickReport[] = [];
  let inTick = 0;
  let again = false;
  let millis = 250;
  const peaceful = async (collector: CollectorProcess, order: Order): Promise<void> => {
    const started = performance.now();
    reports.push(...(await collector.tick(order).reports));
    millis = 0.8 * millis + 0.2 * (performance.now() - started);
  };
  for (let life = 0; life < kills; life++) {
    const collector = await startCollector(world.env);
    weather(world, random);
    // A platform that tries again begins with the minute of the run that died.
    if (again) await peaceful(collector, world.sameMinute());
    else if (random() < 0.5) await peaceful(collector, world.nextMinute());
    again = false;
    const doomed = collector.tick(world.nextMinute());
    await doomed.begun;
    let told = false;
    const ended = doomed.reports.then((more) => {
      reports.push(...more);
      told = true;
    });
    await Promise.race([sleep(random() * millis * 1.2), ended]);
    await Promise.all([collector.kill(), ended.catch(() => undefined)]);
    if (told) continue;
    inTick++;
    again = random() < 0.6;
    await sleep(LEASE);
  }
  world.search.failAlways(undefined);
  world.cloudwatch.failAlways(undefined);
  const last = await startCollector(world.env);
  for (let tick = 0; tick < LAST_TICKS; tick++) await peaceful(last, world.nextMinute());
  await last.close();
  return count(world, reports, { kills, inTick });
}

/** Sets what the backends do during one life. A fault that hides an answer is what makes copies. */
function weather({ search, cloudwatch }: KillWorld, random: () => number): void {
  const down = { kind: 'answer', answer: { status: 503 } } as const;
  search.failAlways(random() < 0.3 ? down : undefined);
  cloudwatch.failAlways(
    random() < 0.3 ? { kind: 'status', status: 503, name: 'ServiceUnavailable', message: 'down' } : undefined,
  );
  if (random() < 0.3) search.fail({ kind: 'reset', answered: random() < 0.5 });
  if (random() < 0.3) cloudwatch.fail({ kind: 'reset', afterStoring: random() < 0.5 });
}

function isRepeated({ warnings }: TickReport): boolean {
  return warnings.some((warning) => warning.startsWith('taken over from'));
}

function count(world: KillWorld, all: readonly TickReport[], { kills, inTick }: Pick<Toll, 'kills' | 'inTick'>): Toll {
  const reports = all.filter(({ status }) => status !== 'skipped');
  const found = world.found();
  const counted = world.counted();
  const sinkOf = (report: TickReport, name: string): SinkReport | undefined =>
    report.sinks.find(({ sink }) => sink === name);
  const unfaithful = reports.flatMap((report) => {
    const sink = sinkOf(report, 'elasticsearch');
    if (sink === undefined) return [`${report.timestamp}: ${report.status} ${report.reason ?? ''}`];
    const least = sink.encoded - sink.dropped - sink.rejected;
    const has = found.get(report.timestamp) ?? 0;
    // What was dropped after a doubt may be there all the same, and so may points of a run that died before this one.
    const isFaithful = has >= least && (isRepeated(report) || has <= sink.encoded);
    return isFaithful ? [] : [`${report.timestamp}: ${has} of ${least} to ${sink.encoded} points`];
  });
  const stamps = new Set(reports.map(({ timestamp }) => timestamp));
  const kept = [...counted.keys()].filter((id) => stamps.has(Number(id.split(' ', 1)[0]))).length;
  const least = reports.reduce((sum, report) => {
    const sink = sinkOf(report, 'cloudwatch');
    return sum + (sink?.encoded ?? 0) - (sink?.dropped ?? 0) - (sink?.rejected ?? 0);
  }, 0);
  // A doubtful request of a killed replay is given up and counted; the report that counted may have died with its process.
  const givenUp = reports.reduce((sum, report) => sum + (sinkOf(report, 'cloudwatch')?.backlog?.expired ?? 0), 0);
  return {
    kills,
    inTick,
    reported: reports.length,
    repeated: reports.filter(isRepeated).length,
    orphans: [...found.keys()].filter((stamp) => !stamps.has(stamp)).length,
    points: [...found.values()].reduce((sum, points) => sum + points, 0) + counted.size,
    twice: [...counted].flatMap(([id, times]) => (times > 1 ? [`${id}: ${times}`] : [])),
    unfaithful,
    unreadable: reports.flatMap(({ warnings }) => warnings.filter((warning) => BAD_STATE.test(warning))),
    missing: Math.max(0, least - givenUp - kept),
    waiting: all.at(-1)?.sinks.reduce((sum, { backlog }) => sum + (backlog?.waiting ?? 0), 0) ?? Number.NaN,
  };
}
