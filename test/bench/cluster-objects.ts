import { type ClusterShape, nodeDigits } from './cluster-shape.ts';
import { containerName, namespaceName, nodeName, podName, podUid, two } from './summary-template.ts';

/** API objects as the server lists them, as JSON texts by number. Sizes are those of real ones, managedFields included. */
export interface ClusterObjects {
  readonly names: readonly string[];
  node(node: number): string;
  namespace(namespace: number): string;
  pod(node: number, pod: number): string;
  /** Pods of one node, in order. */
  pods(node: number): readonly string[];
  /** `metadata` of an object alone, as in a PartialObjectMetadataList. */
  metadataOnly(object: string): string;
}

const CREATED = '2026-01-13T18:38:45Z';
const IMAGES_PER_NODE = 25;

export function createClusterObjects(shape: ClusterShape): ClusterObjects {
  const pod = (node: number, index: number): string => JSON.stringify(podObject(shape, node, index));
  return {
    names: Array.from({ length: shape.nodes }, (_, node) => nodeName(nodeDigits(node))),
    node: (node) => JSON.stringify(nodeObject(node)),
    namespace: (namespace) => JSON.stringify(namespaceObject(namespace)),
    pod,
    pods: (node) => Array.from({ length: shape.podsPerNode }, (_, index) => pod(node, index)),
    metadataOnly: (object) => {
      const { metadata } = JSON.parse(object) as { readonly metadata: unknown };
      return JSON.stringify({ metadata });
    },
  };
}

function nodeObject(node: number): object {
  const digits = nodeDigits(node);
  const name = nodeName(digits);
  const condition = (type: string, status: string): object => ({
    type,
    status,
    lastHeartbeatTime: CREATED,
    lastTransitionTime: CREATED,
    reason: `Kubelet${type}`,
    message: `kubelet says that ${type} is ${status}`,
  });
  const resources = { 'ephemeral-storage': '485473984512', 'hugepages-2Mi': '0', pods: '110' };
  return {
    metadata: {
      name,
      uid: `7fc0bda4-c6c5-4560-8478-ce64d97${digits}`,
      resourceVersion: '407613',
      creationTimestamp: CREATED,
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'node.kubernetes.io/instance-type': 'm6i.4xlarge',
        'topology.kubernetes.io/region': 'eu-west-1',
        'topology.kubernetes.io/zone': `eu-west-1${'abc'[node % 3]}`,
      },
      annotations: {
        'node.alpha.kubernetes.io/ttl': '0',
        'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
      },
      managedFields: ['kubelet', 'kube-controller-manager'].map(managedBy),
    },
    spec: {
      podCIDR: '10.52.0.0/24',
      podCIDRs: ['10.52.0.0/24'],
      providerID: `aws:///eu-west-1a/i-0abcdef12345${digits}`,
    },
    status: {
      capacity: { cpu: '16', memory: '65837684Ki', ...resources },
      allocatable: { cpu: '15890m', memory: '64820852Ki', ...resources },
      conditions: [
        condition('MemoryPressure', 'False'),
        condition('DiskPressure', 'False'),
        condition('PIDPressure', 'False'),
        condition('Ready', 'True'),
      ],
      addresses: [
        { type: 'InternalIP', address: `10.146.${node >> 8}.${node & 255}` },
        { type: 'Hostname', address: `${name}.eu-west-1.compute.internal` },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        machineID: `ec2${digits}9438b60edd33f94c569e2999`,
        kernelVersion: '6.12.40-64.114.amzn2023.x86_64',
        osImage: 'Amazon Linux 2023',
        containerRuntimeVersion: 'containerd://2.1.4',
        kubeletVersion: 'v1.36.1',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
      images: Array.from({ length: IMAGES_PER_NODE }, (_, image) => ({
        names: [
          `registry.example/platform/image-${image}@sha256:${sha(image)}`,
          `registry.example/platform/image-${image}:1.${image}.${node % 10}`,
        ],
        sizeBytes: 20_000_000 + image * 1_000_003,
      })),
    },
  };
}

