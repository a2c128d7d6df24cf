import { gzipSync } from 'node:zlib';
import type { ClusterObjects } from './cluster-objects.ts';
import type { ClusterShape } from './cluster-shape.ts';
import { encodeList } from './protobuf/list-message.ts';
import { encodeNode } from './protobuf/node-message.ts';
import { encodePod } from './protobuf/pod-message.ts';

export type Resource = 'nodes' | 'namespaces' | 'pods';

export type ListAnswer =
  | {
      readonly status: 'ok';
      readonly body: Buffer;
      readonly encoding: 'gzip' | undefined;
      readonly isProtobuf: boolean;
      /** Bytes as plain JSON. */
      readonly plainBytes: number;
    }
  | { readonly status: 'bad'; readonly message: string };

export interface ListQuery {
  readonly resource: Resource;
  readonly search: URLSearchParams;
  readonly metadataOnly: boolean;
  /** Whether it is asked for; namespaces are known in JSON alone here. */
  readonly protobuf: boolean;
  readonly gzip: boolean;
}

/** Lists as the API server answers them; packed pages are kept, so that a second tick costs the generator nothing. */
export interface ObjectLists {
  answer(query: ListQuery): ListAnswer;
}

/** Objects by their number in the list. */
interface Items {
  readonly total: number;
  item(index: number): string;
}

const NO_ITEMS: Items = { total: 0, item: () => '' };
/** The API server packs from this size on, at level 1. */
const GZIP_THRESHOLD = 131_072;
const GZIP_LEVEL = 1;
const KINDS = { nodes: 'NodeList', namespaces: 'NamespaceList', pods: 'PodList' } as const;
const ENCODERS = { nodes: encodeNode, pods: encodePod } as const;
const PARAMETERS = new Set(['limit', 'continue', 'resourceVersion', 'fieldSelector']);
const RESOURCE_VERSION = '407613';

/**
 * With `resourceVersion=0` the watch cache answers and ignores the limit, as the real one does; else pages of `limit`.
 * Of field selectors it knows `spec.nodeName=` on pods; other parameters are refused.
 */
export function createObjectLists(shape: ClusterShape, objects: ClusterObjects): ObjectLists {
  const numbers = new Map(objects.names.map((name, node) => [name, node]));
  const kept = new Map<string, ListAnswer>();

  /** Only what is asked for is made: a page of a large cluster costs what one of a small cluster does. */
  const itemsOf = (resource: Resource, node: number | undefined): Items => {
    if (resource === 'namespaces') return { total: shape.namespaces, item: objects.namespace };
    if (resource === 'nodes') return { total: shape.nodes, item: objects.node };
    const { podsPerNode } = shape;
    return node === undefined
      ? { total: shape.nodes * podsPerNode, item: (i) => objects.pod(Math.floor(i / podsPerNode), i % podsPerNode) }
      : { total: podsPerNode, item: (i) => objects.pod(node, i) };
  };

  const make = ({ resource, search, metadataOnly, protobuf, gzip }: ListQuery): ListAnswer => {
    const unknown = [...search.keys()].find((key) => !PARAMETERS.has(key));
    if (unknown !== undefined) return bad(`unknown parameter ${unknown}`);
    const selector = search.get('fieldSelector');
    const selected = /^spec\.nodeName=(.+)$/.exec(selector ?? '')?.[1];
    if (selector !== null && (resource !== 'pods' || selected === undefined))
      return bad(`field label not supported: ${selector}`);
    const token = search.get('continue') ?? '';
    const from = token === '' ? 0 : offsetOf(token);
    if (from === undefined) return bad(`continue key is not valid: ${token}`);
    if (token !== '' && search.has('resourceVersion')) return bad('resourceVersion may not be set with continue');
    const limitText = search.get('limit') ?? '0';
    if (!/^\d+$/.test(limitText)) return bad(`limit must be a number: ${limitText}`);
    const fromCache = search.get('resourceVersion') === '0';
    const limit = fromCache || limitText === '0' ? Number.POSITIVE_INFINITY : Number(limitText);

    const node = selected === undefined ? undefined : numbers.get(selected);
    const { total, item } = selected !== undefined && node === undefined ? NO_ITEMS : itemsOf(resource, node);
    const page = Array.from({ length: Math.max(0, Math.min(limit, total - from)) }, (_, i) => item(from + i));
    const left = total - from - page.length;
    const metadata = {
      resourceVersion: RESOURCE_VERSION,
      ...(left > 0 && { continue: tokenOf(from + page.length), remainingItemCount: left }),
    };
    const kind = metadataOnly ? 'PartialObjectMetadataList' : KINDS[resource];
    const json = encodeJsonList(kind, metadata, metadataOnly ? page.map(objects.metadataOnly) : page);
    const isProtobuf = protobuf && resource !== 'namespaces';
    const plain = isProtobuf ? encodeList(KINDS[resource], metadata, page.map(ENCODERS[resource])) : json;
    const packed = gzip && plain.length >= GZIP_THRESHOLD;
    return {
      status: 'ok',
      body: packed ? gzipSync(plain, { level: GZIP_LEVEL }) : plain,
      encoding: packed ? 'gzip' : undefined,
      isProtobuf,
      plainBytes: json.length,
    };
  };

  return {
    answer(query) {
      const { resource, search, metadataOnly, protobuf, gzip } = query;
      const key = `${resource} ${search} ${metadataOnly} ${protobuf} ${gzip}`;
      const known = kept.get(key);
      if (known !== undefined) return known;
      const answer = make(query);
      if (answer.status === 'ok' && (answer.encoding === 'gzip' || answer.body.length < GZIP_THRESHOLD))
        kept.set(key, answer);
      return answer;
    },
  };
}

function encodeJsonList(kind: string, metadata: object, items: readonly string[]): Buffer {
  const apiVersion = kind === 'PartialObjectMetadataList' ? 'meta.k8s.io/v1' : 'v1';
  const head = JSON.stringify({ kind, apiVersion, metadata, items: [] }).slice(0, -2);
  return Buffer.from(`${head}${items.join(',')}]}\n`);
}

function bad(message: string): ListAnswer {
  return { status: 'bad', message };
}

function tokenOf(offset: number): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: 407613, start: offset })).toString('base64url');
}

function offsetOf(token: string): number | undefined {
  try {
    const { start } = JSON.parse(Buffer.from(token, 'base64url').toString()) as { readonly start?: unknown };
    return typeof start === 'number' && Number.isInteger(start) && start > 0 ? start : undefined;
  } catch {
    return undefined;
  }
}
