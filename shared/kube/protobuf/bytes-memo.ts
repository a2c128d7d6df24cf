// hot path: bench "pods"
import type { WireCursor } from './wire-cursor.ts';

const FIRST_SLOTS = 512;
const FIRST_BYTES = 16_384;
/** More is not kept unless so said: what was seen is forgotten then, and seen again. About 2 MiB with its bytes. */
const MOST_ENTRIES = 16_384;
const BYTES_AN_ENTRY = 64;
/** Longer pieces are not worth comparing. */
const LONGEST = 512;
/** Entries that one piece is compared with at most: pieces that are made to collide cost no more than this. */
const MOST_PROBES = 32;

const NO_INTEGERS = new Int32Array(0);
const NO_BYTES = Buffer.alloc(0);
const NO_VIEW = viewOf(NO_BYTES);
const NO_VALUES: never[] = [];

const WORD = 4;
/** FNV's, for 32 bits. */
const PRIME = 0x0100_0193;

const FREE = -1;
const CROWDED = -2;

/** Of whole words, the last of which may overlap the one before; of bytes if there is none. */
function hashOf(view: DataView, from: number, to: number): number {
  let hash = to - from;
  if (hash < WORD) {
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ view.getUint8(at), PRIME);
    return hash ^ (hash >>> 15);
  }
  const last = to - WORD;
  for (let at = from; at < last; at += WORD) {
    hash = Math.imul(hash ^ view.getInt32(at, true), PRIME);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ view.getInt32(last, true), PRIME);
  return hash ^ (hash >>> 15);
}

/** Whether two pieces of a length are the same, word by word. */
function isSame(one: DataView, at: number, other: DataView, from: number, length: number): boolean {
  if (length < WORD) {
    for (let i = 0; i < length; i++) if (one.getUint8(at + i) !== other.getUint8(from + i)) return false;
    return true;
  }
  const last = length - WORD;
  for (let i = 0; i < last; i += WORD) if (one.getInt32(at + i) !== other.getInt32(from + i)) return false;
  return one.getInt32(at + last) === other.getInt32(from + last);
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}

/**
 * What is made of pieces of bytes that come again and again (names, label sets, resources), found by those bytes. A cache:
 * the same bytes give a value made of the same bytes, now or earlier. Callers must not write to values.
 */
export class BytesMemo<T> {
  readonly #make: (bytes: Buffer, from: number, to: number) => T;
  readonly #mostEntries: number;
  // Each is set twice before anything is read: V8 compiles for a field that was set once only, and anew when it is set again.
  /** Open addressing: entry + 1, 0 = free; at least twice as many as entries. */
  #slots = NO_INTEGERS;
  #hashes = NO_INTEGERS;
  /** Where an entry's bytes end; they begin where those of the entry before end. */
  #ends = NO_INTEGERS;
  #bytes: Buffer = NO_BYTES;
  #view = NO_VIEW;
  /** What was asked for last; there are many pieces of it. */
  #asked: Buffer = NO_BYTES;
  #askedView = NO_VIEW;
  #values: T[] = NO_VALUES;

  constructor(make: (bytes: Buffer, from: number, to: number) => T, mostEntries = MOST_ENTRIES) {
    this.#make = make;
    this.#mostEntries = mostEntries;
    this.#values = [];
    this.#bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
    this.#view = viewOf(this.#bytes);
    this.#asked = this.#bytes;
    this.#askedView = this.#view;
    this.#resize(FIRST_SLOTS);
  }

  /** The value of `bytes` from `from` up to `to`. */
  of(bytes: Buffer, from: number, to: number): T {
    const length = to - from;
    if (length > LONGEST) return this.#make(bytes, from, to);
    const view = this.#viewed(bytes);
    const hash = hashOf(view, from, to);
    const entry = this.#entryOf(view, from, length, hash);
    if (entry >= 0) return this.#values[entry]!;
    return entry === FREE ? this.#add(bytes, from, to, hash) : this.#make(bytes, from, to);
  }

  /** The value of a block's content, of which the cursor has read the tag. Throws `DecodeError` if it is none. */
  ofBlock(cursor: WireCursor, end: number): T {
    const to = cursor.block(end);
    const value = this.of(cursor.bytes, cursor.at, to);
    cursor.at = to;
    return value;
  }

  /**
   * The value of all blocks of a repeated field that lie together, with their tags. The cursor has read the tag of the first; a tag
   * is one byte. Throws `DecodeError`.
   */
  ofRun(cursor: WireCursor, end: number): T {
    const { bytes } = cursor;
    const from = cursor.at - 1;
    cursor.skip(end);
    while (cursor.at < end && bytes[cursor.at] === bytes[from]) {
      cursor.field(end);
      cursor.skip(end);
    }
    return this.of(bytes, from, cursor.at);
  }

  /** The value of `bytes` from `from` up to `to` if it is known. */
  find(bytes: Buffer, from: number, to: number): T | undefined {
    const view = this.#viewed(bytes);
    const entry = this.#entryOf(view, from, to - from, hashOf(view, from, to));
    return entry < 0 ? undefined : this.#values[entry];
  }

  /** The entry of some bytes; `FREE` if there is room for it, `CROWDED` if it is not to be kept. */
  #entryOf(view: DataView, from: number, length: number, hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let probes = 0; probes < MOST_PROBES; probes++) {
      const entry = this.#slots[slot]! - 1;
      if (entry < 0) return FREE;
      if (this.#hashes[entry] === hash && this.#equals(entry, view, from, length)) return entry;
      slot = (slot + 1) & mask;
    }
    return CROWDED;
  }

  #equals(entry: number, view: DataView, from: number, length: number): boolean {
    const start = entry === 0 ? 0 : this.#ends[entry - 1]!;
    return this.#ends[entry]! - start === length && isSame(this.#view, start, view, from, length);
  }

  #viewed(bytes: Buffer): DataView {
    if (bytes !== this.#asked) {
      this.#asked = bytes;
      this.#askedView = viewOf(bytes);
    }
    return this.#askedView;
  }

  #add(bytes: Buffer, from: number, to: number, hash: number): T {
    const value = this.#make(bytes, from, to);
    const start = this.#values.length === 0 ? 0 : this.#ends[this.#values.length - 1]!;
    const end = start + to - from;
    if (this.#values.length === this.#mostEntries || end > this.#mostEntries * BYTES_AN_ENTRY) {
      this.#forget();
      return value;
    }
    if (this.#values.length === this.#hashes.length) this.#resize(this.#slots.length * 2);
    if (end > this.#bytes.length) {
      this.#bytes = Buffer.concat([this.#bytes], Math.max(end, this.#bytes.length * 2));
      this.#view = viewOf(this.#bytes);
    }
    bytes.copy(this.#bytes, start, from, to);
    const entry = this.#values.push(value) - 1;
    this.#hashes[entry] = hash;
    this.#ends[entry] = end;
    this.#place(entry, hash);
    return value;
  }

  #place(entry: number, hash: number): void {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = entry + 1;
  }

  #resize(slots: number): void {
    const hashes = new Int32Array(slots / 2);
    hashes.set(this.#hashes);
    const ends = new Int32Array(slots / 2);
    ends.set(this.#ends);
    this.#hashes = hashes;
    this.#ends = ends;
    this.#slots = new Int32Array(slots);
    for (let entry = 0; entry < this.#values.length; entry++) this.#place(entry, hashes[entry]!);
  }

  #forget(): void {
    this.#slots.fill(0);
    this.#values = [];
  }
}
