// hot path: bench "pods"
import type { ContainerSpec, ObjectMeta, OwnerReference, PodObject } from '../types.ts';
import { BytesMemo } from './bytes-memo.ts';
import { WireCursor } from './wire-cursor.ts';

type Texts = Readonly<Record<string, string>>;
type Spec = NonNullable<PodObject['spec']>;
type Status = NonNullable<PodObject['status']>;
type ContainerStatus = NonNullable<Status['containerStatuses']>[number];
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Decodes one pod: the message from the cursor to `end`. Throws `DecodeError`. */
export type PodDecoder<T = PodObject> = (cursor: WireCursor, end: number) => T;

/** Tag byte of ObjectMeta.labels: its entries lie together. */
const LABELS_TAG = (11 << 3) | 2;
const MIRROR = Buffer.from('kubernetes.io/config.mirror');
const SECOND = 1_000;

/**
 * The fields of a Pod that are read here, as `decodePod` gives them from JSON; empty texts and `false` are absent, as JSON
 * leaves them out. Of the annotations only the one that marks a mirror pod. Repeated parts are shared between pods.
 *
 * | message | fields |
 * |---|---|
 * | Pod | metadata 1, spec 2, status 3 |
 * | ObjectMeta | name 1, namespace 3, uid 5, labels 11, annotations 12, ownerReferences 13 |
 * | OwnerReference | kind 1, name 3, controller 6 |
 * | PodSpec | containers 2, nodeName 10, hostNetwork 11 |
 * | Container | name 1, image 2, resources 8 (limits 1, requests 2: key 1, value 2 → string 1) |
 * | PodStatus | phase 1, startTime 7 (seconds 1), containerStatuses 8 (name 1, restartCount 5) |
 *
 * Source: api core/v1 and apimachinery meta/v1, generated.proto; the numbers are the same since Kubernetes 1.3.
 */
export function createPodDecoder(): PodDecoder {
  const texts = new BytesMemo((bytes, from, to) => bytes.toString('utf8', from, to));
  const labelSets = new BytesMemo(decodeLabels);
  const owners = new BytesMemo(decodeOwner);
  const resources = new BytesMemo(decodeResources);

  const text = (cursor: WireCursor, end: number): string => {
    const to = cursor.block(end);
    const value = texts.of(cursor.bytes, cursor.at, to);
    cursor.at = to;
    return value;
  };

  const message = <T>(memo: BytesMemo<T>, cursor: WireCursor, end: number): T => {
    const to = cursor.block(end);
    const value = memo.of(cursor.bytes, cursor.at, to);
    cursor.at = to;
    return value;
  };

  function metadata(cursor: WireCursor, end: number): ObjectMeta {
    const meta: Writable<ObjectMeta> = {};
    let own: OwnerReference[] | undefined;
    for (let field = cursor.field(end); field !== 0; field = cursor.field(end)) {
      if (field === 1) meta.name = cursor.text(end);
      else if (field === 3) meta.namespace = text(cursor, end);
      else if (field === 5) meta.uid = cursor.text(end);
      else if (field === 11) {
        const from = cursor.at - 1;
        cursor.skip(end);
        while (cursor.at < end && cursor.bytes[cursor.at] === LABELS_TAG && cursor.field(end) === 11) cursor.skip(end);
        const labels = labelSets.of(cursor.bytes, from, cursor.at);
        meta.labels = meta.labels == null ? labels : { ...meta.labels, ...labels };
      } else if (field === 12) {
        const to = cursor.block(end);
        if (isMirrorMark(cursor, to)) meta.annotations = { [MIRROR.toString()]: '' };
        cursor.at = to;
      } else if (field === 13) {
        own ??= [];
        own.push(message(owners, cursor, end));
      } else cursor.skip(end);
    }
    if (own !== undefined) meta.ownerReferences = own;
    if (meta.name === '') delete meta.name;
    if (meta.namespace === '') delete meta.namespace;
    if (meta.uid === '') delete meta.uid;
    return meta;
  }

  function container(cursor: WireCursor, end: number): ContainerSpec {
    const spec: Writable<ContainerSpec> = {};
    for (let field = cursor.field(end); field !== 0; field = cursor.field(end)) {
      if (field === 1) spec.name = text(cursor, end);
      else if (field === 2) spec.image = text(cursor, end);
      else if (field === 8) spec.resources = message(resources, cursor, end);
      else cursor.skip(end);
    }
    if (spec.image === '') delete spec.image;
    return spec;
  }

  function spec(cursor: WireCursor, end: number): Spec {
    const pod: Writable<Spec> = {};
    const containers: ContainerSpec[] = [];
    for (let field = cursor.field(end); field !== 0; field = cursor.field(end)) {
      if (field === 2) containers.push(container(cursor, cursor.block(end)));
      else if (field === 10) pod.nodeName = text(cursor, end);
      else if (field === 11 && cursor.number(end) === 1) pod.hostNetwork = true;
      else if (field !== 11) cursor.skip(end);
    }
    if (containers.length > 0) pod.containers = containers;
    if (pod.nodeName === '') delete pod.nodeName;
    return pod;
  }

  function containerStatus(cursor: WireCursor, end: number): ContainerStatus {
    const status: Writable<ContainerStatus> = {};
    for (let field = cursor.field(end); field !== 0; field = cursor.field(end)) {
      if (field === 1) status.name = text(cursor, end);
      else if (field === 5) status.restartCount = cursor.number(end);
      else cursor.skip(end);
    }
    return status;
  }

  function status(cursor: WireCursor, end: number): Status {
    const pod: Writable<Status> = {};
    let containers: ContainerStatus[] | undefined;
    for (let field = cursor.field(end); field !== 0; field = cursor.field(end)) {
      if (field === 1) pod.phase = text(cursor, end);
      else if (field === 7) pod.startTime = seconds(cursor, cursor.block(end)) * SECOND;
      else if (field === 8) {
        containers ??= [];
        containers.push(containerStatus(cursor, cursor.block(end)));
      } else cursor.skip(end);
    }
    if (containers !== undefined) pod.containerStatuses = containers;
    if (pod.phase === '') delete pod.phase;
    return pod;
  }

  return (cursor, end) => {
    const pod: Writable<PodObject> = {};
    for (let field = cursor.field(end); field !== 0; field = cursor.field(end)) {
      if (field === 1) pod.metadata = metadata(cursor, cursor.block(end));
      else if (field === 2) pod.spec = spec(cursor, cursor.block(end));
      else if (field === 3) pod.status = status(cursor, cursor.block(end));
      else cursor.skip(end);
    }
    return pod;
  };
}

