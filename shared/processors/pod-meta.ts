// hot path: bench "enrich, aggregate, totals"
import type { LabelSettings } from '../config/config.ts';
import type { UnixMillis } from '../core/units.ts';
import { toBytes, toMillicores } from '../kube/quantity.ts';
import type { ContainerSpec, PodObject } from '../kube/types.ts';
import { type JoinedLabels, joinLabels } from './label-joiner.ts';
import { type Workload, workloadOf } from './workload.ts';

/** What the spec and status of a pod say of one container. Millicores and bytes; 0 = unset, NaN = not a quantity. */
export interface ContainerMeta {
  readonly name: string;
  readonly image: string | undefined;
  readonly cpuRequest: number;
  readonly cpuLimit: number;
  readonly memoryRequest: number;
  readonly memoryLimit: number;
  readonly ephemeralStorageRequest: number;
  readonly ephemeralStorageLimit: number;
  /** Requests of other resources: metric name `<resource>/request` and value. */
  readonly extra: readonly { readonly metric: string; readonly value: number }[];
  /** Restarts; undefined before the container has a status. */
  readonly restarts: number | undefined;
}

/** What rows need of a pod object. */
export interface PodMeta {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string | undefined;
  readonly nodeName: string | undefined;
  readonly phase: string | undefined;
  readonly hostNetwork: boolean;
  readonly startTime: UnixMillis | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly joined: JoinedLabels;
  readonly workload: Workload;
  /** Containers of the spec, in its order. Init containers are not among them. */
  readonly containers: readonly ContainerMeta[];
}

const NOTHING_EXTRA: ContainerMeta['extra'] = [];
const KNOWN_RESOURCES: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);

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
    phase: status?.phase,
    hostNetwork: spec?.hostNetwork === true,
    startTime: Number.isNaN(startTime) ? undefined : startTime,
    labels: metadata.labels ?? {},
    joined: joinLabels(metadata.labels, labels),
    workload: workloadOf(pod),
    containers: digestContainers(pod),
  };
}

/** True if the API server says that the pod is running, so that its kubelet should report it. */
export function isExpected(pod: PodMeta): boolean {
  return pod.phase === 'Running';
}

function digestContainers({ spec, status }: PodObject): readonly ContainerMeta[] {
  const containers: ContainerMeta[] = [];
  for (const container of spec?.containers ?? []) {
    const { name } = container;
    if (name === undefined) continue;
    const restarts = status?.containerStatuses?.find((entry) => entry.name === name)?.restartCount;
    containers.push(digestContainer(container, name, restarts));
  }
  return containers;
}

function digestContainer(container: ContainerSpec, name: string, restarts: number | undefined): ContainerMeta {
  const requests = container.resources?.requests;
  const limits = container.resources?.limits;
  return {
    name,
    image: container.image,
    cpuRequest: quantity(requests?.['cpu'], toMillicores),
    cpuLimit: quantity(limits?.['cpu'], toMillicores),
    memoryRequest: quantity(requests?.['memory'], toBytes),
    memoryLimit: quantity(limits?.['memory'], toBytes),
    ephemeralStorageRequest: quantity(requests?.['ephemeral-storage'], toBytes),
    ephemeralStorageLimit: quantity(limits?.['ephemeral-storage'], toBytes),
    extra: extraRequests(requests),
    restarts,
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
