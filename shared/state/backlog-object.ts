import { promisify } from 'node:util';
import { crc32, gunzip, gzip } from 'node:zlib';
import { once } from '../core/once.ts';
import { MIB, type UnixMillis } from '../core/units.ts';
import * as z from '../core/zod.ts';

/** One encoded request that a sink did not take. */
export interface BacklogRequest {
  /** Points of the batch in it. */
  readonly points: number;
  /** False if a second copy would change what is stored. */
  readonly idempotent: boolean;
  /** The request as its sink saved it. */
  readonly body: Uint8Array;
}

/** What one run of one tick could not deliver to one sink. */
export interface BacklogObject {
  /** The tick's stamp: that of every point. */
  readonly timestamp: UnixMillis;
  /**
   * `spilled`: written after the export, nothing in it was taken. `ahead`: written before the export, so that any of it may
   * have been taken.
   */
  readonly kind: 'spilled' | 'ahead';
  readonly requests: readonly BacklogRequest[];
}

export type DecodedBacklog =
  | { readonly status: 'ok'; readonly object: BacklogObject }
  | { readonly status: 'unreadable'; readonly reason: string };

const MAGIC = Buffer.from('HPLSBKLG', 'latin1');
const FORMAT = 1;
/** Magic, format, header length, checksum of header and bodies. */
const PREFIX_BYTES = 20;
/** Largest unpacked object that is read. */
const MAX_UNPACKED = 256 * MIB;

const HEADER = once(() =>
  z.strictObject({
    timestamp: z.number(),
    kind: z.enum(['spilled', 'ahead']),
    /** Points, idempotent (1 or 0) and bytes of each request. */
    requests: z.array(
      z.tuple([z.int().check(z.nonnegative()), z.union([z.literal(0), z.literal(1)]), z.int().check(z.nonnegative())]),
    ),
  }),
);

// Made when they are used: a start that has no backlog loads no zlib.
const pack = (bytes: Uint8Array): Promise<Buffer> =>
  promisify<Uint8Array, { readonly level: number }, Buffer>(gzip)(bytes, { level: 1 });
const unpack = (bytes: Uint8Array, options: { readonly maxOutputLength: number }): Promise<Buffer> =>
  promisify<Uint8Array, { readonly maxOutputLength: number }, Buffer>(gunzip)(bytes, options);

/** Points of all requests. */
export function backlogPoints(object: BacklogObject): number {
  return object.requests.reduce((sum, { points }) => sum + points, 0);
}

/**
 * Bytes of a backlog object: gzip of magic (8 bytes), format, header length and CRC-32 of the rest (u32 each, little-endian),
 * JSON header, bodies one after the other.
 */
export async function encodeBacklog(object: BacklogObject): Promise<Uint8Array> {
  const { timestamp, kind, requests } = object;
  const header = Buffer.from(
    JSON.stringify({
      timestamp,
      kind,
      requests: requests.map(({ points, idempotent, body }) => [points, idempotent ? 1 : 0, body.byteLength]),
    }),
  );
  const rest = Buffer.concat([header, ...requests.map(({ body }) => body)]);
  const prefix = Buffer.alloc(PREFIX_BYTES);
  MAGIC.copy(prefix);
  prefix.writeUInt32LE(FORMAT, 8);
  prefix.writeUInt32LE(header.length, 12);
  prefix.writeUInt32LE(crc32(rest), 16);
  return await pack(Buffer.concat([prefix, rest]));
}

/** Reads a stored object. What is none, or of another version, or damaged, is `unreadable` with a reason. */
export async function decodeBacklog(bytes: Uint8Array): Promise<DecodedBacklog> {
  const unreadable = (reason: string): DecodedBacklog => ({ status: 'unreadable', reason });
  let all: Buffer;
  try {
    all = await unpack(bytes, { maxOutputLength: MAX_UNPACKED });
  } catch {
    return unreadable('is not gzip, is cut short, or is larger than 256 MB unpacked');
  }
  if (all.length < PREFIX_BYTES || !all.subarray(0, 8).equals(MAGIC)) return unreadable('is not a backlog');
  const format = all.readUInt32LE(8);
  if (format !== FORMAT) return unreadable(`has format ${format}; this build reads ${FORMAT}`);
  const rest = all.subarray(PREFIX_BYTES);
  if (crc32(rest) !== all.readUInt32LE(16)) return unreadable('is damaged: its checksum is wrong');
  return readParts(rest, all.readUInt32LE(12)) ?? unreadable('is damaged: its header does not fit its bodies');
}

function readParts(rest: Buffer, headerLength: number): DecodedBacklog | undefined {
  const header = readHeader(rest.subarray(0, headerLength));
  if (header === undefined) return undefined;
  const requests: BacklogRequest[] = [];
  let at = headerLength;
  for (const [points, idempotent, length] of header.requests) {
    requests.push({ points, idempotent: idempotent === 1, body: rest.subarray(at, at + length) });
    at += length;
  }
  if (at !== rest.length) return undefined;
  return { status: 'ok', object: { timestamp: header.timestamp, kind: header.kind, requests } };
}

function readHeader(bytes: Buffer): z.output<ReturnType<typeof HEADER>> | undefined {
  try {
    return HEADER().safeParse(JSON.parse(bytes.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
