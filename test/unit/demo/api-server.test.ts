import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../functions/local/demo/answer.ts';
import { parseApiRequest } from '../../../functions/local/demo/api-request.ts';
import { createApiServer } from '../../../functions/local/demo/api-server.ts';
import { createClusterModel } from '../../../functions/local/demo/cluster-model.ts';
import { createFaultBoard } from '../../../functions/local/demo/fault-board.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const TOKEN = 'good-token';
const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

/** An API server over three nodes of four pods, with a right each. */
function setUp(options: { readonly rights?: readonly string[]; readonly pagesFromCache?: boolean } = {}) {
  const model = createClusterModel({
    nodes: 3,
    podsPerNode: 4,
    containersPerPod: undefined,
    seed: 1,
    epoch: NOW,
    timeScale: 1,
    restarting: new Set(),
  });
  const versions = { current: 697, compacted: 0 };
  const rights = new Set(options.rights ?? ['list nodes', 'list pods', 'list namespaces', 'get nodes/proxy']);
  const api = createApiServer({
    model,
    clock: { now: () => NOW, sleep: () => Promise.resolve() },
    faults: createFaultBoard(),
    identity: () => ({ token: TOKEN, user: 'lister', rights }),
    pagesFromCache: options.pagesFromCache ?? false,
    versions: () => versions,
  });
  const ask = (url: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Answer => {
    const request = parseApiRequest({ method, url, headers: { authorization: `Bearer ${TOKEN}`, ...headers } });
    const delivery = api.deliver(request);
    if (delivery.kind !== 'whole') throw new Error(delivery.kind);
    return delivery.answer;
  };
  return { api, ask, versions, model };
}

interface ListBody {
  readonly kind: string;
  readonly metadata: {
    readonly continue?: string;
    readonly remainingItemCount?: number;
    readonly resourceVersion: string;
  };
  readonly items: readonly {
    readonly kind?: string;
    readonly metadata: { readonly name: string; readonly namespace?: string };
    readonly spec?: { readonly nodeName?: string };
  }[];
}
const listOf = (answer: Answer): ListBody => JSON.parse(answer.body);
const PROXY = '/api/v1/nodes/demo-node-1/proxy';

describe('refusals, byte for byte as a kube-apiserver writes them', () => {
  it('of no token: 403 for system:anonymous', () => {
    const { api } = setUp();

    const delivery = api.deliver(parseApiRequest({ method: 'GET', url: `${PROXY}/stats/summary`, headers: {} }));

    expect(delivery).toMatchObject({
      answer: {
        status: 403,
        headers: { 'Content-Type': 'application/json', 'X-Content-Type-Options': 'nosniff' },
        body: '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"nodes \\"demo-node-1\\" is forbidden: User \\"system:anonymous\\" cannot get resource \\"nodes/proxy\\" in API group \\"\\" at the cluster scope","reason":"Forbidden","details":{"name":"demo-node-1","kind":"nodes"},"code":403}\n',
      },
    });
  });

  it.each(['Bearer wrong', 'Basic Z29vZC10b2tlbg==', TOKEN])('of the credentials %s: 401', (authorization) => {
    const answer = setUp().ask('/api/v1/nodes', { authorization });

    expect(answer.status).toBe(401);
    expect(answer.body).toBe(
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}\n',
    );
    expect(answer.body).toHaveLength(129);
  });

  it('of a list without the right: 403', () => {
    const answer = setUp({ rights: [] }).ask('/api/v1/nodes');

    expect(answer.status).toBe(403);
    expect(answer.body).toBe(
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"nodes is forbidden: User \\"lister\\" cannot list resource \\"nodes\\" in API group \\"\\" at the cluster scope","reason":"Forbidden","details":{"kind":"nodes"},"code":403}\n',
    );
  });

  it.each(['get nodes/stats', 'get nodes/metrics', 'list nodes'])(
    'of the proxy with only the right %s: 403',
    (right) => {
      const answer = setUp({ rights: [right] }).ask(`${PROXY}/stats/summary`);

      expect(answer.status).toBe(403);
    },
  );

  it('of a POST through the proxy with get only: 403 that names create', () => {
    const answer = setUp().ask(`${PROXY}/stats/summary`, {}, 'POST');

    expect(answer.status).toBe(403);
    expect(answer.body).toContain('cannot create resource');
  });

  it('of an unknown node: 404', () => {
    const answer = setUp().ask('/api/v1/nodes/node-99999/proxy/stats/summary');

    expect(answer.status).toBe(404);
    expect(answer.body).toBe(
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"nodes \\"node-99999\\" not found","reason":"NotFound","details":{"name":"node-99999","kind":"nodes"},"code":404}\n',
    );
  });

  it.each(['/pods', '/metrics', '/stats/summary/x', ''])('of the kubelet path %j: 404 in plain text', (path) => {
    const answer = setUp().ask(`${PROXY}${path}`);

    expect(answer).toMatchObject({ status: 404, body: '404 page not found\n' });
    expect(answer.headers['Content-Type']).toBe('text/plain; charset=utf-8');
  });

  it.each(['/api/v1/secrets', '/apis/apps/v1/deployments', '/api/v1/nodes/demo-node-1', '/'])(
    'of %s, which the collector has no right to: 403',
    (path) => {
      expect(setUp().ask(path).status).toBe(403);
    },
  );

  it.each(['limit=2&watchList=true', 'labelSelector=a%3Db', 'fieldselector=spec.nodeName%3Da', 'pretty=1'])(
    'of the query %s, which it does not know: 400, where a real server would ignore it',
    (query) => {
      const answer = setUp().ask(`/api/v1/pods?${query}`);

      expect(answer.status).toBe(400);
      expect(answer.body).toContain('does not know the query parameter');
    },
  );

  it.each(['limit=x', 'limit=-1', 'resourceVersion=abc', 'fieldSelector=spec.host%3Da', 'fieldSelector=%3D'])(
    'of the query %s: 400',
    (query) => {
      expect(setUp().ask(`/api/v1/pods?${query}`).status).toBe(400);
    },
  );
});

