import { encodeMessage, type MessageFields } from './encode-message.ts';
import { META_FIELDS } from './meta-fields.ts';

const FIELD_REF: MessageFields = { apiVersion: [1, 'text'], fieldPath: [2, 'text'] };
const KEY_TO_PATH: MessageFields = { key: [1, 'text'], path: [2, 'text'] };

/** Fields of a projected volume's sources. */
const PROJECTION: MessageFields = {
  downwardAPI: [2, { items: [1, { path: [1, 'text'], fieldRef: [2, FIELD_REF] }] }],
  configMap: [3, { name: [[1, 1], 'text'], items: [2, KEY_TO_PATH] }],
  serviceAccountToken: [4, { expirationSeconds: [2, 'number'], path: [3, 'text'] }],
};

const CONTAINER: MessageFields = {
  name: [1, 'text'],
  image: [2, 'text'],
  ports: [6, { name: [1, 'text'], containerPort: [3, 'number'], protocol: [4, 'text'] }],
  env: [7, { name: [1, 'text'], value: [2, 'text'], valueFrom: [3, { fieldRef: [1, FIELD_REF] }] }],
  resources: [8, { limits: [1, 'quantities'], requests: [2, 'quantities'] }],
  volumeMounts: [9, { name: [1, 'text'], readOnly: [2, 'flag'], mountPath: [3, 'text'] }],
  livenessProbe: [
    10,
    {
      httpGet: [[1, 2], { path: [1, 'text'], port: [2, 'either'], scheme: [4, 'text'] }],
      periodSeconds: [4, 'number'],
      failureThreshold: [6, 'number'],
    },
  ],
  terminationMessagePath: [13, 'text'],
  imagePullPolicy: [14, 'text'],
  terminationMessagePolicy: [20, 'text'],
};

const STATE: MessageFields = { running: [2, { startedAt: [1, 'time'] }] };

/** The fields of a Pod that the generator's pods have. Source: api core/v1 generated.proto. */
const POD: MessageFields = {
  metadata: [1, META_FIELDS],
  spec: [
    2,
    {
      volumes: [
        1,
        {
          name: [1, 'text'],
          projected: [[2, 26], { sources: [1, PROJECTION], defaultMode: [2, 'number'] }],
        },
      ],
      containers: [2, CONTAINER],
      restartPolicy: [3, 'text'],
      terminationGracePeriodSeconds: [4, 'number'],
      dnsPolicy: [6, 'text'],
      serviceAccountName: [8, 'text'],
      serviceAccount: [9, 'text'],
      nodeName: [10, 'text'],
      securityContext: [14, {}],
      schedulerName: [19, 'text'],
      tolerations: [
        22,
        { key: [1, 'text'], operator: [2, 'text'], effect: [4, 'text'], tolerationSeconds: [5, 'number'] },
      ],
      priority: [25, 'number'],
      enableServiceLinks: [30, 'flag'],
      preemptionPolicy: [31, 'text'],
    },
  ],
  status: [
    3,
    {
      phase: [1, 'text'],
      conditions: [
        2,
        { type: [1, 'text'], status: [2, 'text'], lastProbeTime: [3, 'time'], lastTransitionTime: [4, 'time'] },
      ],
      hostIP: [5, 'text'],
      podIP: [6, 'text'],
      startTime: [7, 'time'],
      containerStatuses: [
        8,
        {
          name: [1, 'text'],
          state: [2, STATE],
          lastState: [3, STATE],
          ready: [4, 'flag'],
          restartCount: [5, 'number'],
          image: [6, 'text'],
          imageID: [7, 'text'],
          containerID: [8, 'text'],
          started: [9, 'flag'],
        },
      ],
      qosClass: [9, 'text'],
      podIPs: [12, { ip: [1, 'text'] }],
    },
  ],
};

/** A pod of the generator (its JSON) as a message. */
export function encodePod(json: string): Buffer {
  return encodeMessage(JSON.parse(json) as Readonly<Record<string, unknown>>, POD);
}
