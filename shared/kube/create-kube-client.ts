import type { ClusterConnection } from '../clusters/connector.ts';
import type { Clock } from '../core/clock.ts';
import type { Deadline } from '../core/deadline.ts';
import { DecodeError } from '../core/errors.ts';
import { MIB } from '../core/units.ts';
import type { KubeClient, KubeResult, PodListOptions, PodNames, PodReader } from './client.ts';
import { decodeNodeMetrics, decodePodMetrics } from './decode-metrics-objects.ts';
import { decodeNamespace, decodeNode, decodePod } from './decode-objects.ts';
import type { GuestRules } from './guest-rules.ts';
import { isTooDense } from './json-density.ts';
import { readJsonList } from './json-list.ts';
import { keyOfObject, type ListPage, listAll, type PageResult } from './list-all.ts';
import { isNodeName } from './node-name.ts';
import { isProtobuf, PROTOBUF } from './protobuf/envelope.ts';
import { type ListReader, openList } from './protobuf/list-reader.ts';
import { createNodeDecoder } from './protobuf/node-decoder.ts';
import type { ObjectDecoder } from './protobuf/object-decoder.ts';
import { createObjectMemo } from './protobuf/object-memo.ts';
import { createPodDecoder } from './protobuf/pod-decoder.ts';
import type { WireCursor } from './protobuf/wire-cursor.ts';
import { createRequester, type JsonAnswer, type JsonRequest, toBody } from './requester.ts';
import { LIGHT_SUMMARY, SUMMARY } from './summary-path.ts';
import { createTransport } from './transport.ts';
import type { PodObject } from './types.ts';

export interface KubeClientSettings {
  readonly clock: Clock;
  /** [0, 1), for jitter. */
  readonly random: () => number;
  /** Most requests in flight at once, lists and summaries together. */
  readonly maxInFlight: number;
  /** Items asked for per page. Default 500: larger pages take a multiple of the memory. */
  readonly listPageSize?: number;
  /** Most bytes of a whole list, unpacked. Default 256 MiB. */
  readonly maxListBytes?: number;
  readonly userAgent: string;
  /** How hard the cluster may be asked; undefined = no limit but that of requests in flight. */
  readonly guest?: GuestRules;
}

/** What is listed, and the API group it is in. */
const LISTS = {
  nodes: '/api/v1/nodes',
  namespaces: '/api/v1/namespaces',
  pods: '/api/v1/pods',
  'nodes.metrics.k8s.io': '/apis/metrics.k8s.io/v1beta1/nodes',
  'pods.metrics.k8s.io': '/apis/metrics.k8s.io/v1beta1/pods',
} as const;

interface ListOptions<T> {
  readonly decode: (item: unknown) => T | undefined;
  readonly keyOf: (item: T) => string | undefined;
  readonly deadline: Deadline;
  readonly query?: Readonly<Record<string, string>>;
  /** What to accept before plain JSON. */
  readonly accept?: readonly string[];
  /** Opens a page in protobuf, if it is asked for. */
  readonly openProtobuf?: (() => ListReader<T>) | undefined;
}

const AS_OBJECT = { keyOf: keyOfObject };
const asItIs: PodReader<PodObject> = (pod) => pod;

const METADATA_ONLY = ['v1', 'v1beta1'].map(
  (v) => `application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=${v}`,
);

