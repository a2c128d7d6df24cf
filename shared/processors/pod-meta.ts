// hot path: bench "enrich, aggregate, totals"
import type { LabelSettings } from '../config/config.ts';
import { toBytes, toMillicores } from '../kube/quantity.ts';
import type { ContainerSpec, PodObject } from '../kube/types.ts';
import { type JoinedLabels, joinLabels } from './label-joiner.ts';
import { type Workload, workloadOf } from './workload.ts';

/** What a container asks for. Millicores and bytes; 0 = unset, NaN = not a quantity. */
interface ResourceMeta {
  readonly cpuRequest: number;
  readonly cpuLimit: number;
  readonly memoryRequest: number;
  readonly memoryLimit: number;
  readonly ephemeralStorageRequest: number;
  readonly ephemeralStorageLimit: number;
  /** Requests of other resources: metric name `<resource>/request` and value. */
  readonly extra: readonly { readonly metric: string; readonly value: number }[];
}

/** What the spec and status of a pod say of one container. */
export interface ContainerMeta extends ResourceMeta {
  readonly name: string;
  readonly image: string | undefined;
  /** Restarts; undefined before the container has a status. */
  readonly restarts: number | undefined;
}

/** What rows need of a pod object. One is kept for each pod of a cluster: what many have in common is in `traits`. */
export interface PodMeta {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string | undefined;
  readonly nodeName: string | undefined;
  /** When it was started, in whole seconds since 1970, as the API server has it: V8 keeps those without an object of their own. */
  readonly startSeconds: number | undefined;
  readonly traits: PodTraits;
}

/** What copies of a pod have in common: one object for most of them. */
export interface PodTraits {
  readonly phase: string | undefined;
  readonly hostNetwork: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly joined: JoinedLabels;
  readonly workload: Workload;
  /** Containers of the spec, in its order. Init containers are not among them. */
  readonly containers: readonly ContainerMeta[];
}

const SECOND = 1_000;
const NO_CONTAINERS: readonly ContainerMeta[] = [];
const NOTHING_EXTRA: ContainerMeta['extra'] = [];
const KNOWN_RESOURCES: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);
const NO_LABELS: Readonly<Record<string, string>> = {};
const NO_RESOURCES: NonNullable<ContainerSpec['resources']> = {};

/**
 * What was made of labels and resources that pods share (the list's decoder gives equal ones once). Keyed by the object
 * itself and gone with it; empty after a cold start, and never wrong: nobody writes to decoded objects.
 */
const resourcesSeen = new WeakMap<object, ResourceMeta>();
/** Containers by the resources that they ask for, then by name: most pods are copies of another. */
const containersSeen = new WeakMap<ResourceMeta, Map<string, ContainerMeta[]>>();
/** Lists of containers by their first: copies of a pod share one. */
const listsSeen = new WeakMap<ContainerMeta, (readonly ContainerMeta[])[]>();
/** Traits by their containers. */
const traitsSeen = new WeakMap<readonly ContainerMeta[], PodTraits[]>();
/** So many lists with the same first container, containers with the same name, or traits with the same containers, are compared: the latest. */
const MOST_COMPARED = 8;
/** Of one set of resources so many names of containers are kept. */
const MOST_NAMES = 10_000;
const labelsSeen = new WeakMap<LabelSettings, WeakMap<object, JoinedLabels>>();

const readers = new WeakMap<LabelSettings, (pod: PodObject) => PodMeta | undefined>();

/** What reads pods with these settings: the same function for the same settings. */
export function podReader(labels: LabelSettings): (pod: PodObject) => PodMeta | undefined {
  const reader = readers.get(labels) ?? ((pod) => digestPod(pod, labels));
  readers.set(labels, reader);
  return reader;
}

/** Reads a pod object once; undefined if it has no name or namespace. */
export function digestPod(pod: PodObject, labels: LabelSettings): PodMeta | undefined {
  const { metadata, spec, status } = pod;
  if (!metadata?.name || !metadata.namespace) return undefined;
  const started = status?.startTime ?? '';
  const startTime = typeof started === 'number' ? started : Date.parse(started);
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid,
    nodeName: spec?.nodeName,
    startSeconds: Number.isNaN(startTime) ? undefined : Math.trunc(startTime / SECOND),
    traits: traitsOnce({
      phase: status?.phase,
      hostNetwork: spec?.hostNetwork === true,
      labels: metadata.labels ?? NO_LABELS,
      joined: joinOnce(metadata.labels ?? NO_LABELS, labels),
      workload: workloadOf(pod),
      containers: digestContainers(pod),
    }),
  };
}