function namespaceObject(namespace: number): object {
  const name = namespaceName(two(namespace));
  return {
    metadata: {
      name,
      uid: `5b1c42a0-0d2e-4f7a-9d55-0000000000${two(namespace)}`,
      resourceVersion: '912',
      creationTimestamp: CREATED,
      labels: { 'kubernetes.io/metadata.name': name, team: `t${namespace % 9}` },
      managedFields: [managedBy('kubectl-create')],
    },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}

function podObject(shape: ClusterShape, node: number, pod: number): object {
  const digits = nodeDigits(node);
  const app = `app-${two(pod)}`;
  const set = `${app}-6fb786454b`;
  const isDaemon = pod % 10 === 9;
  const containers = Array.from({ length: shape.containersPerPod }, (_, index) => containerName(index));
  return {
    metadata: {
      name: podName(pod, digits),
      generateName: `${set}-`,
      namespace: namespaceName(two((node * 7 + pod) % shape.namespaces)),
      uid: podUid(pod, digits),
      resourceVersion: '331009',
      creationTimestamp: CREATED,
      labels: {
        'app.kubernetes.io/name': app,
        'app.kubernetes.io/component': pod % 2 === 0 ? 'api' : 'worker',
        'app.kubernetes.io/part-of': `system-${pod % 7}`,
        'pod-template-hash': '6fb786454b',
      },
      annotations: { 'prometheus.io/scrape': 'true', 'kubectl.kubernetes.io/restartedAt': CREATED },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: isDaemon ? 'DaemonSet' : 'ReplicaSet',
          name: isDaemon ? app : set,
          uid: 'df79c354-b32e-41f9-8f39-c007e39c31fd',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
      managedFields: ['kube-controller-manager', 'kubelet'].map(managedBy),
    },
    spec: {
      volumes: [tokenVolume(pod)],
      containers: containers.map((name, index) => containerSpec(name, app, index, pod)),
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      serviceAccountName: app,
      serviceAccount: app,
      nodeName: nodeName(digits),
      securityContext: {},
      schedulerName: 'default-scheduler',
      tolerations: ['not-ready', 'unreachable'].map((state) => ({
        key: `node.kubernetes.io/${state}`,
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 300,
      })),
      priority: 0,
      enableServiceLinks: true,
      preemptionPolicy: 'PreemptLowerPriority',
    },
    status: {
      phase: 'Running',
      conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(
        (type) => ({
          type,
          status: 'True',
          lastProbeTime: null,
          lastTransitionTime: CREATED,
        }),
      ),
      hostIP: `10.146.${node >> 8}.${node & 255}`,
      podIP: `10.52.${node & 255}.${pod}`,
      podIPs: [{ ip: `10.52.${node & 255}.${pod}` }],
      startTime: CREATED,
      containerStatuses: containers.map((name, index) => ({
        name,
        state: { running: { startedAt: '2026-01-13T18:39:41Z' } },
        lastState: {},
        ready: true,
        restartCount: pod % 5 === 0 ? 1 : 0,
        image: `registry.example/platform/${app}:1.${index}.0`,
        imageID: `registry.example/platform/${app}@sha256:${sha(pod)}`,
        containerID: `containerd://${sha(node * 100 + pod)}`,
        started: true,
      })),
      qosClass: 'Burstable',
    },
  };
}

function containerSpec(name: string, app: string, index: number, pod: number): object {
  return {
    name,
    image: `registry.example/platform/${app}:1.${index}.0`,
    ports: [{ name: 'http', containerPort: 8080 + index, protocol: 'TCP' }],
    env: [
      { name: 'POD_IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } },
      { name: 'LOG_LEVEL', value: 'info' },
      { name: 'UPSTREAM', value: `http://upstream-${pod % 7}.platform.svc.cluster.local:8080` },
    ],
    resources: {
      limits: { cpu: `${500 + 100 * (pod % 4)}m`, memory: `${256 * (1 + (pod % 3))}Mi` },
      requests: { cpu: `${100 + 50 * (pod % 4)}m`, memory: '128Mi' },
    },
    volumeMounts: [
      {
        name: `kube-api-access-hb${two(pod)}s`,
        readOnly: true,
        mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
      },
    ],
    livenessProbe: {
      httpGet: { path: '/healthz', port: 'http', scheme: 'HTTP' },
      periodSeconds: 10,
      failureThreshold: 3,
    },
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'IfNotPresent',
  };
}

function tokenVolume(pod: number): object {
  return {
    name: `kube-api-access-hb${two(pod)}s`,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
          },
        },
      ],
      defaultMode: 420,
    },
  };
}

function managedBy(manager: string): object {
  const fields = Object.fromEntries(
    ['image', 'imagePullPolicy', 'name', 'resources', 'terminationMessagePath', 'volumeMounts', 'env', 'ports'].map(
      (field) => [`f:${field}`, {}],
    ),
  );
  return {
    manager,
    operation: 'Update',
    apiVersion: 'v1',
    time: CREATED,
    fieldsType: 'FieldsV1',
    fieldsV1: {
      'f:metadata': { 'f:generateName': {}, 'f:labels': { '.': {}, 'f:app': {}, 'f:pod-template-hash': {} } },
      'f:spec': { 'f:containers': { 'k:{"name":"server"}': { '.': {}, ...fields } }, 'f:dnsPolicy': {} },
      'f:status': { 'f:conditions': { 'k:{"type":"Ready"}': { '.': {}, 'f:status': {}, 'f:type': {} } } },
    },
  };
}

function sha(seed: number): string {
  return (seed * 2_654_435_761).toString(16).padStart(16, '0').repeat(4).slice(0, 64);
}
