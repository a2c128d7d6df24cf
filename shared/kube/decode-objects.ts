import type { ContainerSpec, NamespaceObject, NodeObject, ObjectMeta, OwnerReference, PodObject } from './types.ts';

type Json = Readonly<Record<string, unknown>>;
type Texts = Readonly<Record<string, string>>;

/** The part of a Node that is read here; what is missing or of another type is left out. The rest can be freed. */
export function decodeNode(value: unknown): NodeObject {
  const { spec, status } = parts(value);
  return {
    metadata: decodeMeta(value),
    spec: compact({
      externalID: text(spec['externalID']),
      providerID: text(spec['providerID']),
      unschedulable: flag(spec['unschedulable']),
    }),
    status: compact({
      capacity: texts(status['capacity']),
      allocatable: texts(status['allocatable']),
      conditions: records(status['conditions'])?.map((c) =>
        compact({ type: text(c['type']), status: text(c['status']) }),
      ),
      addresses: records(status['addresses'])?.map((a) =>
        compact({ type: text(a['type']), address: text(a['address']) }),
      ),
      kubeletPort: number(record(record(status['daemonEndpoints'])['kubeletEndpoint'])['Port']),
    }),
  };
}

/** The part of a Namespace (or its PartialObjectMetadata) that is read here. */
export function decodeNamespace(value: unknown): NamespaceObject {
  return { metadata: decodeMeta(value) };
}

/** The part of a Pod that is read here. */
export function decodePod(value: unknown): PodObject {
  const { spec, status } = parts(value);
  return {
    metadata: decodeMeta(value),
    spec: compact({
      nodeName: text(spec['nodeName']),
      hostNetwork: flag(spec['hostNetwork']),
      containers: records(spec['containers'])?.map(decodeContainer),
    }),
    status: compact({
      phase: text(status['phase']),
      startTime: text(status['startTime']),
      containerStatuses: records(status['containerStatuses'])?.map((c) =>
        compact({ name: text(c['name']), restartCount: number(c['restartCount']) }),
      ),
    }),
  };
}

function decodeContainer(value: Json): ContainerSpec {
  const resources = record(value['resources']);
  return compact({
    name: text(value['name']),
    image: text(value['image']),
    resources: compact({ requests: texts(resources['requests']), limits: texts(resources['limits']) }),
  });
}

export function decodeMeta(value: unknown): ObjectMeta {
  const meta = record(record(value)['metadata']);
  return compact({
    name: text(meta['name']),
    namespace: text(meta['namespace']),
    uid: text(meta['uid']),
    labels: texts(meta['labels']),
    annotations: texts(meta['annotations']),
    ownerReferences: records(meta['ownerReferences'])?.map(
      (o): OwnerReference =>
        compact({ kind: text(o['kind']), name: text(o['name']), controller: flag(o['controller']) }),
    ),
  });
}

function parts(value: unknown): { readonly spec: Json; readonly status: Json } {
  const object = record(value);
  return { spec: record(object['spec']), status: record(object['status']) };
}

type Compact<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Drops undefined fields: absent is absent. */
function compact<T extends object>(fields: T): Compact<T> {
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) kept[key] = value;
  return kept as Compact<T>;
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function records(value: unknown): readonly Json[] | undefined {
  return Array.isArray(value) ? value.map(record) : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function flag(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

/** A map of texts as it came, or without the values that are none. */
function texts(value: unknown): Texts | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value as Json);
  if (entries.every((entry) => typeof entry[1] === 'string')) return value as Texts;
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
