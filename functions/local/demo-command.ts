import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandInput } from './command-input.ts';
import { startDemoCluster } from './demo/demo-cluster.ts';
import type { DemoClusterOptions } from './demo/demo-types.ts';
import { run } from './run.ts';

const DEMO_ENV = {
  HEAPLESS_CLUSTER_NAME: 'demo',
  HEAPLESS_METRIC_RESOLUTION: '5s',
  HEAPLESS_NODE_TIMEOUT: '1s',
  HEAPLESS_SCRAPE_TIMEOUT: '2s',
  HEAPLESS_SINK_EXPORT_DATA_TIMEOUT: '2s',
  HEAPLESS_GROUP_BY: 'namespace,label:app.kubernetes.io/name; label:team; node-label:topology.kubernetes.io/zone',
} as const;

const DEMO_CLUSTER: DemoClusterOptions = {
  timeScale: 5,
  restarting: ['demo-node-3'],
  faults: { 'demo-node-4': { kind: 'slow', millis: 400 }, 'demo-node-5': { kind: 'refuse' } },
};

const INTRODUCTION = `Heapless collects an embedded demo cluster: a simulated API server over TLS on loopback with six kubelets,
one of them dead, one slow. Each tick shows what was asked, what came, where it went, and the totals. Ctrl-C ends it.

A real cluster, once:      npm run heapless -- collect --source 'kubernetes.summary_api:?inClusterConfig=false&auth=KUBECONFIG'
… every minute to a sink:  npm run heapless -- run --source … --sink 'cloudwatch:?region=eu-west-1'
By environment:            HEAPLESS_SOURCE and HEAPLESS_SINK, the same texts.

`;

/** `heapless demo`: the main job against the embedded cluster, on a shortened resolution. */
export async function demo(input: CommandInput): Promise<number> {
  if (input.output === 'table') input.write(INTRODUCTION);
  return await withDemoCluster(input, run);
}

/** Runs a command against the embedded cluster, which is its only source. */
export async function withDemoCluster(
  input: CommandInput,
  command: (input: CommandInput) => Promise<number>,
): Promise<number> {
  const cluster = await startDemoCluster(DEMO_CLUSTER);
  const folder = await mkdtemp(join(tmpdir(), 'heapless-demo-'));
  try {
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, cluster.kubeconfig(), { mode: 0o600 });
    const source = `kubernetes.summary_api:?inClusterConfig=false&auth=${encodeURIComponent(kubeconfig)}`;
    const env = {
      ...DEMO_ENV,
      HEAPLESS_SINK: `log:?file=${join(folder, 'metrics.log')}`,
      ...input.env,
      HEAPLESS_SOURCE: source,
    };
    return await command({ ...input, env });
  } finally {
    await cluster.close();
    await rm(folder, { recursive: true, force: true });
  }
}
