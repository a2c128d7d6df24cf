import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDemoCluster } from '../../../functions/local/demo/demo-cluster.ts';
import type { DemoCluster, DemoRight } from '../../../functions/local/demo/demo-types.ts';
import { MetricBatchBuilder } from '../../../shared/core/batch-builder.ts';
import { metricId } from '../../../shared/core/metrics.ts';
import { MINUTE } from '../../../shared/core/units.ts';
import type { RightsRoute } from '../../../shared/kube/route-rights.ts';
import { decodeMetrics } from '../../../shared/sources/metrics-api/decode-metrics.ts';
import type { NodeDocument } from '../../../shared/sources/source.ts';
import { decodeSummary } from '../../../shared/sources/summary-api/decode-summary.ts';
import { demoServer, MAX_BYTES, NODE, openRoute, startWrongServer } from './route-world.ts';

export interface RouteFacts {
  readonly route: RightsRoute;
  /** The rights that the route needs beside lists, as the demo cluster has them. */
  readonly rights: readonly DemoRight[];
  /** The right that the message of a 403 names first. */
  readonly missing: string;
  readonly mend: RegExp;
  /** The reason of a node whose kubelet is dead. */
  readonly dead: string;
}

const CPU_RATE = metricId('cpu/usage_rate');
const WORKING_SET = metricId('memory/working_set');

function decode(document: NodeDocument, demo: DemoCluster, name: string): MetricBatchBuilder {
  const now = Date.now();
  const builder = new MetricBatchBuilder({ timestamp: now, resolution: MINUTE, cluster: 'contract' });
  const node = { name, hostname: name, hostId: '' };
  const pods = demo.podsOf(name).map((pod) => {
    const [namespace = '', podName = ''] = pod.split('/');
    return { namespace, name: podName, uid: `uid-of-${podName}` };
  });
  const result =
    document.kind === 'summary'
      ? decodeSummary(document.body, node, builder, { now })
      : decodeMetrics(document, node, builder, { now, pods });
  expect(result).toMatchObject({ status: 'ok' });
  return builder;
}

