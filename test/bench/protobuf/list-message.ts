import { block, encodeMessage, type MessageFields } from './encode-message.ts';

const LIST: MessageFields = { resourceVersion: [2, 'text'], continue: [3, 'text'], remainingItemCount: [4, 'number'] };
const TYPES: MessageFields = { apiVersion: [1, 'text'], kind: [2, 'text'] };
const MAGIC = Buffer.from('k8s\0');

/** Objects that are messages as a list of that kind, in the API server's envelope. */
export function encodeList(
  kind: 'NodeList' | 'PodList',
  metadata: Readonly<Record<string, unknown>>,
  items: readonly Buffer[],
): Buffer {
  const list = [block(1, encodeMessage(metadata, LIST)), ...items.map((item) => block(2, item))];
  const types = block(1, encodeMessage({ apiVersion: 'v1', kind }, TYPES));
  return Buffer.concat([
    MAGIC,
    types,
    block(2, Buffer.concat(list)),
    block(3, Buffer.alloc(0)),
    block(4, Buffer.alloc(0)),
  ]);
}
