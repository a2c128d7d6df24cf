import type { BenchCase, CaseContext } from '../case.ts';
import { startCluster } from '../cluster.ts';
import { USUAL_SHAPE } from '../cluster-shape.ts';
import { type Contestant, type Entry, runContest } from '../contest.ts';
import { startDiscardServer } from '../discard-server.ts';
import { type Figure, fromSpread } from '../figure.ts';
import { FLOOR_IN_FLIGHT } from '../jobs/floor.ts';
import { shippedFlags } from '../shipped-flags.ts';
import { cloudWatch, influxDb, influxDbFields, NO_EXPORT, remoteWrite } from '../sinks.ts';
import { ratiosOf, spreadOf } from '../statistics.ts';

/** Heapster with its summary source and influxdb sink at 1,000 nodes, measured 2026-11 on two cores. */
const HEAPSTER = { cpu: 29, peakRssMegabytes: 4_800 } as const;
/** Budgets are for this many nodes. */
const BUDGET_NODES = 1_000;
const MEGA = 1_000_000;
/** The contestants that are ticks. */
const TICKS = ['no export', 'cloudwatch', 'influxdb', 'influxdb, fields', 'remote write'] as const;
/** Those that export every row of every level, value by value. */
const EVERY_ROW = ['influxdb', 'remote write'] as const;
/** The same values with those of an object in a line, as Heapster writes them with `withfields=true`. */
const FIELDS = 'influxdb, fields';

/** Whole warm ticks in one process, from the third on, against the floor P of the same run. */
export const wholeTick: BenchCase = {
  name: 'whole tick',
  covers: ['heapster', 'in flight'],
  async run(context) {
    const small = await tickAt(100, context);
    return context.quick ? small : [...small, ...(await tickAt(BUDGET_NODES, context))];
  },
};

async function tickAt(nodes: number, { quick, say }: CaseContext): Promise<readonly Figure[]> {
  const shape = { ...USUAL_SHAPE, nodes };
  say(`whole tick at ${nodes} nodes`);
  await using discard = await startDiscardServer();
  await using cluster = await startCluster(shape);
  const tick = (name: string, sink: string): Contestant => ({ name, job: 'tick', env: { HEAPLESS_SINK: sink } });
  const entries = await runContest({
    shape,
    cluster,
    contestants: [
      { name: 'floor', job: 'floor' },
      tick('no export', NO_EXPORT),
      tick('influxdb', influxDb(discard.url)),
      tick(FIELDS, influxDbFields(discard.url)),
      tick('remote write', remoteWrite(discard.url)),
      ...(nodes === BUDGET_NODES
        ? []
        : [{ name: 'pod lists', job: 'pods' } as const, tick('cloudwatch', cloudWatch(discard.url))]),
    ],
    warmups: 2,
    rounds: quick ? 2 : nodes < BUDGET_NODES ? 5 : 7,
    isWarm,
    execArgv: shippedFlags(),
  });
  for (const name of TICKS) for (const { seen } of entries.get(name)?.measures ?? []) checkWhole(name, seen);
  return figuresOf(nodes, (name) => {
    const entry = entries.get(name);
    if (entry === undefined) throw new RangeError(`no contestant ${name}`);
    return entry;
  });
}

/** A tick whose rates all had a sample before; what is no tick is warm. */
export function isWarm({ fallbacks = 0, planned = 0, answered = 0 }: Readonly<Record<string, number>>): boolean {
  return fallbacks === 0 && (planned === 0 || answered > 0);
}

/** A tick that lost something measures something else. */
export function checkWhole(name: string, seen: Readonly<Record<string, number>>): void {
  const { planned, answered, whole, encoded, delivered, faults, fallbacks } = seen;
  if (whole === 1 && answered === planned && encoded === delivered && faults === 0 && fallbacks === 0) return;
  throw new Error(`the tick "${name}" was not whole: ${JSON.stringify(seen)}`);
}

