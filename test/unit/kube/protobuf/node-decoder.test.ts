import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DecodeError } from '../../../../shared/core/errors.ts';
import { decodeNode } from '../../../../shared/kube/decode-objects.ts';
import { createNodeDecoder } from '../../../../shared/kube/protobuf/node-decoder.ts';
import { createObjectMemo } from '../../../../shared/kube/protobuf/object-memo.ts';
import { WireCursor } from '../../../../shared/kube/protobuf/wire-cursor.ts';
import type { NodeObject } from '../../../../shared/kube/types.ts';
import { listDecoder } from '../../../support/list-decoder.ts';

/** Lists of real clusters, and what `protoc` makes of them (test/real/node-list.test.ts). */
const CAPTURES = [
  'aks-k8s1.11-nodes',
  'aks-k8s1.19-nodelist-one-node',
  'honeycomb-duckboat-nodes',
  'openshift-aws-k8s1.17-nodes',
  'splunk-kops-k8s1.10-nodes',
];

function capture(file: string): Buffer {
  return readFileSync(new URL(`../../../data/objects/${file}`, import.meta.url));
}

function fromJson(name: string): readonly NodeObject[] {
  const json = JSON.parse(capture(`${name}.json`).toString()) as { readonly items: readonly unknown[] };
  return json.items.map(decodeNode);
}

/** A cold decoder of pages of nodes. */
function nodesOf(pieceBytes?: number): ReturnType<typeof listDecoder<NodeObject>> {
  return listDecoder('NodeList', createNodeDecoder(), pieceBytes);
}

describe('createNodeDecoder', () => {
  it.each(CAPTURES)('reads the same from %s as from its JSON', (name) => {
    const { items } = nodesOf()(capture(`${name}.pb`));

    expect(items.length).toBeGreaterThan(0);
    expect(items).toStrictEqual(fromJson(name));
  });

  it.each([1, 2, 3, 7, 64, 1_000, 4_096])('reads the same in pieces of %s bytes', (pieceBytes) => {
    for (const name of CAPTURES) expect(nodesOf(pieceBytes)(capture(`${name}.pb`)).items).toStrictEqual(fromJson(name));
  });

  it('gives the same nodes once more, and not decoded, while their version is the same', () => {
    const decode = listDecoder('NodeList', createObjectMemo(createNodeDecoder(), { now: () => 0 }));

    for (const name of CAPTURES) {
      const first = decode(capture(`${name}.pb`)).items;
      const second = decode(capture(`${name}.pb`)).items;

      expect(first).toStrictEqual(fromJson(name));
      second.forEach((node, index) => {
        expect(node).toBe(first[index]);
      });
    }
  });

  it('shares the resources of equal nodes', () => {
    const decode = nodesOf();

    const [first] = decode(capture('splunk-kops-k8s1.10-nodes.pb')).items;
    const [second] = decode(capture('splunk-kops-k8s1.10-nodes.pb')).items;

    expect(second).not.toBe(first);
    expect(second?.status?.capacity).toBe(first?.status?.capacity);
  });

  it('has nothing of a node without fields, as its JSON has', () => {
    expect(read()).toStrictEqual(decodeNode({}));
  });

  it('leaves out what the server writes empty and JSON does not, and nothing else', () => {
    const metadata = block(1, block(1), block(3), block(5));
    const spec = block(2, block(1), block(2), block(3), number(4, 0));
    const condition = block(4, block(1), block(2), block(5), block(6));
    const status = block(3, block(3), condition, block(5, block(1), block(2)), block(6, block(1, number(1, 0))));

    expect(read(metadata, spec, status)).toStrictEqual(
      decodeNode({
        metadata: {},
        spec: {},
        status: {
          conditions: [{ type: '', status: '' }],
          addresses: [{ type: '', address: '' }],
          daemonEndpoints: { kubeletEndpoint: { Port: 0 } },
        },
      }),
    );
  });

  it('reads a node that takes no pods, with the id and the port of its kubelet', () => {
    const spec = block(2, block(2, text('i-1')), block(3, text('aws:///a/i-1')), number(4, 1));

    expect(read(spec, block(3, block(6, block(1, number(1, 10_250)))))).toStrictEqual({
      metadata: {},
      spec: { externalID: 'i-1', providerID: 'aws:///a/i-1', unschedulable: true },
      status: { kubeletPort: 10_250 },
    });
  });

  it('puts entries of a map together that do not lie together, whatever their names are', () => {
    const entry = (field: number, key: string, value: string): Buffer =>
      block(field, block(1, text(key)), block(2, block(1, text(value))));
    const status = block(3, entry(1, 'cpu', '4'), entry(2, 'cpu', '3'), entry(1, '__proto__', '1'));
    const annotation = (key: string, value: string): Buffer => block(12, block(1, text(key)), block(2, text(value)));
    const metadata = block(1, annotation('__proto__', 'x'), block(1, text('n')), annotation('b', 'y'));

    const node = read(metadata, status);

    expect(Object.entries(node.status?.capacity ?? {})).toEqual([
      ['cpu', '4'],
      ['__proto__', '1'],
    ]);
    expect(node.status?.allocatable).toEqual({ cpu: '3' });
    expect(Object.entries(node.metadata?.annotations ?? {})).toEqual([
      ['__proto__', 'x'],
      ['b', 'y'],
    ]);
  });

  it('answers or refuses the same warm, cold and in pieces, whatever bytes are changed or cut', () => {
    const body = capture('honeycomb-duckboat-nodes.pb');
    const warm = nodesOf();
    const broken = fc.record({
      cut: fc.oneof(fc.constant(body.length), fc.nat(body.length)),
      changes: fc.array(fc.tuple(fc.nat(body.length - 1), fc.nat(255)), { maxLength: 8 }),
      pieceBytes: fc.integer({ min: 1, max: body.length }),
    });

    fc.assert(
      fc.property(broken, ({ cut, changes, pieceBytes }) => {
        const bytes = Buffer.from(body.subarray(0, cut));
        for (const [at, value] of changes) if (at < cut) bytes[at] = value;
        const outcome = outcomeOf(() => nodesOf()(bytes));
        expect(outcomeOf(() => warm(bytes))).toEqual(outcome);
        expect(outcomeOf(() => nodesOf(pieceBytes)(bytes))).toEqual(outcome);
      }),
      { numRuns: 300 },
    );
  });
});

function outcomeOf(decode: () => unknown): unknown {
  try {
    return decode();
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
    return 'refused';
  }
}

/** Decodes one node of these fields. */
function read(...fields: readonly Buffer[]): NodeObject {
  const bytes = Buffer.concat(fields);
  return createNodeDecoder()(new WireCursor(bytes), bytes.length);
}

function text(value: string): Buffer {
  return Buffer.from(value);
}

/** A length-delimited field of less than 128 bytes: a text or a message. */
function block(field: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([(field << 3) | 2, content.length]), content]);
}

/** A number field below 2^14. */
function number(field: number, value: number): Buffer {
  return Buffer.from([field << 3, (value & 0x7f) | 0x80, value >> 7]);
}
