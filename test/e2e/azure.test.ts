// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references as they are written
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDemoCluster } from '../../functions/local/demo/demo-cluster.ts';
import type { DemoCluster } from '../../functions/local/demo/demo-types.ts';
import { type AzureApp, type AzureStack, startAzureStack } from '../support/azure-stack.ts';

const NODES = 5;

describe('the app on Azure Functions', () => {
  let cluster: DemoCluster;
  let stack: AzureStack;
  let app: AzureApp;

  beforeAll(async () => {
    cluster = await startDemoCluster({ nodes: NODES, podsPerNode: 6 });
    stack = await startAzureStack({
      secrets: { kubeconfig: cluster.kubeconfig() },
      settings: {
        HEAPLESS_SOURCE: 'kubernetes.summary_api:?inClusterConfig=false&auth=${secret:kubeconfig}',
        HEAPLESS_SINK: 'log:',
        HEAPLESS_CLUSTER_NAME: 'demo',
        HEAPLESS_SHARD_SIZE: '2',
        HEAPLESS_AZURE_URL: '',
      },
    });
    app = await stack.startApp();
  }, 90_000);

  afterAll(async () => {
    await stack?.[Symbol.asyncDispose]();
    await cluster?.close();
  }, 30_000);

  it('runs', async () => {
    const ahead = 60_000 - (Date.now() % 60_000) + 500;
    await app.setAhead(ahead);
    const run = await app.fire();
    process.stdout.write(
      `${JSON.stringify(run).slice(0, 3000)}\n${app.output().slice(0, 2000)}\n${stack.cloud.log.join('\n')}`,
    );
    expect(run.error).toBeUndefined();
  }, 60_000);
});
