import type { PodObject } from '../kube/types.ts';
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
  const owners = meta.ownerReferences ?? [];
  const owner = owners.find((reference) => reference.controller === true);
  if (owner?.kind === 'Node' || labelValue(meta.annotations ?? {}, MIRROR_ANNOTATION) !== undefined) {
    return { kind: 'StaticPod', name: withoutSuffix(name, `-${pod.spec?.nodeName ?? ''}`) ?? name };
  }
  if (owner?.kind === undefined || owner.name === undefined) return { kind: 'Pod', name };
  if (owner.kind === 'ReplicaSet') {
    const hash = labelValue(meta.labels ?? {}, TEMPLATE_HASH);
    const deployment = hash === undefined ? undefined : withoutSuffix(owner.name, `-${hash}`);
    if (deployment !== undefined) return { kind: 'Deployment', name: deployment };
  }
  if (owner.kind === 'Job') {
    const cronJob = cronJobOf(owner.name);
    if (cronJob !== undefined) return { kind: 'CronJob', name: cronJob };
  }
  return { kind: owner.kind, name: owner.name };
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
