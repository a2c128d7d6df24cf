import { gunzipSync, gzipSync } from 'node:zlib';

/** Smaller texts travel as they are, so that logs and calls by hand stay readable. */
const PACK_FROM_BYTES = 1_048_576;
/** Largest text that is unpacked. */
const MAX_TEXT_BYTES = 134_217_728;

/** A request or an answer between two functions: JSON in UTF-8, and gzip of it when it is large. */
export interface PackedJson {
  readonly packed: boolean;
  readonly bytes: Buffer<ArrayBuffer>;
}

/** A value as it travels. Totals of many workloads and groups are numbers and names: gzip makes a tenth of them. */
export function packJson(value: unknown): PackedJson {
  const text = Buffer.from(JSON.stringify(value) ?? 'null');
  if (text.length < PACK_FROM_BYTES) return { packed: false, bytes: text };
  return { packed: true, bytes: gzipSync(text, { level: 1 }) };
}

/** What `packJson` was given. Throws for bytes that are nothing of the kind, and for a text beyond any of ours. */
export function unpackJson({ packed, bytes }: { readonly packed: boolean; readonly bytes: Uint8Array }): unknown {
  const text = packed ? gunzipSync(bytes, { maxOutputLength: MAX_TEXT_BYTES }) : bytes;
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
}
