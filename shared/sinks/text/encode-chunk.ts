// hot path: bench "sinks"
import type { BufferPool } from '../buffer-pool.ts';
import type { SinkLimits } from '../sink.ts';
import { ByteWriter } from './byte-writer.ts';
import { createLineRequest, type LineRequest, type LineRequestRules } from './line-request.ts';

/** Requests begin in a buffer of this size, which is all that an encoder holds while it waits. */
const FIRST_BYTES = 64 * 1_024;
const FIRST_LINES = 1_024;
/** A buffer for the largest request has room for a line beyond it, before that is cut off. */
const BEYOND = 16 * 1_024;

/** Lines on their way into requests: a buffer that is cut at the sink's limits, between lines. */
export class LineChunk {
  /** The line in the making goes here, between `open` and `close`. */
  out: ByteWriter;
  /** Requests that are full; the owner takes them out. */
  readonly full: LineRequest[] = [];
  readonly #limits: SinkLimits;
  readonly #rules: LineRequestRules;
  readonly #pool: BufferPool | undefined;
  readonly #maxLine: number;
  readonly #maxLines: number;
  #first: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #ends = new Int32Array(FIRST_LINES);
  #points = new Int32Array(FIRST_LINES);
  #lines = 0;
  #sum = 0;
  #start = 0;

  /** With a pool, large buffers come from there, and go back when their request is released. */
  constructor(limits: SinkLimits, rules: LineRequestRules, pool?: BufferPool) {
    this.#limits = { ...limits, maxBytes: limits.maxBytes - (rules.frame ?? 0) };
    this.#maxLine = Math.min(this.#limits.maxBytes, rules.maxLine ?? Number.POSITIVE_INFINITY);
    this.#maxLines = rules.maxLines ?? Number.POSITIVE_INFINITY;
    this.#rules = rules;
    this.#pool = pool;
    this.out = new ByteWriter(this.#first);
  }

  /** Begins a line: returns the writer, with room for so many bytes. */
  open(room: number): ByteWriter {
    this.#start = this.out.at;
    if (!this.out.fits(room)) this.#enlarge(room);
    return this.out;
  }

  /** Ends the line. False if it is too large to be sent: then it is gone. */
  close(points: number): boolean {
    const { maxBytes, maxPoints } = this.#limits;
    const { out } = this;
    if (out.at - this.#start > this.#maxLine) {
      out.at = this.#start;
      return false;
    }
    const isFull = this.#lines >= this.#maxLines || (this.#sum + points > maxPoints && this.#lines > 0);
    if (out.at > maxBytes || isFull) this.#cut();
    if (this.#lines === this.#ends.length) this.#grow();
    this.#ends[this.#lines] = this.out.at;
    this.#points[this.#lines++] = points;
    this.#sum += points;
    return true;
  }

  /** Puts the lines so far into `full`. */
  flush(): void {
    if (this.#lines === 0) return;
    this.#start = this.out.at;
    this.#cut();
  }

  /** What stands before the open line becomes a request; the open line is the first of the next. */
  #cut(): void {
    const { out } = this;
    const { buffer } = out;
    const marks = { ends: this.#ends.slice(0, this.#lines), points: this.#points.slice(0, this.#lines) };
    const request = createLineRequest(buffer.subarray(0, this.#start), marks, this.#rules);
    const line = buffer.subarray(this.#start, out.at);
    const pool = this.#pool;
    if (buffer !== this.#first && pool !== undefined) {
      this.full.push({ ...request, release: () => pool.give(buffer) });
    } else {
      this.full.push(request);
      this.#first = Buffer.allocUnsafeSlow(line.length > 0 ? Math.max(FIRST_BYTES, buffer.length) : 0);
    }
    this.out = new ByteWriter(this.#first);
    this.out.reserve(line.length);
    this.out.bytes(line);
    this.#lines = 0;
    this.#sum = 0;
    this.#start = 0;
  }

  /** Room for a line: at once that of a whole request, if there is a pool. */
  #enlarge(room: number): void {
    if (this.#pool !== undefined) {
      const free = this.#pool.take() ?? Buffer.allocUnsafeSlow(this.#limits.maxBytes + BEYOND);
      if (free.length > this.out.at) this.out.moveTo(free);
    }
    this.out.reserve(room);
  }

  #grow(): void {
    const larger = (from: Int32Array): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(2 * from.length);
      to.set(from);
      return to;
    };
    this.#ends = larger(this.#ends);
    this.#points = larger(this.#points);
  }
}
