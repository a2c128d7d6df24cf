import type { Clock } from '../../../shared/core/clock.ts';
import type { UnixMillis } from '../../../shared/core/units.ts';
import { type Answer, badRequest, jsonAnswer, statusAnswer, textAnswer } from './answer.ts';
import { type ApiRequest, type Identity, refuse } from './api-request.ts';
import type { ClusterModel, NodeModel } from './cluster-model.ts';
import type { FaultBoard } from './fault-board.ts';
import { type Delivery, kubeletDelivery } from './kubelet-answer.ts';
import { type ListItem, type ListSource, listAnswer } from './list-answer.ts';
import { metricsList } from './metrics-lists.ts';
import { nodeObject } from './node-object.ts';
import { podObject } from './pod-object.ts';
import { isReview, reviewAnswer } from './reviews.ts';
import { toStamp } from './stats-blocks.ts';
import { summaryDocument } from './summary-document.ts';
import { NAMESPACES } from './workloads.ts';

/** What the API server answers to a request, without the network. */
export interface ApiServer {
  deliver(request: ApiRequest): Delivery;
}

export interface ApiServerSettings {
  readonly model: ClusterModel;
  readonly clock: Clock;
  readonly faults: FaultBoard;
  readonly identity: () => Identity;
  readonly pagesFromCache: boolean;
  /** True pins the node proxy to `/stats/summary` of a bare node name, as `infra/rbac/proxy.yml` does. */
  readonly summaryOnly?: boolean;
  /** False = there is no metrics-server. */
  readonly metricsApi?: boolean;
  /** Ports of kubelets on loopback, if they have some of their own. */
  readonly kubeletPort?: (node: string) => number | undefined;
  /** The cluster's version of now, and the oldest that continue tokens may have. */
  readonly versions: () => { readonly current: number; readonly compacted: number };
}

const VERSION = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.2-demo',
  platform: 'linux/amd64',
} as const;

const KUBELET_PORT = '10250';
const METRICS = 'metrics.k8s.io';
const KINDS = { nodes: 'NodeList', namespaces: 'NamespaceList', pods: 'PodList' } as const;

