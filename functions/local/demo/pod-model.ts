import { MINUTE, type Millis, SECOND, type UnixMillis } from '../../../shared/core/units.ts';
import { createLoadCurve, type LoadCurve } from './load-curve.ts';
import type { Seeded } from './seeded.ts';
import type { ContainerTemplate, Workload } from './workloads.ts';

export interface ContainerModel {
  readonly template: ContainerTemplate;
  /** Cores × ms since the epoch. */
  readonly load: LoadCurve;
}

/** A pod at one moment. */
export interface PodState {
  readonly name: string;
  /** Its uid in the API server, and the one its kubelet reports (static pods: the hash of their file). */
  readonly uid: string;
  readonly kubeletUid: string;
  readonly start: UnixMillis;
  readonly phase: 'Running' | 'Pending' | 'Succeeded';
  /** Owner as the pod names it; undefined = none. */
  readonly owner: { readonly kind: string; readonly name: string; readonly uid: string } | undefined;
  readonly generatedLabels: Readonly<Record<string, string>>;
  /** By container. */
  readonly containers: readonly ContainerState[];
}

export interface ContainerState {
  readonly start: UnixMillis;
  readonly restarts: number;
}

/** One place for a pod on a node: the pod in it may be replaced, and its containers restart. */
export interface PodModel {
  readonly workload: Workload;
  /** Unique and constant. */
  readonly key: string;
  readonly containers: readonly ContainerModel[];
  state(at: UnixMillis): PodState;
  restart(at: UnixMillis, replace: boolean): void;
}

export interface PodModelSettings {
  readonly workload: Workload;
  readonly ordinal: number;
  readonly node: string;
  readonly boot: UnixMillis;
  readonly epoch: UnixMillis;
  readonly timeScale: number;
  readonly containersPerPod: number | undefined;
  readonly restarting: boolean;
  readonly seeded: Seeded;
}

const RUN_PERIOD: Millis = 10 * MINUTE;
/** Part of its period that a scheduled job runs. */
const RUN_SHARE = 0.6;
const RESTART_PERIOD: Millis = 5 * MINUTE;
/** From the pod's start to its containers'. */
const PULL_TIME: Millis = 2 * SECOND;

export function createPodModel(settings: PodModelSettings): PodModel {
  const { workload, seeded, epoch, timeScale } = settings;
  const key = `${workload.namespace}/${workload.name}/${settings.ordinal}`;
  const templates = containerTemplates(workload, settings.containersPerPod);
  const containers = templates.map((template) => ({
    template,
    load: createLoadCurve(template.load, { phase: seeded.unit(`load/${key}/${template.name}`), timeScale }),
  }));
  const firstStart = settings.boot + Math.round((epoch - settings.boot) * seeded.unit(`start/${key}`) * 0.9);
  const runPeriod = RUN_PERIOD / timeScale;
  const restartPeriod = RESTART_PERIOD / timeScale;
  const restartPhase = seeded.unit(`restart/${key}`) * restartPeriod;
  const restarts: UnixMillis[] = [];
  let replaced = 0;
  let replacedAt = Number.NEGATIVE_INFINITY;

  /** Restarts by schedule since the pod began; never before the epoch. */
  const scheduled = (start: UnixMillis, at: UnixMillis): ContainerState | undefined => {
    if (!settings.restarting || workload.kind === 'Static') return undefined;
    const since = Math.max(start, epoch) + restartPhase;
    const count = Math.floor((at - since) / restartPeriod) + 1;
    return count < 1 ? undefined : { start: since + (count - 1) * restartPeriod, restarts: count };
  };

  return {
    workload,
    key,
    containers,
    state(at) {
      const run = workload.kind === 'CronJob' ? Math.floor((at - epoch) / runPeriod) : 0;
      const began = workload.kind === 'CronJob' ? epoch + run * runPeriod : firstStart;
      const start = Math.max(began, replacedAt);
      const identity = identify(settings, { key, run, start, replaced });
      const ended = workload.kind === 'Job' || (workload.kind === 'CronJob' && at - began >= RUN_SHARE * runPeriod);
      const own = restarts.filter((when) => when > start && when <= at);
      const planned = scheduled(start, at);
      const container: ContainerState = {
        start: Math.max(start + PULL_TIME, own.at(-1) ?? 0, planned?.start ?? 0),
        restarts: own.length + (planned?.restarts ?? 0),
      };
      return {
        ...identity,
        start,
        phase: workload.broken ? 'Pending' : ended ? 'Succeeded' : 'Running',
        containers: containers.map(() => container),
      };
    },
    restart(at, replace) {
      if (replace) {
        replaced++;
        replacedAt = at;
      } else restarts.push(at);
    },
  };
}

function containerTemplates(workload: Workload, count: number | undefined): readonly ContainerTemplate[] {
  const [main] = workload.containers;
  if (count === undefined || main === undefined) return workload.containers;
  return Array.from(
    { length: count },
    (_, i): ContainerTemplate => workload.containers[i] ?? { ...main, name: `${main.name}-${i}` },
  );
}

function identify(
  { workload, seeded, node, ordinal }: PodModelSettings,
  life: { readonly key: string; readonly run: number; readonly start: UnixMillis; readonly replaced: number },
): Pick<PodState, 'name' | 'uid' | 'kubeletUid' | 'owner' | 'generatedLabels'> {
  const { name, kind, namespace } = workload;
  const id = `${life.key}/${life.run}/${life.replaced}`;
  const uid = seeded.uid(id);
  const template = seeded.suffix(`template/${namespace}/${name}`, 9);
  const owned = (ownerKind: string, ownerName: string): PodState['owner'] => ({
    kind: ownerKind,
    name: ownerName,
    uid: seeded.uid(`${ownerKind}/${namespace}/${ownerName}`),
  });
  switch (kind) {
    case 'Deployment':
      return {
        name: `${name}-${template}-${seeded.suffix(id, 5)}`,
        uid,
        kubeletUid: uid,
        owner: owned('ReplicaSet', `${name}-${template}`),
        generatedLabels: { 'pod-template-hash': template },
      };
    case 'StatefulSet': {
      const own = `${name}-${ordinal}`;
      const generatedLabels = {
        'apps.kubernetes.io/pod-index': String(ordinal),
        'controller-revision-hash': `${name}-${template}`,
        'statefulset.kubernetes.io/pod-name': own,
      };
      return { name: own, uid, kubeletUid: uid, owner: owned('StatefulSet', name), generatedLabels };
    }
    case 'DaemonSet':
      return {
        name: `${name}-${seeded.suffix(id, 5)}`,
        uid,
        kubeletUid: uid,
        owner: owned('DaemonSet', name),
        generatedLabels: { 'controller-revision-hash': template, 'pod-template-generation': '1' },
      };
    case 'CronJob':
    case 'Job': {
      const job = kind === 'Job' ? name : `${name}-${Math.floor(life.start / MINUTE)}`;
      const generatedLabels = { 'batch.kubernetes.io/job-name': job, 'job-name': job };
      return {
        name: `${job}-${seeded.suffix(id, 5)}`,
        uid,
        kubeletUid: uid,
        owner: owned('Job', job),
        generatedLabels,
      };
    }
    case 'Static':
      return {
        name: `${name}-${node}`,
        uid,
        kubeletUid: seeded.hex(`static/${id}`, 32),
        owner: { kind: 'Node', name: node, uid: seeded.uid(node) },
        generatedLabels: { tier: 'node' },
      };
  }
}
