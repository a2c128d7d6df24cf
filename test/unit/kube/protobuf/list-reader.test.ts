import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DecodeError } from '../../../../shared/core/errors.ts';
import { decodePod } from '../../../../shared/kube/decode-objects.ts';
import { createPodDecoder } from '../../../../shared/kube/protobuf/pod-decoder.ts';
import type { PodObject } from '../../../../shared/kube/types.ts';
import { listDecoder } from '../../../support/list-decoder.ts';

/** Lists of real clusters, and what the API server's own serializer (v1.20.2) makes of them. */
const CAPTURES = [
  'aks-engine-k8s1.12-pods',
  'datadog-crashed-pods',
  'datadog-windows-pods',
  'newrelic-minikube-k8s1.34-kubelet-pods',
];
const MIRROR = 'kubernetes.io/config.mirror';

function capture(file: string): Buffer {
  return readFileSync(new URL(`../../../data/objects/${file}`, import.meta.url));
}

/** A pod from JSON as protobuf gives it: of the annotations only the mirror mark, the start as a number. */
function asFromProtobuf(pod: PodObject): PodObject {
  const { annotations, ...metadata } = pod.metadata ?? {};
  const isMirror = annotations?.[MIRROR] !== undefined;
  const startTime = pod.status?.startTime;
  return {
    ...pod,
    metadata: { ...metadata, ...(isMirror && { annotations: { [MIRROR]: '' } }) },
    status: { ...pod.status, ...(typeof startTime === 'string' && { startTime: Date.parse(startTime) }) },
  };
}

/** A cold decoder of pages of pods. */
function podsOf(pieceBytes?: number): ReturnType<typeof listDecoder<PodObject>> {
  return listDecoder('PodList', createPodDecoder(), pieceBytes);
}

