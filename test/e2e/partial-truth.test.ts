import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { TickReport } from '../../shared/app/tick-report.ts';
import { startTickWorld, type TickWorld } from '../support/tick-world.ts';

/** A row as `log:?format=json` writes it. */
interface Row {
  readonly timestamp: string;
  readonly key: string;
  readonly values: Readonly<Record<string, number>>;
  readonly labelled?: readonly {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

interface Told {
  readonly report: TickReport;
  /** Rows of this tick by key; the cluster has two, its own and the tick's. */
  row(key: string): Row;
}

let world: TickWorld | undefined;

afterEach(async () => {
  await world?.[Symbol.asyncDispose]();
  world = undefined;
});

async function start(nodes: number): Promise<TickWorld> {
  world = await startTickWorld({ cluster: { nodes, podsPerNode: 4 }, env: {} });
  return world;
}

async function tick(of: TickWorld, env: Readonly<Record<string, string>> = {}): Promise<Told> {
  const file = join(of.folder, 'out.jsonl');
  const report = await of.tick({ env: { HEAPLESS_SINK: `log:?format=json&file=${encodeURIComponent(file)}`, ...env } });
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  const rows = lines
    .map((line) => JSON.parse(line) as Row)
    .filter(({ timestamp }) => Date.parse(timestamp) === report.timestamp);
  return {
    report,
    row(key) {
      const found = rows.filter((row) => row.key === key);
      const [first] = found;
      if (first === undefined) throw new Error(`no row ${key}`);
      return {
        ...first,
        values: Object.assign({}, ...found.map(({ values }) => values)),
        labelled: found.flatMap(({ labelled }) => labelled ?? []),
      };
    },
  };
}

function labelled(row: Row, name: string): readonly (readonly [string, number])[] {
  return (row.labelled ?? [])
    .filter((value) => value.name === name)
    .map(({ labels, value }) => [Object.values(labels).join(' '), value]);
}

describe('a node that does not answer', () => {
  it('has up 0 and the reason, and lowers the completeness of totals', async () => {
    const it = await start(3);
    it.cluster.setFault('demo-node-1', { kind: 'refuse' });

    const { report, row } = await tick(it);

    expect(report.status).toBe('partial');
    expect(row('node:demo-node-1').values['up']).toBe(0);
    expect(labelled(row('node:demo-node-1'), 'node/down')).toEqual([['unreachable', 1]]);
    expect(labelled(row('node:demo-node-2'), 'node/down')).toEqual([]);
    expect(row('cluster').values['collection/completeness']).toBeCloseTo(2 / 3, 1);
    expect(row('cluster').values['collection/incomplete']).toBeUndefined();
  });

  it('flags totals below --min-completeness, or holds back their sums', async () => {
    const it = await start(3);
    it.cluster.setFault('demo-node-1', { kind: 'refuse' });

    const flagged = await tick(it, { HEAPLESS_MIN_COMPLETENESS: '0.9' });
    const held = await tick(it, { HEAPLESS_MIN_COMPLETENESS: '0.9', HEAPLESS_INCOMPLETE: 'hold' });
    const content = await tick(it, { HEAPLESS_MIN_COMPLETENESS: '0.5', HEAPLESS_INCOMPLETE: 'hold' });

    expect(flagged.row('cluster').values).toMatchObject({ 'collection/incomplete': 1 });
    expect(flagged.row('cluster').values['memory/working_set']).toBeGreaterThan(0);
    expect(held.row('cluster').values).toMatchObject({ 'collection/incomplete': 1, 'node/count': 3 });
    expect(held.row('cluster').values['memory/working_set']).toBeUndefined();
    expect(held.row('cluster').values['memory/request_utilization']).toBeUndefined();
    expect(content.row('cluster').values).toMatchObject({ 'collection/incomplete': 0 });
    expect(content.row('cluster').values['memory/working_set']).toBeGreaterThan(0);
  });
});

describe('a node that is gone', () => {
  it('shows as up 0 with the reason for five minutes, then is forgotten', async () => {
    const it = await start(3);
    await tick(it);
    it.cluster.removeNode('demo-node-2');

    const ticks: Told[] = [];
    for (let minute = 0; minute < 6; minute++) ticks.push(await tick(it));

    const shown = ticks.slice(0, 5).map(({ row }) => row('node:demo-node-2'));
    expect(shown.map(({ values }) => values['up'])).toEqual([0, 0, 0, 0, 0]);
    expect(shown.map((row) => labelled(row, 'node/down'))).toEqual(Array(5).fill([['gone', 1]]));
    expect(() => ticks[5]?.row('node:demo-node-2')).toThrow('no row');
    expect(ticks.every(({ report }) => report.status === 'whole')).toBe(true);
    expect(ticks[0]?.row('cluster').values).toMatchObject({ 'node/count': 2, 'collection/completeness': 1 });
  });

  it('has right rates when it answers again after some minutes, in whatever shard', async () => {
    const it = await start(4);
    await tick(it, { HEAPLESS_SHARD_SIZE: '1' });
    it.cluster.setFault('demo-node-3', { kind: 'refuse' });
    await tick(it, { HEAPLESS_SHARD_SIZE: '1' });
    await tick(it, { HEAPLESS_SHARD_SIZE: '4' });
    it.cluster.setFault('demo-node-3', undefined);

    const back = await tick(it, { HEAPLESS_SHARD_SIZE: '3' });

    // A first sample has no network rate: there is no fallback for it.
    const { values } = back.row('node:demo-node-3');
    expect(values['network/rx_rate']).toBeGreaterThan(0);
    expect(values['cpu/usage_rate']).toBeGreaterThan(0);
  });
});

describe('a tick’s own numbers', () => {
  it('are exported through the same sinks, with the tick’s stamp', async () => {
    const it = await start(3);
    it.cluster.setFault('demo-node-1', { kind: 'refuse' });

    const { report, row } = await tick(it);

    const own = row('cluster');
    expect(labelled(own, 'heapless/nodes')).toEqual([
      ['answered', 2],
      ['failed', 1],
      ['late', 0],
    ]);
    expect(labelled(own, 'heapless/ticks')).toEqual([['partial', 1]]);
    expect(own.values).toMatchObject({
      'heapless/lag': Math.round(report.lag),
      'heapless/api_requests': report.apiServer.requests,
      'heapless/peak_memory': report.peakRssBytes,
    });
    const delivered = new Map(labelled(own, 'heapless/points')).get('delivered log') ?? 0;
    const ownPoints = report.points - delivered;
    expect(ownPoints).toBeGreaterThan(10);
    expect(report.sinks[0]).toMatchObject({ encoded: report.points, delivered: report.points });
  });

  it('are exported also when nothing could be collected', async () => {
    const it = await start(2);
    it.cluster.setFault('api', { kind: 'down' });

    const { report, row } = await tick(it);

    expect(report.status).toBe('nothing');
    expect(labelled(row('cluster'), 'heapless/ticks')).toEqual([['nothing', 1]]);
  });
});
