import { describe, expect, it } from 'vitest';
import { decodeNode } from '../../../../shared/kube/decode-objects.ts';
import { createNodeDecoder } from '../../../../shared/kube/protobuf/node-decoder.ts';
import { createClusterObjects } from '../../../bench/cluster-objects.ts';
import { USUAL_SHAPE } from '../../../bench/cluster-shape.ts';
import { encodeList } from '../../../bench/protobuf/list-message.ts';
import { encodeNode } from '../../../bench/protobuf/node-message.ts';
import { listDecoder } from '../../../support/list-decoder.ts';

describe("the benchmark's nodes in protobuf", () => {
  it('say what their JSON says', () => {
    const { node } = createClusterObjects({ ...USUAL_SHAPE, nodes: 3 });
    const nodes = [0, 1, 2].map(node);

    const body = encodeList('NodeList', { continue: 'more' }, nodes.map(encodeNode));
    const page = listDecoder('NodeList', createNodeDecoder())(body);

    expect(page).toStrictEqual({ items: nodes.map((json) => decodeNode(JSON.parse(json))), continue: 'more' });
  });
});
