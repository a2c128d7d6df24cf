import { deepEqual, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { DecodeError } from '../../shared/core/errors.ts';
import { decodeStatus } from '../../shared/kube/protobuf/decode-status.ts';
import { createPodDecoder } from '../../shared/kube/protobuf/pod-decoder.ts';
import { createClusterObjects } from '../bench/cluster-objects.ts';
import { USUAL_SHAPE } from '../bench/cluster-shape.ts';
import { encodePod, encodePodList } from '../bench/protobuf/pod-list.ts';
import { podListDecoder } from '../support/pod-list-decoder.ts';
import { byteChanges, changeBytes } from './byte-changes.ts';
import { type FuzzSuite, property } from './suite.ts';

const capture = (file: string): Buffer => readFileSync(new URL(`../data/objects/${file}`, import.meta.url));
const MADE = createClusterObjects({ ...USUAL_SHAPE, nodes: 1 }).pods(0);
/** Real lists and made ones of one or two pods, so that most changes hit something that is read. */
const BODIES: readonly Buffer[] = [
  capture('datadog-windows-pods.pb'),
  capture('datadog-crashed-pods.pb'),
  capture('status-expired.pb'),
  ...[0, 1, 2, 3].map((at) => encodePodList({ continue: 'more' }, MADE.slice(at, at + 2).map(encodePod))),
];

/** Keeps what it has seen, as a collector does from tick to tick. */
const WARM = podListDecoder(createPodDecoder());

type Outcome = { readonly value: unknown } | { readonly refused: string };

function outcomeOf(decode: () => unknown): Outcome {
  try {
    return { value: decode() };
  } catch (error) {
    ok(error instanceof DecodeError, String(error));
    return { refused: error.message };
  }
}

/** Pods and statuses of an API server with changed bytes: refused or read, and the same warm and cold. */
export const protobuf: FuzzSuite = {
  name: 'protobuf',
  share: 0.15,
  run: property(fc.tuple(fc.constantFrom(...BODIES), byteChanges), ([body, changes]) => {
    const changed = changeBytes(body, changes);
    deepEqual(
      outcomeOf(() => WARM(changed)),
      outcomeOf(() => podListDecoder(createPodDecoder())(changed)),
    );
    const [whole, ...pieces] = [changed.length, 1, 97].map((bytes) =>
      outcomeOf(() => podListDecoder(createPodDecoder(), bytes)(changed)),
    );
    // Where it was refused is told within a piece.
    for (const cut of pieces) deepEqual('refused' in cut || cut, whole !== undefined && ('refused' in whole || whole));
    outcomeOf(() => decodeStatus(changed));
  }),
};
