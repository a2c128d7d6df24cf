// hot path: bench "decode"
import type { Place } from './layout.ts';

/** Longest run of bytes that is remembered, and how many of them at one place. */
const MAX_BYTES = 256;
const MAX_AT_PLACE = 4;
/** How much is remembered in all: eight times what one kind of kubelet takes. When it is full, all is forgotten. */
const MAX_EDGES = 4_096;
const MAX_WORDS = 32_768;
const WORD = 8;

/** Numbers of an edge in `Ways.edges`. */
export const EDGE = {
  /** Bytes of it. */
  length: 0,
  /** Where its words begin in `Ways.words`, and where the last one is. */
  word: 1,
  lastWord: 2,
  /** The next edge of the same place; -1 = none. */
  other: 3,
  /** Bits of the blocks, lists and children that its bytes open. */
  opens: 4,
  /** The place where it ends, and of that place: kind and slot. */
  target: 5,
  kind: 6,
  slot: 7,
} as const;
const STRIDE = 8;
/** The edge that cannot be compared: it is taken once. */
const ONCE = 0;

/** The document whose bytes are compared. */
interface Document {
  readonly view: DataView;
  readonly end: number;
}

/**
 * What stood between the values of earlier documents. An edge leads from one place to another by certain bytes, kept as doubles,
 * the last one overlapping: they compare eight bytes at a time, and no JSON text makes a zero or a NaN, which would
 * compare otherwise than its bytes. All in few arrays, because it is read at every value.
 */
export class Ways {
  readonly edges: Int32Array = new Int32Array(MAX_EDGES * STRIDE);
  readonly words: Float64Array = new Float64Array(MAX_WORDS);
  /** By place: its first edge; -1 = none. */
  readonly first: Int32Array;
  #edges = 1;
  #words = 0;

  constructor(places: number) {
    this.first = new Int32Array(places).fill(-1);
  }

  /** The edge, from `edge` on, whose bytes stand at `pos`; -1 if there is none. */
  find({ view, end }: Document, pos: number, edge: number): number {
    const { edges, words } = this;
    for (let one = edge; one >= 0; one = edges[one + EDGE.other]!) {
      const length = edges[one + EDGE.length]!;
      if (pos + length > end) continue;
      const last = edges[one + EDGE.lastWord]!;
      if (view.getFloat64(pos + length - WORD, true) !== words[last]) continue;
      let word = edges[one + EDGE.word]!;
      for (let at = pos; word < last && view.getFloat64(at, true) === words[word]; at += WORD) word++;
      if (word === last) return one;
    }
    return -1;
  }

  /** The bytes from `from` to `to` as an edge to `target`; from now on an edge of `place`, if they can be compared. */
  learn(
    { view }: Document,
    place: number,
    way: { readonly from: number; readonly to: number; readonly opens: number; readonly target: Place },
  ): number {
    const { edges, first, words } = this;
    const { from, to, target } = way;
    const length = to - from;
    const isKept = length >= WORD && length <= MAX_BYTES;
    const count = isKept ? Math.ceil(length / WORD) : 0;
    if (this.#edges === MAX_EDGES || this.#words + count > MAX_WORDS) this.#forget();
    const edge = isKept ? this.#edges++ * STRIDE : ONCE;
    edges[edge + EDGE.length] = length;
    edges[edge + EDGE.opens] = way.opens;
    edges[edge + EDGE.target] = target.index;
    edges[edge + EDGE.kind] = target.kind;
    edges[edge + EDGE.slot] = target.slot;
    if (!isKept) return edge;
    const word = this.#words;
    for (let i = 0; i < count - 1; i++) words[word + i] = view.getFloat64(from + i * WORD, true);
    words[word + count - 1] = view.getFloat64(to - WORD, true);
    this.#words = word + count;
    edges[edge + EDGE.word] = word;
    edges[edge + EDGE.lastWord] = word + count - 1;
    edges[edge + EDGE.other] = first[place]!;
    first[place] = edge;
    this.#cut(place);
    return edge;
  }

  /** Drops the oldest edge of a place that has too many. */
  #cut(place: number): void {
    let edge = this.first[place]!;
    for (let kept = 1; kept < MAX_AT_PLACE && edge >= 0; kept++) edge = this.edges[edge + EDGE.other]!;
    if (edge >= 0) this.edges[edge + EDGE.other] = -1;
  }

  #forget(): void {
    this.first.fill(-1);
    this.#edges = 1;
    this.#words = 0;
  }
}
