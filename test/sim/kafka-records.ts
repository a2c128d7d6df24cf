import { gunzipSync } from 'node:zlib';
import { uncompress } from 'snappyjs';

/** One message as the broker stores it. */
export interface KafkaRecord {
  readonly key: string;
  readonly value: string;
  /** Unix milliseconds. */
  readonly timestamp: number;
}

export interface RecordBatch {
  readonly records: readonly KafkaRecord[];
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly baseSequence: number;
}

const CASTAGNOLI = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

function crc32c(bytes: Buffer): number {
  let crc = -1;
  for (const byte of bytes) crc = (CASTAGNOLI[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ -1) >>> 0;
}

/** A cursor over a zigzag-encoded record. */
function createCursor(bytes: Buffer): { varint(): number; take(size: number): Buffer; readonly at: number } {
  let at = 0;
  return {
    varint() {
      let value = 0n;
      for (let shift = 0n; ; shift += 7n) {
        const byte = bytes.readUInt8(at++);
        value |= BigInt(byte & 0x7f) << shift;
        if (byte < 0x80) break;
      }
      return Number((value >> 1n) ^ -(value & 1n));
    },
    take(size) {
      at += size;
      return bytes.subarray(at - size, at);
    },
    get at() {
      return at;
    },
  };
}

function decompress(bytes: Buffer, codec: number): Buffer {
  switch (codec) {
    case 0:
      return bytes;
    case 1:
      return gunzipSync(bytes);
    case 2: {
      // xerial framing: 16 bytes, then blocks with their length.
      if (bytes.toString('latin1', 1, 7) !== 'SNAPPY') throw new Error('snappy without its frame');
      const blocks: Uint8Array[] = [];
      for (let at = 16; at < bytes.length; ) {
        const size = bytes.readInt32BE(at);
        blocks.push(uncompress(bytes.subarray(at + 4, at + 4 + size)));
        at += 4 + size;
      }
      return Buffer.concat(blocks);
    }
    default:
      throw new Error(`codec ${codec}`);
  }
}

/** Reads a record batch of magic 2, with its checksum and its counts. Throws what is wrong with it. */
export function readRecordBatch(bytes: Buffer): RecordBatch {
  const magic = bytes.readInt8(16);
  if (magic !== 2) throw new Error(`magic ${magic}`);
  if (bytes.readInt32BE(8) !== bytes.length - 12) throw new Error('batch length');
  if (crc32c(bytes.subarray(21)) !== bytes.readUInt32BE(17)) throw new Error('CORRUPT_MESSAGE');
  const attributes = bytes.readInt16BE(21);
  const firstTimestamp = Number(bytes.readBigInt64BE(27));
  const count = bytes.readInt32BE(57);
  const cursor = createCursor(decompress(bytes.subarray(61), attributes & 7));
  const records: KafkaRecord[] = [];
  for (let index = 0; index < count; index++) {
    const size = cursor.varint();
    const end = cursor.at + size;
    cursor.take(1);
    const timestamp = firstTimestamp + cursor.varint();
    if (cursor.varint() !== index) throw new Error('offset delta');
    const key = cursor.take(cursor.varint()).toString('utf8');
    const value = cursor.take(cursor.varint()).toString('utf8');
    if (cursor.varint() !== 0 || cursor.at !== end) throw new Error('record length');
    records.push({ key, value, timestamp });
  }
  if (bytes.readInt32BE(23) !== count - 1) throw new Error('last offset delta');
  return {
    records,
    producerId: bytes.readBigInt64BE(43),
    producerEpoch: bytes.readInt16BE(51),
    baseSequence: bytes.readInt32BE(53),
  };
}
