import type { MessageFields } from './encode-message.ts';

/** The fields of an ObjectMeta that the generator's objects have. Source: apimachinery meta/v1 generated.proto. */
export const META_FIELDS: MessageFields = {
  name: [1, 'text'],
  generateName: [2, 'text'],
  namespace: [3, 'text'],
  uid: [5, 'text'],
  resourceVersion: [6, 'text'],
  creationTimestamp: [8, 'time'],
  labels: [11, 'texts'],
  annotations: [12, 'texts'],
  ownerReferences: [
    13,
    {
      kind: [1, 'text'],
      name: [3, 'text'],
      uid: [4, 'text'],
      apiVersion: [5, 'text'],
      controller: [6, 'flag'],
      blockOwnerDeletion: [7, 'flag'],
    },
  ],
  managedFields: [
    17,
    {
      manager: [1, 'text'],
      operation: [2, 'text'],
      apiVersion: [3, 'text'],
      time: [4, 'time'],
      fieldsType: [6, 'text'],
      fieldsV1: [7, 'json'],
    },
  ],
};
