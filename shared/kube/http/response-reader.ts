// hot path: bench "whole tick"
import { HttpError } from './http-error.ts';
import { IN_CHUNKS, parseResponseHead, type ResponseHead, UNTIL_END } from './response-head.ts';

/** What is told of an answer while it is read. A piece of the body is only valid during the call. */
export interface ResponseHandler {
  onHead(head: ResponseHead): void;
  onBody(bytes: Uint8Array, from: number, to: number): void;
}

/** Most bytes of a head, as Node has it, of a line with a chunk's size, and of all trailers. */
const MOST_HEAD = 16_384;
const MOST_CHUNK_LINE = 1_024;
const MOST_TRAILERS = 16_384;
/** Largest chunk: below 2^48, so that its bytes are counted exactly. */
const MOST_SIZE_DIGITS = 12;

const CR = 0x0d;
const LF = 0x0a;
const HEAD_END = Buffer.from('\r\n\r\n');
const SWITCHING_PROTOCOLS = 101;

/** Where in an answer a reader is. */
const STATE = {
  head: 0,
  /** `#left` more bytes of the body. */
  counted: 1,
  untilEnd: 2,
  /** The size of a chunk: before its first digit, in it, in its extension, after its CR. */
  sizeStart: 3,
  size: 4,
  extension: 5,
  sizeEnd: 6,
  chunk: 7,
  chunkCr: 8,
  chunkLf: 9,
  /** Lines after the last chunk: at the start of one, within one, after its CR, after the CR of the empty one. */
  trailerStart: 10,
  trailer: 11,
  trailerEnd: 12,
  lastLf: 13,
  done: 14,
} as const;

/**
 * Reads one answer of HTTP/1.1 as its bytes come in, in any pieces. Interim answers (1xx) are skipped. Anything that is not
 * as RFC 9112 has it, bare line feeds and folded lines among it, throws `HttpError`: an answer is whole, or it is none.
 */
export class ResponseReader {
  readonly #handler: ResponseHandler;
  #state: number = STATE.head;
  /** What came of a head that is not whole yet. */
  #begun: Buffer | undefined;
  #left = 0;
  /** Bytes of the line or the lines that are counted now. */
  #line = 0;
  #digits = 0;

  constructor(handler: ResponseHandler) {
    this.#handler = handler;
  }

  /** Whether the answer is whole. */
  get isDone(): boolean {
    return this.#state === STATE.done;
  }

  /** Takes bytes [0, to) and returns how many of them belong to this answer: all until it is whole. Throws `HttpError`. */
  read(bytes: Buffer, to: number): number {
    let at = 0;
    while (at < to) {
      if (this.#state === STATE.done) return at;
      switch (this.#state) {
        case STATE.head:
          at = this.#readHead(bytes, at, to);
          break;
        case STATE.counted:
        case STATE.chunk: {
          const end = Math.min(to, at + this.#left);
          this.#left -= end - at;
          this.#handler.onBody(bytes, at, end);
          at = end;
          if (this.#left === 0) this.#state = this.#state === STATE.chunk ? STATE.chunkCr : STATE.done;
          break;
        }
        case STATE.untilEnd:
          this.#handler.onBody(bytes, at, to);
          return to;
        default:
          this.#readFraming(bytes[at] ?? 0);
          at++;
      }
    }
    return at;
  }

  /** The connection ended. True if the answer is whole by that. */
  end(): boolean {
    if (this.#state === STATE.untilEnd) this.#state = STATE.done;
    return this.isDone;
  }

  #readHead(bytes: Buffer, at: number, to: number): number {
    const earlier = this.#begun;
    const begun = earlier?.length ?? 0;
    const joined = earlier === undefined ? bytes.subarray(at, to) : Buffer.concat([earlier, bytes.subarray(at, to)]);
    // Only what is new, and what may be the beginning of the end.
    const end = joined.indexOf(HEAD_END, Math.max(0, begun - HEAD_END.length));
    if (end > MOST_HEAD || (end < 0 && joined.length > MOST_HEAD))
      throw new HttpError('HPE_HEADER_OVERFLOW', `a head of more than ${MOST_HEAD} bytes`);
    if (end < 0) {
      // A copy: the bytes are the socket's.
      this.#begun = begun === 0 ? Buffer.from(joined) : joined;
      return to;
    }
    this.#begun = undefined;
    const head = parseResponseHead(joined.toString('latin1', 0, end));
    if (head.status === SWITCHING_PROTOCOLS)
      throw new HttpError('HPE_PAUSED_UPGRADE', 'an upgrade that was not asked for');
    if (head.status >= 200) this.#beginBody(head);
    return at + end + HEAD_END.length - begun;
  }

  #beginBody(head: ResponseHead): void {
    if (head.length === IN_CHUNKS) this.#state = STATE.sizeStart;
    else if (head.length === UNTIL_END) this.#state = STATE.untilEnd;
    else this.#state = head.length === 0 ? STATE.done : STATE.counted;
    this.#left = Math.max(0, head.length);
    this.#handler.onHead(head);
  }

  #readFraming(byte: number): void {
    switch (this.#state) {
      case STATE.sizeStart:
      case STATE.size:
        this.#readSize(byte);
        break;
      case STATE.extension:
        if (byte === CR) this.#state = STATE.sizeEnd;
        else if (byte === LF || ++this.#line > MOST_CHUNK_LINE) throw badChunk();
        break;
      case STATE.sizeEnd:
        if (byte !== LF) throw badChunk();
        this.#line = 0;
        this.#digits = 0;
        this.#state = this.#left === 0 ? STATE.trailerStart : STATE.chunk;
        break;
      case STATE.chunkCr:
        if (byte !== CR) throw badChunk();
        this.#state = STATE.chunkLf;
        break;
      case STATE.chunkLf:
        if (byte !== LF) throw badChunk();
        this.#state = STATE.sizeStart;
        break;
      case STATE.trailerStart:
      case STATE.trailer:
        if (byte === LF || ++this.#line > MOST_TRAILERS) throw badChunk();
        if (byte !== CR) this.#state = STATE.trailer;
        else this.#state = this.#state === STATE.trailerStart ? STATE.lastLf : STATE.trailerEnd;
        break;
      case STATE.trailerEnd:
        if (byte !== LF) throw badChunk();
        this.#state = STATE.trailerStart;
        break;
      default:
        if (byte !== LF) throw badChunk();
        this.#state = STATE.done;
    }
  }

  #readSize(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      if (++this.#digits > MOST_SIZE_DIGITS) throw badChunk();
      this.#left = this.#state === STATE.sizeStart ? digit : this.#left * 16 + digit;
      this.#state = STATE.size;
    } else if (this.#state === STATE.sizeStart) {
      throw badChunk();
    } else if (byte === CR) {
      this.#state = STATE.sizeEnd;
    } else if (byte === 0x3b || byte === 0x20 || byte === 0x09) {
      this.#state = STATE.extension;
    } else {
      throw badChunk();
    }
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function badChunk(): HttpError {
  return new HttpError('HPE_INVALID_CHUNK_SIZE', 'Invalid chunk');
}
