import { describe, expect, it } from 'vitest';
import { NODE, openRoute, startWrongServer } from './route-world.ts';
import { describeSource } from './source-contract.ts';

describeSource({
  route: 'metrics-api',
  rights: ['list nodes.metrics.k8s.io', 'list pods.metrics.k8s.io'],
  missing: 'may not list nodes.metrics.k8s.io',
  mend: /heapless rbac --route metrics-api --identity serviceaccount:heapless\/collector \| kubectl apply -f -/,
  dead: 'no_metrics',
});

describe('the Metrics API', () => {
  it('is said to be missing where it is', async () => {
    await using server = await startWrongServer((response) => response.writeHead(404).end('404 page not found\n'));
    using client = openRoute('metrics-api', server);
    expect(await client.scrape(NODE)).toMatchObject({ message: expect.stringContaining('install metrics-server') });
  });

  it('gives nodes without pods when the list of pods fails, with a warning, and a warning for a long window', async () => {
    const item = { metadata: { name: NODE }, timestamp: '2026-11-28T13:00:00Z', window: '5m0s', usage: { cpu: '1' } };
    let asked = 0;
    await using server = await startWrongServer((response) => {
      // Nodes are asked first.
      if (asked++ === 0) response.end(JSON.stringify({ kind: 'NodeMetricsList', metadata: {}, items: [item] }));
      else response.writeHead(403).end('no');
    });
    using client = openRoute('metrics-api', server);
    const result = await client.scrape(NODE);
    expect(result).toMatchObject({ status: 'ok', value: { kind: 'metrics', node: { cpu: 1_000 } } });
    expect(client.warnings).toEqual([
      expect.stringContaining('usage of pods could not be listed'),
      expect.stringContaining('means over 300 s'),
    ]);
  });
});