describe('proxied summaries', () => {
  it.each([
    `${PROXY}/stats/summary`,
    `${PROXY}/stats/summary/`,
    '/api/v1/nodes/demo-node-1:10250/proxy/stats/summary',
    '/api/v1/nodes/https:demo-node-1:10250/proxy/stats/summary',
  ])('are there at %s: chunked, pretty, never packed', (path) => {
    const answer = setUp().ask(path, { 'accept-encoding': 'gzip' });

    expect(answer).toMatchObject({ status: 200, chunked: true });
    expect(answer.mayPack).toBeUndefined();
    expect(answer.body.startsWith('{\n "node": {\n  "nodeName": "demo-node-1",\n  "systemContainers": [')).toBe(true);
  });

  it('pass with HEAD', () => {
    expect(setUp().ask(`${PROXY}/stats/summary`, {}, 'HEAD').status).toBe(200);
  });

  it('have a light form without network, file systems and volumes', () => {
    const { ask } = setUp();

    const light = ask(`${PROXY}/stats/summary?only_cpu_and_memory=true`).body;

    expect(light).toContain('"usageCoreNanoSeconds"');
    for (const block of ['"network"', '"fs"', '"volume"', '"rootfs"']) expect(light).not.toContain(block);
    expect(ask(`${PROXY}/stats/summary?only=true`).status).toBe(400);
  });
});

describe('lists', () => {
  it('are whole, in order, and may be packed', () => {
    const answer = setUp().ask('/api/v1/pods');

    const list = listOf(answer);
    const keys = list.items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    expect(answer).toMatchObject({ status: 200, chunked: true, mayPack: true });
    expect(list.kind).toBe('PodList');
    expect(list.metadata).toEqual({ resourceVersion: '697' });
    expect(keys).toHaveLength(12);
    expect(keys).toEqual([...keys].sort());
  });

  it('come in pages with what remains, and end without a token', () => {
    const { ask } = setUp();

    const sizes: number[] = [];
    const remaining: (number | undefined)[] = [];
    let token = '';
    do {
      const page = listOf(ask(`/api/v1/pods?limit=5${token === '' ? '' : `&continue=${token}`}`));
      sizes.push(page.items.length);
      remaining.push(page.metadata.remainingItemCount);
      token = page.metadata.continue ?? '';
    } while (token !== '');

    expect(sizes).toEqual([5, 5, 2]);
    expect(remaining).toEqual([7, 2, undefined]);
  });

  it('from the watch cache ignore the limit, unless the server pages from its cache', () => {
    const url = '/api/v1/nodes?limit=2&resourceVersion=0';

    expect(listOf(setUp().ask(url)).items).toHaveLength(3);
    expect(listOf(setUp({ pagesFromCache: true }).ask(url)).items).toHaveLength(2);
  });

  it('of the pods of one node say nothing of what remains', () => {
    const page = listOf(setUp().ask('/api/v1/pods?limit=3&fieldSelector=spec.nodeName%3Ddemo-node-2'));

    expect(page.items.map((item) => item.spec?.nodeName)).toEqual(['demo-node-2', 'demo-node-2', 'demo-node-2']);
    expect(page.metadata.continue).toBeDefined();
    expect(page.metadata.remainingItemCount).toBeUndefined();
  });

  it('refuse a continue token that is none', () => {
    const answer = setUp().ask('/api/v1/pods?limit=5&continue=aW52YWxpZA');

    expect(answer.status).toBe(400);
    expect(answer.body).toBe(
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"invalid continue token: continue key is not valid: invalid character \'i\' looking for beginning of value","reason":"BadRequest","code":400}\n',
    );
  });

  it('refuse a resource version beside a continue token', () => {
    const { ask } = setUp();
    const token = listOf(ask('/api/v1/pods?limit=5')).metadata.continue;

    expect(ask(`/api/v1/pods?limit=5&continue=${token}&resourceVersion=5`).status).toBe(400);
  });

  it('say 410 after a compaction, with a token for the rest', () => {
    const { ask, versions } = setUp();
    const token = listOf(ask('/api/v1/pods?limit=5')).metadata.continue;
    versions.compacted = ++versions.current;

    const expired = ask(`/api/v1/pods?limit=5&continue=${token}`);
    const fresh = JSON.parse(expired.body).metadata.continue;
    const rest = listOf(ask(`/api/v1/pods?limit=50&continue=${fresh}`));

    expect(expired.status).toBe(410);
    expect(JSON.parse(expired.body)).toMatchObject({ reason: 'Expired', code: 410 });
    expect(rest.items).toHaveLength(7);
  });

  it('are metadata only for who accepts that first', () => {
    const { ask } = setUp();

    const partial = listOf(ask('/api/v1/namespaces', { accept: METADATA_ONLY }));
    const whole = listOf(ask('/api/v1/namespaces', { accept: 'application/json' }));

    expect(partial.kind).toBe('PartialObjectMetadataList');
    expect(partial.items[0]).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'analytics' } });
    expect(partial.items[0]?.spec).toBeUndefined();
    expect(whole.kind).toBe('NamespaceList');
    expect(whole.items[0]?.kind).toBeUndefined();
  });
});
