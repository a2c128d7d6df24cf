import { bytesOf, readFields, readText } from '../protobuf-fields.ts';

const MAGIC = Buffer.from('k8s\0');
const PROTOBUF = 'application/vnd.kubernetes.protobuf';
/** Source: kubernetes api authorization/v1 generated.proto, ResourceAttributes. */
const ATTRIBUTES = ['namespace', 'verb', 'group', 'version', 'resource', 'subresource', 'name'];

/** A review as JSON says it, also from protobuf, in which `kubectl` writes it; undefined for any other type of content. */
export function readReviewBody(body: Buffer, contentType: string | undefined): unknown {
  const type = (contentType ?? '').split(';')[0]?.trim();
  if (type === 'application/json') return fromJson(body);
  if (type !== PROTOBUF || !body.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  // runtime.Unknown: typeMeta = 1 (apiVersion = 1, kind = 2), raw = 2.
  const unknown = message(body.subarray(MAGIC.length));
  const meta = message(unknown.get(1) ?? Buffer.alloc(0));
  const review = {
    apiVersion: readText(meta.get(1) ?? Buffer.alloc(0)),
    kind: readText(meta.get(2) ?? Buffer.alloc(0)),
  };
  if (review.kind !== 'SelfSubjectAccessReview') return review;
  const spec = message(message(unknown.get(2) ?? Buffer.alloc(0)).get(2) ?? Buffer.alloc(0));
  const given = message(spec.get(1) ?? Buffer.alloc(0));
  const texts = ATTRIBUTES.map((name, at) => [name, readText(given.get(at + 1) ?? Buffer.alloc(0))] as const);
  const resourceAttributes = Object.fromEntries(texts.filter(([, value]) => value !== ''));
  return { ...review, spec: { resourceAttributes } };
}

function fromJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return {};
  }
}

/** Fields with a length by their number; the others do not matter here. */
function message(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const fields = readFields(bytes).filter(({ value }) => typeof value !== 'bigint');
  return new Map(fields.map(({ number, value }) => [number, bytesOf(value)]));
}
