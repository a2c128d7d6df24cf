// hot path: bench "pods"
import type { ContainerSpec, PodObject } from '../types.ts';
import { BytesMemo } from './bytes-memo.ts';
import { createMetaDecoder } from './meta-decoder.ts';
import type { ObjectDecoder } from './object-decoder.ts';
import { addQuantity } from './text-map.ts';
import { fieldSet, WireCursor } from './wire-cursor.ts';

type Spec = NonNullable<PodObject['spec']>;
type Status = NonNullable<PodObject['status']>;
type ContainerStatus = NonNullable<Status['containerStatuses']>[number];
type Writable<T> = { -readonly [K in keyof T]: T[K] };

const MIRROR = Buffer.from('kubernetes.io/config.mirror');
const SECOND = 1_000;

const POD = fieldSet(1, 2, 3);
const SPEC = fieldSet(2, 10, 11);
const CONTAINER = fieldSet(1, 2, 8);
const RESOURCES = fieldSet(1, 2);
const STATUS = fieldSet(1, 7, 8);
const CONTAINER_STATUS = fieldSet(1, 5);
const TIME = fieldSet(1);

/**
 * The fields of a Pod that are read here, as `decodePod` gives them from JSON; empty texts and `false` are absent, as JSON
 * leaves them out. Of the annotations only the one that marks a mirror pod. Repeated parts are shared between pods.
 *
 * | message | fields |
 * |---|---|
 * | Pod | metadata 1, spec 2, status 3 |
 * | PodSpec | containers 2, nodeName 10, hostNetwork 11 |
 * | Container | name 1, image 2, resources 8 (limits 1, requests 2: key 1, value 2 → string 1) |
 * | PodStatus | phase 1, startTime 7 (seconds 1), containerStatuses 8 (name 1, restartCount 5) |
 *
 * Source: api core/v1 generated.proto; the numbers are the same since Kubernetes 1.3.
 */
export function createPodDecoder(): ObjectDecoder<PodObject> {
  const texts = new BytesMemo((bytes, from, to) => bytes.toString('utf8', from, to));
  const resources = new BytesMemo(decodeResources);
  const metadata = createMetaDecoder((known, cursor, end) =>
    isMirrorMark(cursor, end) ? { [MIRROR.toString()]: '' } : known,
  );

  function container(cursor: WireCursor, end: number): ContainerSpec {
    const spec: Writable<ContainerSpec> = {};
    for (let field = cursor.next(end, CONTAINER); field !== 0; field = cursor.next(end, CONTAINER)) {
      if (field === 1) spec.name = texts.ofBlock(cursor, end);
      else if (field === 2) spec.image = texts.ofBlock(cursor, end);
      else spec.resources = resources.ofBlock(cursor, end);
    }
    if (spec.image === '') delete spec.image;
    return spec;
  }

  function spec(cursor: WireCursor, end: number): Spec {
    const pod: Writable<Spec> = {};
    const containers: ContainerSpec[] = [];
    for (let field = cursor.next(end, SPEC); field !== 0; field = cursor.next(end, SPEC)) {
      if (field === 2) containers.push(container(cursor, cursor.block(end)));
      else if (field === 10) pod.nodeName = texts.ofBlock(cursor, end);
      else if (cursor.number(end) === 1) pod.hostNetwork = true;
    }
    if (containers.length > 0) pod.containers = containers;
    if (pod.nodeName === '') delete pod.nodeName;
    return pod;
  }

  function containerStatus(cursor: WireCursor, end: number): ContainerStatus {
    const status: Writable<ContainerStatus> = {};
    for (let field = cursor.next(end, CONTAINER_STATUS); field !== 0; field = cursor.next(end, CONTAINER_STATUS)) {
      if (field === 1) status.name = texts.ofBlock(cursor, end);
      else status.restartCount = cursor.number(end);
    }
    return status;
  }

  function status(cursor: WireCursor, end: number): Status {
    const pod: Writable<Status> = {};
    let containers: ContainerStatus[] | undefined;
    for (let field = cursor.next(end, STATUS); field !== 0; field = cursor.next(end, STATUS)) {
      if (field === 1) pod.phase = texts.ofBlock(cursor, end);
      else if (field === 7) pod.startTime = seconds(cursor, cursor.block(end)) * SECOND;
      else {
        containers ??= [];
        containers.push(containerStatus(cursor, cursor.block(end)));
      }
    }
    if (containers !== undefined) pod.containerStatuses = containers;
    if (pod.phase === '') delete pod.phase;
    return pod;
  }

  return (cursor, end) => {
    const pod: Writable<PodObject> = {};
    for (let field = cursor.next(end, POD); field !== 0; field = cursor.next(end, POD)) {
      if (field === 1) pod.metadata = metadata(cursor, cursor.block(end));
      else if (field === 2) pod.spec = spec(cursor, cursor.block(end));
      else pod.status = status(cursor, cursor.block(end));
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
  while (cursor.next(end, TIME) !== 0) value = cursor.number(end);
  return value;
}

function decodeResources(bytes: Buffer, from: number, to: number): NonNullable<ContainerSpec['resources']> {
  const cursor = new WireCursor(bytes);
  cursor.at = from;
  let limits: Record<string, string> | undefined;
  let requests: Record<string, string> | undefined;
  for (let field = cursor.next(to, RESOURCES); field !== 0; field = cursor.next(to, RESOURCES)) {
    if (field === 1) {
      limits ??= {};
      addQuantity(limits, cursor, cursor.block(to));
    } else {
      requests ??= {};
      addQuantity(requests, cursor, cursor.block(to));
    }
  }
  return { ...(requests !== undefined && { requests }), ...(limits !== undefined && { limits }) };
}