export function createApiServer(settings: ApiServerSettings): ApiServer {
  const { model, clock, faults } = settings;

  const items = (resource: keyof typeof KINDS, at: UnixMillis): readonly ListItem[] => {
    const version = settings.versions().current;
    switch (resource) {
      case 'nodes':
        return model.nodes().map((node) => ({
          key: node.name,
          fields: { 'metadata.name': node.name },
          object: () => {
            const reachable = faults.peekNode(node.name)?.kind !== 'refuse';
            return nodeObject(node, { at, version, reachable, kubeletPort: settings.kubeletPort?.(node.name) });
          },
        }));
      case 'namespaces':
        return Object.entries(NAMESPACES).map(([name, labels]) => ({
          key: name,
          fields: { 'metadata.name': name, 'status.phase': 'Active' },
          object: () => namespaceObject(model, name, labels),
        }));
      case 'pods':
        return model.nodes().flatMap((node) =>
          node.pods.map((pod) => {
            const state = pod.state(at);
            const { namespace } = pod.workload;
            return {
              key: `${namespace}/${state.name}`,
              fields: {
                'metadata.name': state.name,
                'metadata.namespace': namespace,
                'spec.nodeName': node.name,
                'status.phase': state.phase,
              },
              object: () => podObject(pod, node, { at, version }),
            };
          }),
        );
    }
  };

  const list = (resource: string, group: string, good: () => Answer): Delivery => {
    const fault = faults.takeApi(
      'lists_forbidden',
      'lists_fail',
      'lists_hang',
      'lists_html',
      'lists_throttled',
      'lists_loop',
    );
    switch (fault?.kind) {
      case 'lists_forbidden': {
        const full = group === '' ? resource : `${resource}.${group}`;
        const message = `${full} is forbidden: User "${settings.identity().user}" cannot list resource "${resource}" in API group "${group}" at the cluster scope`;
        const headers = { 'X-Content-Type-Options': 'nosniff' };
        return whole(statusAnswer(403, message, { reason: 'Forbidden', details: { kind: resource }, headers }));
      }
      case 'lists_fail':
        return whole(statusAnswer(500, 'etcdserver: request timed out', { reason: 'InternalError' }));
      case 'lists_hang':
        return { kind: 'never' };
      case 'lists_html':
        return whole({
          ...jsonAnswer('<!DOCTYPE html><title>Sign in</title>'),
          headers: { 'Content-Type': 'text/html' },
        });
      case 'lists_throttled':
        return whole(tooMany(fault.retryAfter));
      case 'lists_loop':
        return whole(jsonAnswer(JSON.stringify({ kind: 'List', metadata: { continue: 'again' }, items: [] })));
      case undefined:
        return whole(good());
    }
  };

  const objects = (resource: keyof typeof KINDS, { query, headers }: ApiRequest): Answer => {
    const { current: version, compacted } = settings.versions();
    const source: ListSource = {
      resource,
      kind: KINDS[resource],
      items: items(resource, clock.now()),
      version,
      compacted,
      pagesFromCache: settings.pagesFromCache,
    };
    return listAnswer(source, query, String(headers.accept ?? ''));
  };

  const proxy = (request: ApiRequest, name: string, rest: string): Delivery => {
    if (settings.summaryOnly === true && (rest !== '/stats/summary' || name.includes(':'))) return whole(denied(name));
    const node = proxiedNode(model, name);
    if (node === undefined) {
      const details = { name, kind: 'nodes' };
      return whole(statusAnswer(404, `nodes "${name}" not found`, { reason: 'NotFound', details }));
    }
    const path = rest.replace(/\/+$/, '');
    if (path !== '/stats/summary') return whole(textAnswer(404, '404 page not found\n'));
    const light = request.query.get('only_cpu_and_memory');
    const unknown = [...request.query.keys()].find((key) => key !== 'only_cpu_and_memory');
    if (unknown !== undefined)
      return whole(badRequest(`the demo kubelet does not know the query parameter "${unknown}"`));
    const summary = (other?: string): string => {
      const options = { at: clock.now(), onlyCpuAndMemory: light === 'true' };
      const document = summaryDocument(model, other === undefined ? node : { ...node, name: other }, options);
      return JSON.stringify(document, null, 1);
    };
    return kubeletDelivery(faults.takeNode(node.name), { node: node.name, address: node.address, summary });
  };

  return {
    deliver(request) {
      if (isReview(request)) return whole(reviewAnswer(request, settings.identity()));
      const refusal = refuse(request, settings.identity());
      if (refusal !== undefined) return whole(refusal);
      const { path, target, method, verb } = request;
      if (path === '/version') return whole(jsonAnswer(JSON.stringify(VERSION, null, 2)));
      if (target?.group === undefined && target?.resource === 'nodes' && target.subresource === 'proxy') {
        if (method === 'GET' || method === 'HEAD') return proxy(request, target.name, target.rest);
        return whole(notAllowed());
      }
      if (target?.group === METRICS && settings.metricsApi !== false && target.name === '' && verb === 'list') {
        const { resource } = target;
        return list(resource, METRICS, () => metricsList(resource, request.query, { model, faults, at: clock.now() }));
      }
      if (verb === 'watch') return whole(badRequest('the demo API server does not serve watches'));
      const known =
        target !== undefined && target.group === undefined && target.name === '' && isListed(target.resource);
      if (known && verb === 'list') {
        const resource = target.resource as keyof typeof KINDS;
        return list(resource, '', () => objects(resource, request));
      }
      if (known) return whole(notAllowed());
      const message = 'the server could not find the requested resource';
      return whole(statusAnswer(404, message, { reason: 'NotFound', details: {} }));
    },
  };
}

/** What the API server says when too much is in flight; text, as its filter writes it. */
export function tooMany(retryAfter: string | undefined): Answer {
  const headers = retryAfter === undefined ? {} : { 'Retry-After': retryAfter };
  return textAnswer(429, 'Too many requests, please try again later.\n', headers);
}

function whole(answer: Answer): Delivery {
  return { kind: 'whole', answer };
}

function isListed(resource: string): boolean {
  return Object.keys(KINDS).includes(resource);
}

function notAllowed(): Answer {
  return statusAnswer(405, 'the server does not allow this method on the requested resource', {
    reason: 'MethodNotAllowed',
    details: {},
  });
}

/** The refusal of an admission policy. Source: k8s.io/apiserver plugin/policy/validating. */
function denied(name: string): Answer {
  const policy = 'heapless-summary-only';
  const said = 'the collector may only read /stats/summary through the node proxy';
  const message = `ValidatingAdmissionPolicy '${policy}' with binding '${policy}' denied request: ${said}`;
  const details = { name, kind: 'nodes', causes: [{ message }] };
  return statusAnswer(403, `nodes "${name}" is forbidden: ${message}`, { reason: 'Forbidden', details });
}

/** `NAME`, `NAME:10250` and `https:NAME:10250` are the same kubelet. */
function proxiedNode(model: ClusterModel, name: string): NodeModel | undefined {
  const parts = name.split(':');
  const [host, port = KUBELET_PORT] = parts[0] === 'https' && parts.length > 1 ? parts.slice(1) : parts;
  return port === KUBELET_PORT || port === '' ? model.node(host ?? '') : undefined;
}

function namespaceObject(model: ClusterModel, name: string, labels: Readonly<Record<string, string>>) {
  const uid = model.seeded.uid(`namespace/${name}`);
  const metadata = {
    name,
    uid,
    resourceVersion: '7',
    creationTimestamp: toStamp(model.epoch - 30 * 86_400_000),
    labels: { 'kubernetes.io/metadata.name': name, ...labels },
  };
  return { metadata, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } };
}