/** What every route promises, whichever way it asks. */
export function describeSource(facts: RouteFacts): void {
  const { route } = facts;

  describe(`the source by route=${route}`, () => {
    let demo: DemoCluster;
    beforeAll(async () => {
      demo = await startDemoCluster({ nodes: 3, podsPerNode: 4, kubelets: 'cluster', rights: facts.rights });
    });
    afterAll(() => demo.close());

    it('gives a healthy node CPU and working set, its pods and containers too', async () => {
      using client = openRoute(route, demoServer(demo));
      const [name = ''] = demo.nodeNames();
      const result = await client.scrape(name);
      if (result.status === 'failed') throw new Error(result.message);
      const builder = decode(result.value, demo, name);
      for (const level of ['node', 'pod', 'pod_container'] as const) {
        const table = builder.table(level);
        expect(table.rows).toBeGreaterThan(0);
        expect(table.get(WORKING_SET, 0) > 0 || (route === 'metrics-api' && level === 'pod')).toBe(true);
      }
      expect(builder.table('node').rows).toBe(1);
      expect(builder.table('node').get(CPU_RATE, 0)).toBeGreaterThan(0);
      expect(builder.table('pod').rows).toBeLessThanOrEqual(demo.podsOf(name).length);
    });

    it('tells a dead node by its reason, and the others are whole', async () => {
      const [dead = '', alive = ''] = demo.nodeNames();
      demo.setFault(dead, { kind: 'refuse' });
      try {
        using client = openRoute(route, demoServer(demo));
        expect(await client.scrape(dead)).toMatchObject({ status: 'failed', reason: facts.dead });
        expect(await client.scrape(alive)).toMatchObject({ status: 'ok' });
      } finally {
        demo.setFault(dead, undefined);
      }
    });

    it('says that the token is refused, without showing it', async () => {
      using client = openRoute(route, demoServer(demo, 'a-wrong-and-secret-token'));
      const result = await client.scrape(demo.nodeNames()[0] ?? '');
      expect(result).toMatchObject({ status: 'failed', reason: 'unauthorized' });
      expect(JSON.stringify(result)).toMatch(/check the token/);
      expect(JSON.stringify(result)).not.toContain('secret-token');
    });

    it('names the right that is missing, and what grants it', async () => {
      const poor = await startDemoCluster({ nodes: 1, kubelets: 'cluster', rights: ['list nodes', 'list pods'] });
      try {
        using client = openRoute(route, demoServer(poor));
        const result = await client.scrape(poor.nodeNames()[0] ?? '');
        if (result.status === 'ok') throw new Error('it has no right to answer');
        expect(result.reason).toBe('forbidden');
        expect(result.message).toContain(facts.missing);
        expect(result.message).toMatch(facts.mend);
      } finally {
        await poor.close();
      }
    });

    it('tells a 404 as not found', async () => {
      await using server = await startWrongServer((response) => response.writeHead(404).end('404 page not found\n'));
      using client = openRoute(route, server);
      expect(await client.scrape(NODE)).toMatchObject({ status: 'failed', reason: 'not_found' });
    });

    it.each([429, 503])('does not wait longer than its deadline for a %i with Retry-After', async (status) => {
      await using server = await startWrongServer((response) =>
        response.writeHead(status, { 'retry-after': '3600' }).end('busy'),
      );
      using client = openRoute(route, server);
      expect(await client.scrape(NODE)).toMatchObject({ status: 'failed', reason: 'throttled' });
      expect(server.requests.length).toBeLessThanOrEqual(2);
    });

    it('reads no body that was cut', async () => {
      await using server = await startWrongServer((response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
        response.write('{"kind":"NodeMetricsList","items":[', () => response.destroy());
      });
      using client = openRoute(route, server);
      const result = await client.scrape(NODE);
      expect(result).toMatchObject({ status: 'failed', reason: 'unreachable' });
      expect(JSON.stringify(result)).toContain('broke in the answer');
    });

    it('reads no body that is larger than the cap', async () => {
      await using server = await startWrongServer((response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(`{"a":"${' '.repeat(MAX_BYTES)}"}`);
      });
      using client = openRoute(route, server);
      expect(await client.scrape(NODE)).toMatchObject({ status: 'failed', reason: 'too_large' });
    });

    it('takes a web page for no answer', async () => {
      await using server = await startWrongServer((response) =>
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>'),
      );
      using client = openRoute(route, server);
      expect(await client.scrape(NODE)).toMatchObject({ status: 'failed', reason: 'not_json' });
    });

    it('survives what is no HTTP', async () => {
      await using server = await startWrongServer((response) => response.socket?.end('\u0016\u0003 no http\r\n\r\n'));
      using client = openRoute(route, server);
      expect(await client.scrape(NODE)).toMatchObject({ status: 'failed', reason: 'unreachable' });
    });

    it('follows no redirect, and shows no token that is in one', async () => {
      await using server = await startWrongServer((response) =>
        response.writeHead(307, { location: 'https://elsewhere.example/?token=abc' }).end(),
      );
      using client = openRoute(route, server);
      const result = await client.scrape(NODE);
      expect(result).toMatchObject({ status: 'failed', reason: 'unexpected_status' });
      expect(JSON.stringify(result)).not.toContain('token=abc');
    });

    it.each(['before the answer', 'in the answer'])('ends at its deadline when nothing comes %s', async (when) => {
      await using server = await startWrongServer((response) => {
        if (when === 'in the answer') response.writeHead(200, { 'content-type': 'application/json' }).write('{');
      });
      using client = openRoute(route, server);
      const result = await client.scrape(NODE, { millis: 200 });
      expect(result).toMatchObject({ status: 'failed', reason: 'timeout' });
    });

    it('asks nothing when the time is over already', async () => {
      await using server = await startWrongServer((response) => response.end('{}'));
      using client = openRoute(route, server);
      expect(await client.scrape(NODE, { millis: 0 })).toMatchObject({ status: 'failed' });
      expect(server.requests).toEqual([]);
    });
  });
}
