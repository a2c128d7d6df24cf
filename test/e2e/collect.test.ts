import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startDemoCluster } from '../../functions/local/demo/demo-cluster.ts';
import type { DemoCluster, DemoClusterOptions } from '../../functions/local/demo/demo-types.ts';
import { main } from '../../functions/local/main.ts';

interface Run {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

let folder: string;
let cluster: DemoCluster | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heapless-e2e-'));
});

afterEach(async () => {
  await cluster?.close();
  cluster = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function heapless(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const out: string[] = [];
  const err: string[] = [];
  const status = await main(args, {
    env,
    signal: new AbortController().signal,
    color: false,
    write: (text) => out.push(text),
    writeError: (text) => err.push(text),
  });
  return { status, out: out.join(''), err: err.join('') };
}

/** Starts a cluster and gives the arguments that collect it by its kubeconfig into a file. */
async function start(options: DemoClusterOptions): Promise<readonly string[]> {
  cluster = await startDemoCluster(options);
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, cluster.kubeconfig());
  return [
    'collect',
    '--output=json',
    '--cluster_name=e2e',
    '--node-timeout=1s',
    '--scrape-timeout=3s',
    `--state=file:${join(folder, 'state')}`,
    `--source=kubernetes.summary_api:?inClusterConfig=false&auth=${encodeURIComponent(kubeconfig)}`,
    `--sink=log:?format=json&file=${encodeURIComponent(join(folder, 'out.jsonl'))}`,
  ];
}

const rows = async (): Promise<readonly Record<string, unknown>[]> =>
  (await readFile(join(folder, 'out.jsonl'), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('heapless collect', () => {
  it('collects a whole cluster and ends with 0', async () => {
    const args = await start({ nodes: 3 });

    const { status, out } = await heapless([...args, '--group-by=namespace,label:app.kubernetes.io/name']);

    const report = JSON.parse(out);
    expect(report).toMatchObject({ status: 'whole', cluster: 'e2e', nodes: { planned: 3, answered: 3 } });
    const [sink] = report.sinks;
    expect(sink.encoded).toBe(report.points);
    expect(sink.delivered).toBe(sink.encoded);
    expect(report.rows).toMatchObject({ node: 3, cluster: 1 });
    expect(report.rows.group).toBeGreaterThan(3);
    const ofTheCluster = Object.values(report.rows as Record<string, number>).reduce((a, b) => a + b, 0);
    const ofTheTick = 1;
    expect((await rows()).length).toBe(ofTheCluster + ofTheTick);
    expect(status).toBe(0);
  });

  it('counts each failing node by its reason, harms no other, and ends with 2', async () => {
    const args = await start({
      nodes: 6,
      faults: {
        'demo-node-1': { kind: 'refuse' },
        'demo-node-2': { kind: 'hang' },
        'demo-node-3': { kind: 'html' },
        'demo-node-4': { kind: 'truncate' },
        'demo-node-5': { kind: 'wrong_node' },
      },
    });

    const { status, out } = await heapless(args);

    const report = JSON.parse(out);
    expect(report.nodes).toMatchObject({ planned: 6, answered: 1 });
    expect(report.nodes.failed + report.nodes.late).toBe(5);
    expect(report.nodes.reasons).toMatchObject({ unreachable: 1, invalid: 1, timeout: 1, not_json: 2 });
    expect(report.rows.node).toBe(6);
    expect(status).toBe(2);
  });

  it('ends with 3 and names the missing right when nodes may not be listed', async () => {
    const args = await start({ nodes: 1, rights: ['list pods', 'list namespaces', 'get nodes/proxy'] });

    const { status, out } = await heapless(args);

    expect(JSON.parse(out)).toMatchObject({
      status: 'nothing',
      reason: expect.stringMatching(/forbidden.*list.*nodes/s),
    });
    expect(status).toBe(3);
  });

  it('computes the same cluster in shards of one node as in one shard', async () => {
    const args = await start({ nodes: 4 });
    const whole = JSON.parse((await heapless(args)).out);

    const single = JSON.parse(
      (await heapless([...args, '--shard-size=1', '--cluster-name=other'].filter((a) => a !== '--cluster_name=e2e')))
        .out,
    );

    expect(single.shards).toEqual({ planned: 4, answered: 4 });
    expect(single.rows).toEqual(whole.rows);
    expect(single.nodes).toEqual(whole.nodes);
  });

  it('tells every problem of the configuration at once and ends with 1', async () => {
    const { status, err } = await heapless(['collect', '--metric-resolution=soon', '--sink=cloudwach:'], {
      HEAPLESS_SHARD_SIZ: '3',
    });

    expect(err).toContain('HEAPLESS_SHARD_SIZ');
    expect(err).toContain('metric-resolution');
    expect(status).toBe(1);
  });

  it("takes the seed's sink line as it is, and tells what it leaves out", async () => {
    const line =
      'stackdriver:?cluster_name=prod&use_old_resources=true&use_new_resources=false&min_interval_sec=100&batch_export_timeout_sec=110';

    const { status, err } = await heapless(['collect'], { HEAPLESS_SINK: line });

    expect(err).toMatch(/sink stackdriver: neither cluster_location= nor zone= is given/);
    // No cluster is named, so nothing is collected: the sink is no problem.
    expect(status).toBe(3);
  });

  it('refuses an unknown flag with a suggestion', async () => {
    const { status, err } = await heapless(['collect', '--sinc=log:']);

    expect(err).toMatch(/unknown option '--sinc'.*--sink/s);
    expect(status).toBe(1);
  });
});
