import { describe, expect, it } from 'vitest';
import { NODE, openRoute, startWrongServer } from './route-world.ts';
import { describeSource } from './source-contract.ts';

describeSource({
  route: 'proxy',
  rights: ['get nodes/proxy'],
  missing: 'may not get nodes/proxy',
  mend: /grant verb get on resource nodes\/proxy/,
  dead: 'unreachable',
});

describe('the node proxy', () => {
  it('asks for CPU and memory alone in light mode', async () => {
    await using server = await startWrongServer((response) => response.end('{}'));
    using client = openRoute('proxy', server);
    await client.scrape(NODE);
    await client.scrape(NODE, { light: true });
    const path = `/api/v1/nodes/${NODE}/proxy/stats/summary`;
    expect(server.requests).toEqual([path, `${path}?only_cpu_and_memory=true`]);
  });

  it('says which route there is where GKE Autopilot forbids this one', async () => {
    const message =
      'nodes "n" is forbidden: User "u" cannot get resource "nodes/proxy" in API group "" at the cluster scope: GKE Warden authz [denied by managed-namespaces-limitation]';
    const body = JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code: 403 });
    await using server = await startWrongServer((response) =>
      response.writeHead(403, { 'content-type': 'application/json' }).end(body),
    );
    using client = openRoute('proxy', server);
    const result = await client.scrape(NODE);
    expect(result).toMatchObject({ status: 'failed', reason: 'forbidden' });
    expect(JSON.stringify(result)).toContain('set route=metrics-api');
  });
});
