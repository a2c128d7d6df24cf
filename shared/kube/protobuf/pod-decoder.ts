// hot path: bench "pods"
import type { ContainerSpec, PodObject } from '../types.ts';
import { BytesMemo } from './bytes-memo.ts';
import { createMetaDecoder } from './meta-decoder.ts';
import type { ObjectDecoder } from './object-decoder.ts';
import { addQuantity } from './text-map.ts';
import { WireCursor } from './wire-cursor.ts';

type Spec = NonNullable<PodObject['spec']>;
type Status = NonNullable<PodObject['status']>;
type ContainerStatus = NonNullable<Status['containerStatuses']>[number];
type Writable<T> = { -readonly [K in keyof T]: T[K] };

const MIRROR = Buffer.from('kubernetes.io/config.mirror');
const SECOND = 1_000;

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
    for (let field = cursor.field(end); field !== 0; field = cursor.field(end)) {
      if (field === 1) spec.name = texts.ofBlock(cursor, end);
      else if (field === 2) spec.image = texts.ofBlock(cursor, end);
      else if (field === 8) spec.resources = resources.ofBlock(cursor, end);
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
      else if (field === 10) pod.nodeName = texts.ofBlock(cursor, end);
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
      if (field === 1) status.name = texts.ofBlock(cursor, end);
      else if (field === 5) status.restartCount = cursor.number(end);
      else cursor.skip(end);
    }
    return status;
  }

  function status(cursor: WireCursor, end: number): Status {
    const pod: Writable<Status> = {};
    let containers: ContainerStatus[] | undefined;
    for (let field = cursor.field(end); field !== 0; field = cursor.field(end)) {
      if (field === 1) pod.phase = texts.ofBlock(cursor, end);
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

function decodeResources(bytes: Buffer, from: number, to: number): NonNullable<ContainerSpec['resources']> {
  const cursor = new WireCursor(bytes);
  cursor.at = from;
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