function figuresOf(nodes: number, entry: (name: string) => Entry): readonly Figure[] {
  const isBudget = nodes === BUDGET_NODES;
  const group = `whole tick, ${nodes} nodes`;
  const cpu = (name: string): readonly number[] => entry(name).measures.map((measure) => measure.cpuMillis);
  const last = (name: string): Readonly<Record<string, number>> => entry(name).measures.at(-1)?.seen ?? {};
  const against = (name: string): Pick<Figure, 'value' | 'between' | 'unit'> => ({
    unit: 'P',
    ...fromSpread(ratiosOf(cpu(name), cpu('floor'))),
  });
  const budget = (must: number, reach: number): Pick<Figure, 'must' | 'reach'> => (isBudget ? { must, reach } : {});
  const wall = (name: string): Pick<Figure, 'value' | 'between' | 'unit'> => ({
    unit: 's',
    ...fromSpread(spreadOf(entry(name).measures.map((measure) => measure.wallMillis)), 1_000),
  });
  const rss = (name: string): Pick<Figure, 'value' | 'unit'> => ({
    unit: 'MB',
    value: entry(name).peakRssBytes / MEGA,
  });
  const reports = (isBudget ? EVERY_ROW : TICKS).flatMap((name) => entry(name).cluster);
  const pods = reports.map(({ routes }) => routes.pods.bytes / routes.pods.plainBytes);
  const served = entry('floor').cluster.map((report, round) => report.cpuMillis / (cpu('floor')[round] ?? Number.NaN));
  const worst = (of: (name: string) => number): number => Math.max(...EVERY_ROW.map(of));
  const exported = (name: string): string => {
    const points = last(name)['delivered'] ?? 0;
    const { median } = spreadOf(cpu(name).map((millis, round) => millis - (cpu('no export')[round] ?? Number.NaN)));
    const rate = (points / median / 1_000).toFixed(2);
    return `${(points / MEGA).toFixed(2)} M points; ${rate} M per CPU-second beyond no export`;
  };
  const figures: readonly (Omit<Figure, 'group'> | undefined)[] = [
    {
      name: 'P per 1,000 nodes',
      unit: 'CPU-s',
      ...fromSpread(spreadOf(cpu('floor')), nodes),
      note: 'fetch and JSON.parse',
    },
    { name: 'CPU, no export', ...against('no export'), ...budget(1, 0.7), note: stagesNote(last('no export')) },
    ...(isBudget
      ? []
      : [
          { name: 'CPU, pod lists alone', ...against('pod lists'), note: 'node by node; a part of every tick' },
          {
            name: 'CPU, cloudwatch by default',
            ...against('cloudwatch'),
            note: `${last('cloudwatch')['encoded']} points`,
          },
        ]),
    ...EVERY_ROW.map((name) => ({
      name: `CPU, every row to ${name}`,
      ...against(name),
      ...budget(3, 2.3),
      note: exported(name),
    })),
    { name: `CPU, every row to ${FIELDS}`, ...against(FIELDS), note: exported(FIELDS) },
    { name: 'wall, no export', ...wall('no export') },
    ...EVERY_ROW.map((name) => ({ name: `wall, every row to ${name}`, ...wall(name) })),
    { name: 'peak RSS, floor', ...rss('floor') },
    { name: 'peak RSS, no export', ...rss('no export') },
    ...EVERY_ROW.map((name) => ({
      name: `peak RSS, every row to ${name}`,
      ...rss(name),
      ...budget(450, 250),
      note: 'third tick',
    })),
    isBudget
      ? {
          name: 'CPU ÷ Heapster',
          value: worst((name) => against(name).value) / HEAPSTER.cpu,
          unit: 'times',
          must: 0.12,
          reach: 0.08,
        }
      : undefined,
    isBudget
      ? {
          name: 'peak RSS ÷ Heapster',
          value: worst((name) => rss(name).value) / HEAPSTER.peakRssMegabytes,
          unit: 'times',
          must: 0.1,
          reach: 0.05,
        }
      : undefined,
    {
      name: 'most in flight at the API server',
      value: Math.max(...reports.map((report) => report.peakInFlight)),
      unit: 'count',
      must: FLOOR_IN_FLIGHT,
      note: 'counted by the server; bound --max-in-flight',
    },
    { name: 'pod lists, wire ÷ whole', unit: 'times', ...fromSpread(spreadOf(pods)), must: 0.1, reach: 0.03 },
    {
      name: "generator's CPU ÷ floor's",
      unit: '%',
      ...fromSpread(spreadOf(served), 0.01),
      note: 'it is not what is measured',
    },
  ];
  return figures.flatMap((figure) => (figure === undefined ? [] : [{ group, ...figure }]));
}

function stagesNote(seen: Readonly<Record<string, number>>): string {
  const points = `${((seen['points'] ?? 0) / MEGA).toFixed(2)} M points`;
  return `${points}; wall: fold of a shard ${seconds(seen['stage fold'])}, scrape ${seconds(seen['stage scrape'])}, lists ${seconds(seen['stage list'])}`;
}

function seconds(millis = Number.NaN): string {
  return `${(millis / 1_000).toFixed(2)} s`;
}