/** A client of one API server. Throws `ConfigError` if its URL is not `https:`; every later failure is a result. */
export function createKubeClient(connection: ClusterConnection, settings: KubeClientSettings): KubeClient {
  const { maxInFlight, userAgent } = settings;
  const transport = createTransport(connection, { maxSockets: maxInFlight, userAgent });
  const requester = createRequester(connection, transport, settings);
  const nodeMemo = createObjectMemo(createNodeDecoder(), settings.clock);
  const podDecoder = createPodDecoder();
  // One for each way of reading pods: there are as many as there are settings of labels.
  const podMemos = new WeakMap<PodReader<unknown>, ObjectDecoder<unknown>>();

  const list = <T>(
    resource: keyof typeof LISTS,
    { decode, keyOf, deadline, query = {}, accept = [], openProtobuf }: ListOptions<T>,
  ): Promise<KubeResult<readonly T[]>> => {
    // Lists are the API server's own objects: it packs them if asked, which it never does with a kubelet's answer.
    const headers = { accept: [...accept, 'application/json'].join(','), 'accept-encoding': 'gzip' };
    const target = { verb: 'list', resource } as const;
    const request: Omit<JsonRequest, 'path' | 'maxBytes'> = { endpoint: undefined, target, headers, deadline };
    return listAll({
      path: LISTS[resource],
      query,
      pageSize: settings.listPageSize ?? 500,
      maxBytes: settings.maxListBytes ?? 256 * MIB,
      keyOf,
      fetchPage: (path, maxBytes) => fetchPage({ ...request, path, maxBytes }, { decode, openProtobuf }),
    });
  };

  async function fetchPage<T>(
    request: JsonRequest,
    { decode, openProtobuf }: Pick<ListOptions<T>, 'decode' | 'openProtobuf'>,
  ): Promise<PageResult<T>> {
    if (openProtobuf === undefined) return toPage(await requester.get(request), { decode, protobuf: undefined });
    let protobuf = openProtobuf();
    const open = (): ListReader<T> => {
      protobuf = openProtobuf();
      return protobuf;
    };
    const answer = await requester.get({ ...request, readPieces: { contentType: PROTOBUF, open } });
    return toPage(answer, { decode, protobuf });
  }

  /** Protobuf skips by length what JSON has to be read for: most of a pod, and of a node its images and managed fields. */
  function podListOpener<T>(read: PodReader<T>): () => ListReader<T> {
    const decode = (cursor: WireCursor, end: number): T | undefined => read(podDecoder(cursor, end));
    const known = podMemos.get(read) as ObjectDecoder<T | undefined> | undefined;
    const memo = known ?? createObjectMemo(decode, settings.clock);
    podMemos.set(read, memo);
    return () => openList('PodList', memo);
  }

  function listPods(options: PodListOptions): Promise<KubeResult<readonly PodObject[]>>;
  function listPods<T extends PodNames>(
    options: PodListOptions & { readonly read: PodReader<T> },
  ): Promise<KubeResult<readonly T[]>>;
  async function listPods<T extends PodNames>(
    options: PodListOptions & { readonly read?: PodReader<T> },
  ): Promise<KubeResult<readonly (T | PodObject)[]>> {
    const { node, deadline, read } = options;
    if (node !== undefined && !isNodeName(node)) return badNodeName(node);
    const query = node === undefined ? {} : { fieldSelector: `spec.nodeName=${node}` };
    const common = { deadline, query, accept: [PROTOBUF] };
    if (read === undefined) {
      const openProtobuf = podListOpener(asItIs);
      return list('pods', { ...common, decode: decodePod, keyOf: keyOfObject, openProtobuf });
    }
    return list('pods', {
      ...common,
      decode: (item) => read(decodePod(item)),
      keyOf: ({ namespace, name }) => `${namespace}/${name}`,
      openProtobuf: podListOpener(read),
    });
  }

  return {
    listNodes: (deadline) =>
      list('nodes', {
        ...AS_OBJECT,
        decode: decodeNode,
        deadline,
        accept: [PROTOBUF],
        openProtobuf: () => openList('NodeList', nodeMemo),
      }),
    listNamespaces: (deadline) =>
      list('namespaces', { ...AS_OBJECT, decode: decodeNamespace, deadline, accept: METADATA_ONLY }),
    listPods,
    listNodeMetrics: (deadline) => list('nodes.metrics.k8s.io', { ...AS_OBJECT, decode: decodeNodeMetrics, deadline }),
    listPodMetrics: (deadline) => list('pods.metrics.k8s.io', { ...AS_OBJECT, decode: decodePodMetrics, deadline }),
    async getSummary(node, { deadline, maxBytes, light = false }) {
      if (!isNodeName(node)) return badNodeName(node);
      const answer = await requester.get({
        endpoint: undefined,
        path: `/api/v1/nodes/${encodeURIComponent(node)}/proxy${light ? LIGHT_SUMMARY : SUMMARY}`,
        target: { verb: 'get', resource: 'nodes/proxy' },
        headers: { accept: 'application/json', 'accept-encoding': 'identity' },
        maxBytes,
        deadline,
      });
      return toBody(answer);
    },
    usage: requester.usage,
    close: requester.close,
  };
}

function toPage<T>(
  answer: JsonAnswer,
  { decode, protobuf }: Pick<ListOptions<T>, 'decode'> & { readonly protobuf: ListReader<T> | undefined },
): PageResult<T> {
  if (answer.status === 'failed') return answer;
  const { body, bytes, read, release } = answer;
  const inProtobuf = read !== undefined || isProtobuf(body);
  if (!inProtobuf && isTooDense(body)) {
    const message = `a list of ${body.length} bytes with more entries than a real one has: it is not read, as it would take all memory`;
    return { status: 'failed', reason: 'too_large', message };
  }
  try {
    const page =
      inProtobuf && protobuf !== undefined
        ? readPage(protobuf, read === undefined ? body : undefined)
        : readJsonList(JSON.parse(body.toString('utf8')), decode);
    if (typeof page === 'string') return { status: 'failed', reason: 'invalid', message: page };
    return { status: 'ok', page, bytes, size: read ?? body.length };
  } catch (error) {
    if (error instanceof DecodeError)
      return { status: 'failed', reason: 'invalid', message: `a list that cannot be read: ${error.message}` };
    return { status: 'failed', reason: 'not_json', message: `a list that is not JSON: ${String(error).slice(0, 200)}` };
  } finally {
    // What was decoded has copies of all it needs.
    release?.();
  }
}

/** The page that was read in pieces, or all of it that is to be read yet. */
function readPage<T>(protobuf: ListReader<T>, body: Buffer | undefined): ListPage<T> {
  if (body !== undefined) protobuf.write(body);
  return protobuf.page();
}

function badNodeName(node: string): KubeResult<never> {
  const message = `${JSON.stringify(node.slice(0, 100))} cannot be the name of a node: nothing was asked`;
  return { status: 'failed', reason: 'invalid', message };
}
