import type { UnixMillis } from '../../../shared/core/units.ts';
import type { NodeModel } from './cluster-model.ts';
import { managedFields } from './node-object.ts';
import type { PodModel, PodState } from './pod-model.ts';
import { type Block, toStamp } from './stats-blocks.ts';

const API_VERSIONS: Readonly<Record<string, string>> = { Job: 'batch/v1', Node: 'v1' };

/** A Pod as the API server lists it. */
export function podObject(
  pod: PodModel,
  node: NodeModel,
  options: { readonly at: UnixMillis; readonly version: number },
): Block {
  const state = pod.state(options.at);
  const { workload } = pod;
  const created = toStamp(state.start);
  return {
    metadata: {
      name: state.name,
      namespace: workload.namespace,
      uid: state.uid,
      resourceVersion: String(options.version),
      creationTimestamp: created,
      labels: { ...workload.labels, ...state.generatedLabels },
      ...(workload.kind === 'Static' && {
        annotations: {
          'kubernetes.io/config.hash': state.kubeletUid,
          'kubernetes.io/config.mirror': state.kubeletUid,
          'kubernetes.io/config.seen': created,
          'kubernetes.io/config.source': 'file',
        },
      }),
      ...(state.owner !== undefined && {
        ownerReferences: [
          {
            apiVersion: API_VERSIONS[state.owner.kind] ?? 'apps/v1',
            ...state.owner,
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      }),
      managedFields: managedFields('kube-controller-manager', created),
    },
    spec: {
      volumes: volumes(pod, state),
      containers: pod.containers.map(({ template }) => ({
        name: template.name,
        image: template.image,
        resources: {
          ...(template.limits && { limits: template.limits }),
          ...(template.requests && { requests: template.requests }),
        },
        terminationMessagePath: '/dev/termination-log',
        imagePullPolicy: 'IfNotPresent',
      })),
      restartPolicy: workload.kind === 'Job' || workload.kind === 'CronJob' ? 'Never' : 'Always',
      ...(workload.hostNetwork && { hostNetwork: true }),
      nodeName: node.name,
      schedulerName: 'default-scheduler',
    },
    status: {
      phase: state.phase,
      conditions: [
        {
          type: 'Ready',
          status: state.phase === 'Running' ? 'True' : 'False',
          lastProbeTime: null,
          lastTransitionTime: created,
        },
      ],
      hostIP: node.address,
      startTime: created,
      containerStatuses: pod.containers.map((container, i) => containerStatus(container.template, state, i)),
      qosClass: pod.containers.some(({ template }) => template.requests || template.limits)
        ? 'Burstable'
        : 'BestEffort',
    },
  };
}

function volumes(pod: PodModel, state: PodState): readonly Block[] {
  const { claim } = pod.workload;
  const token = { name: 'kube-api-access', projected: { defaultMode: 420 } };
  return claim === undefined
    ? [token]
    : [token, { name: claim, persistentVolumeClaim: { claimName: `${claim}-${state.name}` } }];
}

function containerStatus(
  template: { readonly name: string; readonly image: string },
  state: PodState,
  i: number,
): Block {
  const container = state.containers[i];
  const startedAt = toStamp(container?.start ?? state.start);
  const states: Readonly<Record<PodState['phase'], Block>> = {
    Running: { running: { startedAt } },
    Succeeded: { terminated: { exitCode: 0, reason: 'Completed', startedAt } },
    Pending: { waiting: { reason: 'ImagePullBackOff', message: `Back-off pulling image "${template.image}"` } },
  };
  return {
    name: template.name,
    state: states[state.phase],
    lastState: {},
    ready: state.phase === 'Running',
    restartCount: container?.restarts ?? 0,
    image: template.image,
    imageID: '',
  };
}