function traitsOnce(traits: PodTraits): PodTraits {
  let seen = traitsSeen.get(traits.containers);
  if (seen === undefined) {
    seen = [];
    traitsSeen.set(traits.containers, seen);
  }
  for (const one of seen) {
    if (
      one.labels === traits.labels &&
      one.workload === traits.workload &&
      one.phase === traits.phase &&
      one.hostNetwork === traits.hostNetwork &&
      one.joined === traits.joined
    )
      return one;
  }
  return remember(seen, traits);
}

/** True if the API server says that the pod is running, so that its kubelet should report it. */
export function isExpected(pod: PodMeta): boolean {
  return pod.traits.phase === 'Running';
}

function joinOnce(labels: Readonly<Record<string, string>>, settings: LabelSettings): JoinedLabels {
  let seen = labelsSeen.get(settings);
  if (seen === undefined) {
    seen = new WeakMap();
    labelsSeen.set(settings, seen);
  }
  let joined = seen.get(labels);
  if (joined === undefined) {
    joined = joinLabels(labels, settings);
    seen.set(labels, joined);
  }
  return joined;
}

function digestContainers({ spec, status }: PodObject): readonly ContainerMeta[] {
  const containers: ContainerMeta[] = [];
  for (const container of spec?.containers ?? []) {
    const digested = digestContainer(container, status);
    if (digested !== undefined) containers.push(digested);
  }
  const [first] = containers;
  if (first === undefined) return NO_CONTAINERS;
  let lists = listsSeen.get(first);
  if (lists === undefined) {
    lists = [];
    listsSeen.set(first, lists);
  }
  for (const list of lists) if (isSameList(list, containers)) return list;
  // One that was grown has room for many more.
  return remember(lists, containers.slice());
}

function isSameList(one: readonly ContainerMeta[], other: readonly ContainerMeta[]): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}

function digestContainer(spec: ContainerSpec, status: PodObject['status']): ContainerMeta | undefined {
  const { name, image } = spec;
  if (name === undefined) return undefined;
  const resources = spec.resources ?? NO_RESOURCES;
  let asked = resourcesSeen.get(resources);
  if (asked === undefined) {
    asked = digestResources(resources);
    resourcesSeen.set(resources, asked);
  }
  return containerOnce(name, image, restartsOf(status, name), asked);
}

function containerOnce(
  name: string,
  image: string | undefined,
  restarts: number | undefined,
  asked: ResourceMeta,
): ContainerMeta {
  let byName = containersSeen.get(asked);
  if (byName === undefined || byName.size === MOST_NAMES) {
    byName = new Map();
    containersSeen.set(asked, byName);
  }
  let seen = byName.get(name);
  if (seen === undefined) {
    seen = [];
    byName.set(name, seen);
  }
  for (const container of seen) if (container.image === image && container.restarts === restarts) return container;
  return remember(seen, { name, image, ...asked, restarts });
}

/** Keeps something for the next that is the same. Rollouts and restarts go on for ever: what was seen first is forgotten first. */
function remember<T>(seen: T[], item: T): T {
  if (seen.length === MOST_COMPARED) seen.shift();
  seen.push(item);
  return item;
}

function restartsOf(status: PodObject['status'], name: string): number | undefined {
  const statuses = status?.containerStatuses ?? [];
  for (let i = 0; i < statuses.length; i++) if (statuses[i]!.name === name) return statuses[i]!.restartCount;
  return undefined;
}

function digestResources({ requests, limits }: NonNullable<ContainerSpec['resources']>): ResourceMeta {
  return {
    cpuRequest: quantity(requests?.['cpu'], toMillicores),
    cpuLimit: quantity(limits?.['cpu'], toMillicores),
    memoryRequest: quantity(requests?.['memory'], toBytes),
    memoryLimit: quantity(limits?.['memory'], toBytes),
    ephemeralStorageRequest: quantity(requests?.['ephemeral-storage'], toBytes),
    ephemeralStorageLimit: quantity(limits?.['ephemeral-storage'], toBytes),
    extra: extraRequests(requests),
  };
}

function quantity(text: string | undefined, parse: (text: string | undefined) => number | undefined): number {
  return text === undefined ? 0 : (parse(text) ?? Number.NaN);
}

/** Other resources than those with a column, in whole units (bytes of hugepages, pieces of devices). */
function extraRequests(requests: Readonly<Record<string, string>> | null | undefined): ContainerMeta['extra'] {
  let extra: ContainerMeta['extra'] = NOTHING_EXTRA;
  for (const resource of Object.keys(requests ?? {})) {
    const value = KNOWN_RESOURCES.has(resource) ? undefined : toBytes(requests?.[resource]);
    if (value !== undefined) extra = [...extra, { metric: `${resource}/request`, value }];
  }
  return extra;
}
