// hot path: bench "decode"
import type { MetricBatchBuilder } from '../../../core/batch-builder.ts';

const FIRST_NAMES = 256;
const FIRST_BYTES = 8_192;
/** Entries that are compared with a name at most: names that are made to collide get no entry, and cost no more than this. */
const MAX_PROBES = 256;

function grown(ints: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const next = new Int32Array(length);
  next.set(ints);
  return next;
}

/**
 * Names that come again and again in a batch (containers, namespaces, volumes, interfaces), found by their bytes, so that no
 * text is made of a name that is known. An entry's number is small and begins at 0.
 */
export class NameTable {
  readonly #builder: MetricBatchBuilder;
  #size = 0;
  /** Open addressing: entry + 1, 0 = free; twice as many as `#hashes`. */
  #slots = new Int32Array(FIRST_NAMES * 2);
  #hashes = new Int32Array(FIRST_NAMES);
  /** Where an entry's bytes end; they begin where those of the entry before end. */
  #ends = new Int32Array(FIRST_NAMES);
  #bytes = new Uint8Array(FIRST_BYTES);
  readonly #texts: string[] = [];
  readonly #stringIds: number[] = [];
  /** By entry: id + 1 of the own-label set `interface`, and of the text after a prefix; 0 = not made yet. */
  #owns = new Int32Array(FIRST_NAMES);
  #prefixed = new Int32Array(FIRST_NAMES);
  readonly #prefix: string;

  constructor(builder: MetricBatchBuilder, prefix: string) {
    this.#builder = builder;
    this.#prefix = prefix;
  }

  /** How many entries there are. */
  get size(): number {
    return this.#size;
  }

  /** The entry of `length` ASCII bytes of `body` from `at` on, whose hash is `hash`; made if it is not there. -1 if it cannot be. */
  entry(body: Buffer, at: number, length: number, hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = (Math.imul(hash, 0x9e3779b1) >>> 7) & mask;
    let probes = 0;
    for (let found = this.#slots[slot]!; found !== 0; found = this.#slots[slot]!) {
      if (this.#hashes[found - 1] === hash && this.#equals(found - 1, body, at, length)) return found - 1;
      if (++probes === MAX_PROBES) return -1;
      slot = (slot + 1) & mask;
    }
    return this.#add(body, at, length, hash);
  }

  text(entry: number): string {
    return this.#texts[entry]!;
  }

  /** Id of the name in the builder's strings. */
  stringId(entry: number): number {
    return this.#stringIds[entry]!;
  }

  /** Id of the name behind the prefix in the builder's strings. */
  prefixedId(entry: number): number {
    let id = this.#prefixed[entry]!;
    if (id === 0) {
      id = this.#builder.strings.intern(this.#prefix + this.text(entry));
      this.#prefixed[entry] = id;
    }
    return id;
  }

  /** Id of the own-label set of an interface of that name. */
  interfaceLabels(entry: number): number {
    let own = this.#owns[entry]!;
    if (own === 0) {
      own = this.#builder.ownLabels('interface', this.text(entry));
      this.#owns[entry] = own;
    }
    return own;
  }

  #equals(entry: number, body: Uint8Array, at: number, length: number): boolean {
    const from = entry === 0 ? 0 : this.#ends[entry - 1]!;
    if (this.#ends[entry]! - from !== length) return false;
    const bytes = this.#bytes;
    for (let i = 0; i < length; i++) if (bytes[from + i] !== body[at + i]) return false;
    return true;
  }

  #add(body: Buffer, at: number, length: number, hash: number): number {
    if (this.#size === this.#hashes.length) this.#grow();
    const entry = this.#size++;
    const from = entry === 0 ? 0 : this.#ends[entry - 1]!;
    while (from + length > this.#bytes.length) {
      const bytes = new Uint8Array(this.#bytes.length * 2);
      bytes.set(this.#bytes);
      this.#bytes = bytes;
    }
    for (let i = 0; i < length; i++) this.#bytes[from + i] = body[at + i]!;
    this.#ends[entry] = from + length;
    this.#hashes[entry] = hash;
    const text = body.toString('latin1', at, at + length);
    this.#texts.push(text);
    this.#stringIds.push(this.#builder.strings.intern(text));
    this.#place(entry, hash);
    return entry;
  }

  #place(entry: number, hash: number): void {
    const mask = this.#slots.length - 1;
    let slot = (Math.imul(hash, 0x9e3779b1) >>> 7) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = entry + 1;
  }

  #grow(): void {
    const capacity = this.#hashes.length * 2;
    this.#hashes = grown(this.#hashes, capacity);
    this.#ends = grown(this.#ends, capacity);
    this.#owns = grown(this.#owns, capacity);
    this.#prefixed = grown(this.#prefixed, capacity);
    this.#slots = new Int32Array(capacity * 2);
    for (let entry = 0; entry < this.#size; entry++) this.#place(entry, this.#hashes[entry]!);
  }
}