/** True if a map entry's key says that the pod is a mirror of a static one. The key comes first. */
function isMirrorMark(cursor: WireCursor, end: number): boolean {
  if (cursor.field(end) !== 1) return false;
  const to = cursor.block(end);
  return to - cursor.at === MIRROR.length && MIRROR.compare(cursor.bytes, cursor.at, to) === 0;
}

/** Seconds since 1970 of a Time; NaN if it has none. */
function seconds(cursor: WireCursor, end: number): number {
  let value = Number.NaN;
  for (let field = cursor.field(end); field !== 0; field = cursor.field(end)) {
    if (field === 1) value = cursor.number(end);
    else cursor.skip(end);
  }
  return value;
}

function cursorAt(bytes: Buffer, at: number): WireCursor {
  const cursor = new WireCursor(bytes);
  cursor.at = at;
  return cursor;
}

/** Entries of a text map, one after the other with their tags. */
function decodeLabels(bytes: Buffer, from: number, to: number): Texts {
  const cursor = cursorAt(bytes, from);
  const labels: Record<string, string> = {};
  while (cursor.field(to) !== 0) {
    const end = cursor.block(to);
    let key = '';
    let value = '';
    for (let field = cursor.field(end); field !== 0; field = cursor.field(end)) {
      if (field === 1) key = cursor.text(end);
      else if (field === 2) value = cursor.text(end);
      else cursor.skip(end);
    }
    setOwn(labels, key, value);
  }
  return labels;
}

function decodeOwner(bytes: Buffer, from: number, to: number): OwnerReference {
  const cursor = cursorAt(bytes, from);
  const owner: Writable<OwnerReference> = {};
  for (let field = cursor.field(to); field !== 0; field = cursor.field(to)) {
    if (field === 1) owner.kind = cursor.text(to);
    else if (field === 3) owner.name = cursor.text(to);
    else if (field === 6) owner.controller = cursor.number(to) === 1;
    else cursor.skip(to);
  }
  return owner;
}

function decodeResources(bytes: Buffer, from: number, to: number): NonNullable<ContainerSpec['resources']> {
  const cursor = cursorAt(bytes, from);
  let limits: Record<string, string> | undefined;
  let requests: Record<string, string> | undefined;
  for (let field = cursor.field(to); field !== 0; field = cursor.field(to)) {
    if (field === 1) {
      limits ??= {};
      addQuantity(limits, cursor, cursor.block(to));
    } else if (field === 2) {
      requests ??= {};
      addQuantity(requests, cursor, cursor.block(to));
    } else cursor.skip(to);
  }
  return { ...(requests !== undefined && { requests }), ...(limits !== undefined && { limits }) };
}

/** One entry of a map of quantities: a name, and a message whose only field is the quantity as a text. */
function addQuantity(into: Record<string, string>, cursor: WireCursor, end: number): void {
  let name = '';
  let quantity = '';
  for (let field = cursor.field(end); field !== 0; field = cursor.field(end)) {
    if (field === 1) name = cursor.text(end);
    else if (field === 2) {
      const to = cursor.block(end);
      quantity = cursor.field(to) === 1 ? cursor.text(to) : '';
      cursor.at = to;
    } else cursor.skip(end);
  }
  setOwn(into, name, quantity);
}

/** Sets an own property whatever its name is. */
function setOwn(into: Record<string, string>, key: string, value: string): void {
  if (key === '__proto__')
    Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true });
  else into[key] = value;
}
