import { MIB, type UnixMillis } from '../../../shared/core/units.ts';
import type { NodeModel } from './cluster-model.ts';
import { type Block, toStamp } from './stats-blocks.ts';

/** Bytes. */
export const NODE_CAPACITY = { memory: 16_384 * MIB, disk: 100 * 1_024 * MIB } as const;

/** A Node as the API server lists it. */
export function nodeObject(
  node: NodeModel,
  state: {
    readonly at: UnixMillis;
    readonly reachable: boolean;
    readonly version: number;
    /** Port of its kubelet on loopback, if it has one of its own. */
    readonly kubeletPort?: number | undefined;
  },
): Block {
  const { name, zone, boot, uid } = node;
  const created = toStamp(boot);
  const heartbeat = toStamp(state.at - (state.at % 10_000));
  const condition = (type: string, good: string, reason: string): Block => ({
    type,
    status: state.reachable ? good : 'Unknown',
    lastHeartbeatTime: heartbeat,
    lastTransitionTime: created,
    reason: state.reachable ? reason : 'NodeStatusUnknown',
    message: state.reachable ? '' : 'Kubelet stopped posting node status.',
  });
  const amounts = { 'hugepages-2Mi': '0', pods: '110' };
  return {
    metadata: {
      name,
      uid,
      resourceVersion: String(state.version),
      creationTimestamp: created,
      labels: {
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'node.kubernetes.io/instance-type': 'demo.xlarge',
        'demo.example/pool': node.index % 2 === 0 ? 'batch' : 'general',
        'topology.kubernetes.io/region': 'demo-1',
        'topology.kubernetes.io/zone': zone,
      },
      annotations: {
        'node.alpha.kubernetes.io/ttl': '0',
        'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
      },
      managedFields: managedFields('kubelet', created),
    },
    spec: { providerID: `demo:///${zone}/${name}`, podCIDR: `10.244.${node.index % 256}.0/24` },
    status: {
      capacity: {
        cpu: '4',
        'ephemeral-storage': `${NODE_CAPACITY.disk / 1024}Ki`,
        memory: `${NODE_CAPACITY.memory / 1024}Ki`,
        ...amounts,
      },
      allocatable: { cpu: '3920m', 'ephemeral-storage': '95551679124', memory: '15241928Ki', ...amounts },
      conditions: [
        condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID'),
        condition('Ready', 'True', 'KubeletReady'),
      ],
      addresses: [
        { type: 'InternalIP', address: state.kubeletPort === undefined ? node.address : '127.0.0.1' },
        { type: 'Hostname', address: name },
        { type: 'InternalDNS', address: `${name}.demo.internal` },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: state.kubeletPort ?? 10_250 } },
      nodeInfo: {
        machineID: uid.replaceAll('-', ''),
        kernelVersion: '6.12.41',
        osImage: 'Demo Linux',
        containerRuntimeVersion: 'containerd://2.1.4',
        kubeletVersion: 'v1.36.2',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
    },
  };
}

/** About as much of an object as real ones carry: nothing that anybody reads. */
export function managedFields(manager: string, time: string): readonly Block[] {
  const fields = ['f:labels', 'f:ownerReferences', 'f:generateName', 'f:annotations', 'f:containers', 'f:volumes'];
  return [
    {
      manager,
      operation: 'Update',
      apiVersion: 'v1',
      time,
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:metadata': Object.fromEntries(fields.map((field) => [field, { '.': {}, 'f:name': {}, 'f:value': {} }])),
      },
    },
  ];
}
