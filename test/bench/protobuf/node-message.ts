import { encodeMessage, type MessageFields } from './encode-message.ts';
import { META_FIELDS } from './meta-fields.ts';

/** The fields of a Node that the generator's nodes have. Source: api core/v1 generated.proto. */
const NODE: MessageFields = {
  metadata: [1, META_FIELDS],
  spec: [2, { podCIDR: [1, 'text'], providerID: [3, 'text'], podCIDRs: [7, 'text'] }],
  status: [
    3,
    {
      capacity: [1, 'quantities'],
      allocatable: [2, 'quantities'],
      conditions: [
        4,
        {
          type: [1, 'text'],
          status: [2, 'text'],
          lastHeartbeatTime: [3, 'time'],
          lastTransitionTime: [4, 'time'],
          reason: [5, 'text'],
          message: [6, 'text'],
        },
      ],
      addresses: [5, { type: [1, 'text'], address: [2, 'text'] }],
      daemonEndpoints: [6, { kubeletEndpoint: [1, { Port: [1, 'number'] }] }],
      nodeInfo: [
        7,
        {
          machineID: [1, 'text'],
          kernelVersion: [4, 'text'],
          osImage: [5, 'text'],
          containerRuntimeVersion: [6, 'text'],
          kubeletVersion: [7, 'text'],
          operatingSystem: [9, 'text'],
          architecture: [10, 'text'],
        },
      ],
      images: [8, { names: [1, 'text'], sizeBytes: [2, 'number'] }],
    },
  ],
};

/** A node of the generator (its JSON) as a message. */
export function encodeNode(json: string): Buffer {
  return encodeMessage(JSON.parse(json) as Readonly<Record<string, unknown>>, NODE);
}
