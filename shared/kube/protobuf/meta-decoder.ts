// hot path: bench "pods"
import type { ObjectMeta, OwnerReference } from '../types.ts';
import { BytesMemo } from './bytes-memo.ts';
import type { ObjectDecoder } from './object-decoder.ts';
import { addText, textMapOf } from './text-map.ts';
import { fieldSet, WireCursor } from './wire-cursor.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Annotations = Record<string, string>;

const META = fieldSet(1, 3, 5, 11, 12, 13);
const OWNER = fieldSet(1, 3, 6);

/** What is kept of an annotation, beside what is `known` already. Its entry of the map ends at `end`. */
export type AnnotationReader = (
  known: Annotations | undefined,
  cursor: WireCursor,
  end: number,
) => Annotations | undefined;

/**
 * The fields of an ObjectMeta that are read here, as `decodeMeta` gives them from JSON; empty texts are absent, as JSON leaves
 * them out. Namespaces, label sets and owners are shared between objects.
 *
 * | message | fields |
 * |---|---|
 * | ObjectMeta | name 1, namespace 3, uid 5, labels 11, annotations 12, ownerReferences 13 |
 * | OwnerReference | kind 1, name 3, controller 6 |
 *
 * Source: apimachinery meta/v1 generated.proto; the numbers are the same since Kubernetes 1.3.
 */
export function createMetaDecoder(readAnnotation: AnnotationReader): ObjectDecoder<ObjectMeta> {
  const namespaces = new BytesMemo((bytes, from, to) => bytes.toString('utf8', from, to));
  const labelSets = new BytesMemo(textMapOf(addText));
  const owners = new BytesMemo(decodeOwner);

  return (cursor, end) => {
    const meta: Writable<ObjectMeta> = {};
    let annotations: Annotations | undefined;
    let own: OwnerReference[] | undefined;
    for (let field = cursor.next(end, META); field !== 0; field = cursor.next(end, META)) {
      if (field === 1) meta.name = cursor.text(end);
      else if (field === 3) meta.namespace = namespaces.ofBlock(cursor, end);
      else if (field === 5) meta.uid = cursor.text(end);
      else if (field === 11) {
        const labels = labelSets.ofRun(cursor, end);
        meta.labels = meta.labels == null ? labels : { ...meta.labels, ...labels };
      } else if (field === 12) {
        const to = cursor.block(end);
        annotations = readAnnotation(annotations, cursor, to);
        cursor.at = to;
      } else {
        own ??= [];
        own.push(owners.ofBlock(cursor, end));
      }
    }
    if (annotations !== undefined) meta.annotations = annotations;
    if (own !== undefined) meta.ownerReferences = own;
    if (meta.name === '') delete meta.name;
    if (meta.namespace === '') delete meta.namespace;
    if (meta.uid === '') delete meta.uid;
    return meta;
  };
}

function decodeOwner(bytes: Buffer, from: number, to: number): OwnerReference {
  const cursor = new WireCursor(bytes);
  cursor.at = from;
  const owner: Writable<OwnerReference> = {};
  for (let field = cursor.next(to, OWNER); field !== 0; field = cursor.next(to, OWNER)) {
    if (field === 1) owner.kind = cursor.text(to);
    else if (field === 3) owner.name = cursor.text(to);
    else owner.controller = cursor.number(to) === 1;
  }
  return owner;
}
