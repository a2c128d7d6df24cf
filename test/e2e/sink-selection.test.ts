import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { TickReport } from '../../shared/app/tick-report.ts';
import { startTickWorld, type TickWorld } from '../support/tick-world.ts';

interface Row {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, number>>;
}

let world: TickWorld;

afterEach(() => world[Symbol.asyncDispose]());

/** One tick over three shards into two sinks: one that chooses, and one that takes all. */
async function tick(
  options: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly report: TickReport; readonly rows: readonly Row[]; readonly all: readonly Row[] }> {
  world = await startTickWorld({ cluster: { nodes: 3, podsPerNode: 6 }, env: { HEAPLESS_SHARD_SIZE: '1' } });
  const files = { some: join(world.folder, 'some.jsonl'), all: join(world.folder, 'all.jsonl') };
  const uri = (file: string, more: string): string => `log:?format=json&file=${encodeURIComponent(file)}${more}`;
  const report = await world.tick({
    env: { HEAPLESS_SINK: `${uri(files.some, `&${options}`)} ${uri(files.all, '')}`, ...env },
  });
  const read = async (file: string): Promise<readonly Row[]> =>
    (await readFile(file, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Row);
  return { report, rows: await read(files.some), all: await read(files.all) };
}

const typesOf = (rows: readonly Row[]): readonly string[] =>
  [...new Set(rows.map(({ labels }) => labels['type'] ?? ''))].sort();

describe('what a sink chooses of a tick of three shards', () => {
  it('by namespaces is all of those, and whatever is in none', async () => {
    const { report, rows, all } = await tick('namespaces=!kube-system');

    const wanted = all.filter(({ labels }) => labels['namespace_name'] !== 'kube-system');
    expect(rows.length).toBe(wanted.length);
    expect(rows.length).toBeLessThan(all.length);
    expect(rows.some(({ labels }) => labels['namespace_name'] === 'kube-system')).toBe(false);
    expect(report.status).toBe('whole');
    for (const { encoded, delivered } of report.sinks) expect(delivered).toBe(encoded);
  }, 30_000);

  it('by a stored label is the pods that have it', async () => {
    const { rows, all } = await tick('levels=pod,node&labels=app.kubernetes.io/name=*', {
      HEAPLESS_STORE_LABEL: 'app.kubernetes.io/name',
    });

    const pods = all.filter(({ labels }) => labels['type'] === 'pod' && labels['app.kubernetes.io/name'] !== undefined);
    expect(pods.length).toBeGreaterThan(0);
    expect(rows.filter(({ labels }) => labels['type'] === 'pod').length).toBe(pods.length);
    expect(rows.filter(({ labels }) => labels['type'] === 'node').length).toBe(3);
  }, 30_000);

  it('by a bound of series is whole levels, and the report says which are not there', async () => {
    const { report, rows } = await tick('max_series=2000');

    const [sink] = report.sinks;
    expect(sink?.encoded).toBe(sink?.delivered);
    expect(sink?.leftOut).toBeGreaterThan(0);
    expect(sink?.problems.map(({ problem }) => problem)).toContain('left out by max_series=2000: level pod_container');
    expect(report.status).toBe('whole');
    expect(typesOf(rows)).toContain('node');
    expect(typesOf(rows)).not.toContain('pod_container');
  }, 30_000);

  it('cannot be by a label that no row has', async () => {
    await expect(tick('labels=tier=web')).rejects.toThrow(
      /sink log: labels has the key "tier", which rows do not have; store .* --store-label tier/,
    );
  }, 30_000);
});
