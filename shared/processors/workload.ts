import type { OwnerReference, PodObject } from '../kube/types.ts';
import { labelValue } from './label-joiner.ts';

/** What a pod belongs to: its top owner as far as the pod itself tells. */
export interface Workload {
  readonly kind: string;
  readonly name: string;
}

const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';
const TEMPLATE_HASH = 'pod-template-hash';
/** Minutes since 1970 (Kubernetes 1.21 on), or seconds (before): the end of a name that a CronJob gives its Job. */
const CRON_STAMP = /^(.+)-(\d{8}|\d{10})$/;
/** From mid 2017, so that a date such as 20240115 is not taken for minutes. */
const LEAST_CRON_MINUTES = 25_000_000;
const LEAST_CRON_SECONDS = 1_400_000_000;
const MOST_CRON_SECONDS = 2_000_000_000;

/**
 * The workload of a pod, without asking the API server for its owners: the controlling owner, and two heuristics.
 * A ReplicaSet named `<name>-<pod-template-hash of the pod>` is that of Deployment `<name>`; a Job named
 * `<name>-<time stamp>` is that of CronJob `<name>`. A static pod (owner Node, or a mirror annotation) is `StaticPod` with
 * the pod's name without its node's, so that the same manifest on many nodes is one workload. No owner: the pod itself.
 */
export function workloadOf(pod: PodObject): Workload {
  const meta = pod.metadata ?? {};
  const name = meta.name ?? '';
  const owner = meta.ownerReferences?.find((reference) => reference.controller === true);
  if (owner?.kind === 'Node' || labelValue(meta.annotations ?? NONE, MIRROR_ANNOTATION) !== undefined) {
    return { kind: 'StaticPod', name: withoutSuffix(name, `-${pod.spec?.nodeName ?? ''}`) ?? name };
  }
  if (owner?.kind === undefined || owner.name === undefined) return { kind: 'Pod', name };
  const hash = labelValue(meta.labels ?? NONE, TEMPLATE_HASH);
  const seen = ownersSeen.get(owner);
  if (seen !== undefined && seen.hash === hash) return seen.workload;
  const workload = workloadOfOwner(owner.kind, owner.name, hash);
  ownersSeen.set(owner, { hash, workload });
  return workload;
}

const NONE: Readonly<Record<string, string>> = {};

/**
 * The workload of owner references that pods share, and the pod's template hash that it was made with. Keyed by the object
 * itself and gone with it; empty after a cold start.
 */
const ownersSeen = new WeakMap<OwnerReference, { readonly hash: string | undefined; readonly workload: Workload }>();

function workloadOfOwner(kind: string, name: string, hash: string | undefined): Workload {
  if (kind === 'ReplicaSet') {
    const deployment = hash === undefined ? undefined : withoutSuffix(name, `-${hash}`);
    if (deployment !== undefined) return { kind: 'Deployment', name: deployment };
  }
  if (kind === 'Job') {
    const cronJob = cronJobOf(name);
    if (cronJob !== undefined) return { kind: 'CronJob', name: cronJob };
  }
  return { kind, name };
}

function withoutSuffix(text: string, suffix: string): string | undefined {
  return suffix.length > 1 && text.length > suffix.length && text.endsWith(suffix)
    ? text.slice(0, -suffix.length)
    : undefined;
}

function cronJobOf(job: string): string | undefined {
  const match = CRON_STAMP.exec(job);
  if (match === null) return undefined;
  const stamp = Number(match[2]);
  const real =
    match[2]?.length === 8 ? stamp >= LEAST_CRON_MINUTES : stamp >= LEAST_CRON_SECONDS && stamp < MOST_CRON_SECONDS;
  return real ? match[1] : undefined;
}
