import { deepEqual, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { DecodeError } from '../../shared/core/errors.ts';
import { decodeStatus } from '../../shared/kube/protobuf/decode-status.ts';
import { createNodeDecoder } from '../../shared/kube/protobuf/node-decoder.ts';
import { createPodDecoder } from '../../shared/kube/protobuf/pod-decoder.ts';
import { createClusterObjects } from '../bench/cluster-objects.ts';
import { USUAL_SHAPE } from '../bench/cluster-shape.ts';
import { encodeList } from '../bench/protobuf/list-message.ts';
import { encodeNode } from '../bench/protobuf/node-message.ts';
import { encodePod } from '../bench/protobuf/pod-message.ts';
import { listDecoder } from '../support/list-decoder.ts';
import { byteChanges, changeBytes } from './byte-changes.ts';
import { type FuzzSuite, property } from './suite.ts';

const capture = (file: string): Buffer => readFileSync(new URL(`../data/objects/${file}`, import.meta.url));
const MADE = createClusterObjects({ ...USUAL_SHAPE, nodes: 1 });
const PODS = MADE.pods(0);
/** Real lists and made ones of one or two objects, so that most changes hit something that is read. */
const BODIES: readonly Buffer[] = [
  capture('datadog-windows-pods.pb'),
  capture('datadog-crashed-pods.pb'),
  capture('honeycomb-duckboat-nodes.pb'),
  capture('aks-k8s1.19-nodelist-one-node.pb'),
  capture('status-expired.pb'),
  ...[0, 1, 2, 3].map((at) => encodeList('PodList', { continue: 'more' }, PODS.slice(at, at + 2).map(encodePod))),
  encodeList('NodeList', { continue: 'more' }, [encodeNode(MADE.node(0))]),
];

type Decode = (body: Buffer) => unknown;

/** How lists of either kind are decoded by who has seen nothing yet. */
const COLD: readonly ((pieceBytes?: number) => Decode)[] = [
  (pieceBytes) => listDecoder('PodList', createPodDecoder(), pieceBytes),
  (pieceBytes) => listDecoder('NodeList', createNodeDecoder(), pieceBytes),
];
/** Keep what they have seen, as a collector does from tick to tick. */
const WARM = COLD.map((open) => open());

type Outcome = { readonly value: unknown } | { readonly refused: string };

function outcomeOf(decode: () => unknown): Outcome {
  try {
    return { value: decode() };
  } catch (error) {
    ok(error instanceof DecodeError, String(error));
    return { refused: error.message };
  }
}

/** Pods, nodes and statuses of an API server with changed bytes: refused or read, and the same warm and cold. */
export const protobuf: FuzzSuite = {
  name: 'protobuf',
  share: 0.15,
  run: property(fc.tuple(fc.constantFrom(...BODIES), byteChanges), ([body, changes]) => {
    const changed = changeBytes(body, changes);
    COLD.forEach((open, kind) => {
      const [whole, ...pieces] = [undefined, 1, 97].map((bytes) => outcomeOf(() => open(bytes)(changed)));
      deepEqual(
        outcomeOf(() => WARM[kind]?.(changed)),
        whole,
      );
      // Where it was refused is told within a piece.
      for (const cut of pieces)
        deepEqual('refused' in cut || cut, whole !== undefined && ('refused' in whole || whole));
    });
    outcomeOf(() => decodeStatus(changed));
  }),
};