describe('openList', () => {
  it.each(CAPTURES)('reads the same from %s as from its JSON', (name) => {
    const decode = podsOf();
    const json = JSON.parse(capture(`${name}.json`).toString()) as { readonly items: readonly unknown[] };

    const { items, continue: token } = decode(capture(`${name}.pb`));

    expect(items.length).toBeGreaterThan(0);
    expect(items).toEqual(json.items.map(decodePod).map(asFromProtobuf));
    expect(token).toBe('');
  });

  it('reads the same again from what it remembers', () => {
    const decode = podsOf();
    const bodies = CAPTURES.map((name) => capture(`${name}.pb`));

    const first = bodies.map(decode);
    const second = bodies.map(decode);

    expect(second).toEqual(first);
  });

  it('finds the token of the next page, and fields that it does not know', () => {
    const decode = podsOf();
    const metadata = block(1, block(2, text('407613')), block(3, text('next-page')), Buffer.from([4 << 3, 9]));
    const pod = block(2, block(1, block(1, text('a')), block(3, text('shop'))), fixed64(19), fixed32(20));
    const list = envelope('PodList', Buffer.concat([metadata, pod]));

    const page = decode(list);

    expect(page).toEqual({ items: [{ metadata: { name: 'a', namespace: 'shop' } }], continue: 'next-page' });
  });

  it.each([1, 2, 3, 7, 64, 1_000, 4_096])('reads the same in pieces of %s bytes', (pieceBytes) => {
    for (const name of CAPTURES) {
      const body = capture(`${name}.pb`);

      const pieces = podsOf(pieceBytes)(body);

      expect(pieces).toEqual(podsOf()(body));
    }
  });

  it('reads or refuses the same in pieces as at once, whatever bytes are changed or cut', () => {
    const outcomeOf = (body: Buffer, pieceBytes?: number): unknown => {
      try {
        return podsOf(pieceBytes)(body);
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
        return 'refused';
      }
    };
    const pod = (name: string): Buffer => block(2, block(1, block(1, text(name)), block(3, text('shop'))), fixed64(19));
    const whole = envelope('PodList', Buffer.concat([block(1, block(3, text('more'))), pod('a'), pod('bcd')]));
    const broken = fc.record({
      cut: fc.integer({ min: 0, max: whole.length }),
      changes: fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 3 }),
      pieceBytes: fc.integer({ min: 1, max: whole.length }),
    });

    fc.assert(
      fc.property(broken, ({ cut, changes, pieceBytes }) => {
        const body = Buffer.from(whole.subarray(0, cut));
        for (const [at, value] of changes) if (at < cut) body[at] = value;
        expect(outcomeOf(body, pieceBytes)).toEqual(outcomeOf(body));
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuses a list that ends in the middle, wherever that is', () => {
    const message = block(2, block(1, block(1, text('a'))));
    const whole = Buffer.concat([opening('PodList'), block(2, message)]);

    for (let cut = 0; cut < whole.length; cut++) {
      // A list without a message is one without pods.
      if (cut === opening('PodList').length) continue;
      expect(() => podsOf(3)(whole.subarray(0, cut))).toThrow(DecodeError);
    }
  });

  it('does not believe a length: memory grows with what comes', () => {
    const claim = Buffer.concat([opening('PodList'), Buffer.from([0x12, 0xff, 0xff, 0xff, 0xff, 0x0f])]);
    const pod = Buffer.from([0x12, 0xf0, 0xff, 0xff, 0xff, 0x0e, 1, 2, 3]);
    const before = process.memoryUsage().arrayBuffers;

    expect(() => podsOf()(Buffer.concat([claim, pod]))).toThrow(/ends in the middle/);

    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  });

  it('puts labels together that do not lie together', () => {
    const decode = podsOf();
    const label = (key: string, value: string): Buffer => block(11, block(1, text(key)), block(2, text(value)));
    const metadata = block(1, label('a', '1'), label('__proto__', 'x'), block(1, text('pod')), label('b', '2'));

    const { items } = decode(envelope('PodList', block(2, metadata)));

    expect(Object.entries(items[0]?.metadata?.labels ?? {})).toEqual([
      ['a', '1'],
      ['__proto__', 'x'],
      ['b', '2'],
    ]);
  });

  it('refuses another kind', () => {
    expect(() => podsOf()(envelope('NodeList', Buffer.alloc(0)))).toThrow(/NodeList instead of a PodList/);
  });

  it.each([
    ['a group', Buffer.from([(7 << 3) | 3])],
    ['a field 0', Buffer.from([0, 0])],
    ['a number that does not end', Buffer.from([(7 << 3) | 0, ...new Array<number>(11).fill(0x80)])],
    ['a text longer than its message', Buffer.from([(7 << 3) | 2, 4, 1])],
    ['a number as a message', Buffer.from([(2 << 3) | 0, 1])],
  ])('refuses %s', (_, message) => {
    expect(() => podsOf()(envelope('PodList', message))).toThrow(DecodeError);
  });

  it('answers or refuses whatever bytes are changed or cut', () => {
    const body = capture('datadog-windows-pods.pb');
    const decode = podsOf();
    const broken = fc.record({
      cut: fc.nat(body.length),
      changes: fc.array(fc.tuple(fc.nat(body.length - 1), fc.nat(255)), { maxLength: 8 }),
    });

    fc.assert(
      fc.property(broken, ({ cut, changes }) => {
        const bytes = Buffer.from(body.subarray(0, cut));
        for (const [at, value] of changes) if (at >= 4 && at < cut) bytes[at] = value;
        try {
          decode(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
    );
  });
});

function text(value: string): Buffer {
  return Buffer.from(value);
}

/** A length-delimited field: a text or a message. */
function block(field: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([...varint((field << 3) | 2), ...varint(content.length)]), content]);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

function fixed64(field: number): Buffer {
  return Buffer.from([...varint((field << 3) | 1), 1, 2, 3, 4, 5, 6, 7, 8]);
}

function fixed32(field: number): Buffer {
  return Buffer.from([...varint((field << 3) | 5), 1, 2, 3, 4]);
}

/** The magic, and a typeMeta that names the kind. */
function opening(kind: string): Buffer {
  return Buffer.concat([Buffer.from('k8s\0'), block(1, block(1, text('v1')), block(2, text(kind)))]);
}

function envelope(kind: string, message: Buffer): Buffer {
  return Buffer.concat([opening(kind), block(2, message), block(3), block(4)]);
}
