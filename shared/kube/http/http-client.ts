// hot path: bench "whole tick"
import type { Exchange, PieceReader, ReadPieces } from '../exchange.ts';
import { BodyBuffers } from './body-buffers.ts';
import type { Connection, Dial } from './connection.ts';
import { ConnectionPool } from './connection-pool.ts';
import { HttpError } from './http-error.ts';
import type { ResponseHead } from './response-head.ts';
import { unpackBody, unpackedSizeHint } from './unpack-body.ts';
import { PIECE_BYTES, unpackPieces } from './unpack-pieces.ts';

/** One GET: where to, and what of it. */
export interface HttpGet {
  /** Connections of one key lead to the same server, with the same trust. */
  readonly key: string;
  readonly dial: Dial;
  /** What the `Host` field says. */
  readonly host: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Most bytes of a 200's body, as received and (with gzip) unpacked. */
  readonly maxBytes: number;
  /** Whom a packed 200's body of more than a piece is given to, if it is of that type. */
  readonly readPieces?: ReadPieces | undefined;
  /** Told the `Date` of the answer when its head is there. */
  readonly onHead: (date: string | undefined) => void;
}

/**
 * GETs over HTTP/1.1 with keep-alive. In place of Node's own client: that one makes new memory for each 16 kB and again for the whole,
 * and costs more CPU than TLS does. Follows no redirect, sends nothing before TLS has shown who the server is.
 */
export interface HttpClient {
  /** Never rejects. */
  get(request: HttpGet): Promise<Exchange>;
  dropIdle(): void;
  close(): void;
}

/** No more is read of an answer that is an error. */
export const ERROR_BODY_BYTES = 65_536;
const BAD_FIELD = /[^\t\x20-\x7e\x80-\xff]/;
const BAD_PATH = /[^\x21-\x7e]/;

/** `most` connections and buffers are kept between requests: as many as there are requests at once. */
export function createHttpClient(most: number): HttpClient {
  const pool = new ConnectionPool(most);
  const buffers = new BodyBuffers(most);
  return {
    get(request) {
      const text = requestText(request);
      if (typeof text !== 'string')
        return Promise.resolve({ kind: 'broken', bytes: 0, error: text, phase: 'connect', reused: false });
      return new Promise((resolve) => new Getting(request, buffers, resolve).start(pool, text));
    },
    dropIdle: () => pool.dropIdle(),
    close: () => pool.close(),
  };
}

/** One GET under way: gathers the body within its cap, and settles once. */
class Getting {
  readonly #request: HttpGet;
  readonly #buffers: BodyBuffers;
  readonly #resolve: (exchange: Exchange) => void;
  readonly #onAbort = (): void => this.#settle({ kind: 'aborted', bytes: this.#size });
  #connection: Connection | undefined;
  #head: ResponseHead | undefined;
  #limit = 0;
  #body: Buffer | undefined;
  #size = 0;
  #isSettled = false;
  /** Whether the connection has read the answer to its end, and is somebody else's by now. */
  #isWhole = false;

  constructor(request: HttpGet, buffers: BodyBuffers, resolve: (exchange: Exchange) => void) {
    this.#request = request;
    this.#buffers = buffers;
    this.#resolve = resolve;
  }

  start(pool: ConnectionPool, text: string): void {
    const { key, dial, signal } = this.#request;
    signal.addEventListener('abort', this.#onAbort, { once: true });
    try {
      this.#connection = pool.send(key, dial, text, this);
    } catch (error) {
      // A certificate or a key that cannot be read.
      this.onBroken(error instanceof Error ? error : new Error(String(error)));
    }
  }

  onHead(head: ResponseHead): void {
    this.#head = head;
    this.#request.onHead(head.headers['date']);
    const isError = head.status !== 200;
    this.#limit = isError ? ERROR_BODY_BYTES : this.#request.maxBytes;
    if (!isError && head.length > this.#limit) this.#settle({ kind: 'too_large', bytes: 0, announced: head.length });
  }

  onBody(bytes: Uint8Array, from: number, to: number): void {
    // An answer that was enough at its head: the rest of what was read with it.
    if (this.#isSettled) return;
    const end = this.#size + to - from;
    if (end > this.#limit) {
      this.#overflow(end);
      return;
    }
    let body = this.#body ?? this.#buffers.take();
    if (end > body.length) body = this.#buffers.grow(body, this.#size, end);
    this.#body = body;
    (bytes as Buffer).copy(body, this.#size, from, to);
    this.#size = end;
  }

  onDone(): void {
    this.#isWhole = true;
    this.#answer();
  }

  onBroken(error: Error): void {
    const isBegun = this.#head !== undefined;
    const reused = !isBegun && this.#connection?.isReused === true;
    this.#settle({ kind: 'broken', bytes: this.#size, error, phase: isBegun ? 'body' : 'connect', reused });
  }

  /** Of an error's body the beginning is enough. */
  #overflow(bytes: number): void {
    const head = this.#head;
    if (head !== undefined && head.status !== 200) this.#answer();
    else this.#settle({ kind: 'too_large', bytes, announced: announcedBy(head) });
  }

  #answer(): void {
    const head = this.#head;
    const buffer = this.#body;
    if (head === undefined || this.#isSettled) return;
    const { status, headers } = head;
    const received = buffer === undefined ? Buffer.alloc(0) : buffer.subarray(0, this.#size);
    if (headers['content-encoding'] !== 'gzip') {
      this.#body = undefined;
      const release = buffer === undefined ? undefined : once(() => this.#buffers.give(buffer));
      this.#settle({ kind: 'answer', status, headers, body: received, bytes: this.#size, ...(release && { release }) });
      return;
    }
    const pieces = status === 200 ? this.#request.readPieces : undefined;
    if (
      pieces !== undefined &&
      headers['content-type'] === pieces.contentType &&
      unpackedSizeHint(received) > PIECE_BYTES
    ) {
      void this.#answerInPieces(head, received, pieces.open());
      return;
    }
    const unpacked = unpackBody(received, { limit: this.#limit, isError: status !== 200 });
    switch (unpacked.kind) {
      case 'whole':
        this.#settle({ kind: 'answer', status, headers, body: unpacked.body, bytes: this.#size });
        break;
      case 'too_large':
        this.#settle({ kind: 'too_large', bytes: this.#size, announced: announcedBy(head) });
        break;
      case 'garbled':
        this.#settle({ kind: 'garbled', bytes: this.#size, error: unpacked.error });
    }
  }

  async #answerInPieces(head: ResponseHead, packed: Buffer, reader: PieceReader): Promise<void> {
    const buffer = this.#body;
    // It is read of on another thread, whatever happens here meanwhile.
    this.#body = undefined;
    const { signal } = this.#request;
    const unpacked = await unpackPieces(packed, {
      limit: this.#limit,
      signal,
      onPiece: (piece) => reader.write(piece),
    });
    const bytes = this.#size;
    switch (unpacked.kind) {
      case 'whole': {
        if (buffer !== undefined) this.#buffers.give(buffer);
        const { status, headers } = head;
        this.#settle({ kind: 'answer', status, headers, body: Buffer.alloc(0), read: unpacked.size, bytes });
        break;
      }
      case 'too_large':
        this.#settle({ kind: 'too_large', bytes, announced: announcedBy(head) });
        break;
      case 'garbled':
        this.#settle({ kind: 'garbled', bytes, error: unpacked.error });
        break;
      case 'aborted':
        this.#settle({ kind: 'aborted', bytes });
    }
  }

  #settle(exchange: Exchange): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#request.signal.removeEventListener('abort', this.#onAbort);
    if (this.#body !== undefined) this.#buffers.give(this.#body);
    this.#body = undefined;
    // What was not read to the end is in the way of the next answer.
    if (!this.#isWhole) this.#connection?.destroy();
    this.#resolve(exchange);
  }
}

function announcedBy(head: ResponseHead | undefined): number | undefined {
  return head === undefined || head.length < 0 ? undefined : head.length;
}

/** A body is given back once, whoever holds it. */
function once(give: () => void): () => void {
  let given = false;
  return () => {
    if (!given) give();
    given = true;
  };
}

function requestText({ host, path, headers }: HttpGet): string | HttpError {
  if (BAD_PATH.test(path))
    return new HttpError('ERR_UNESCAPED_CHARACTERS', 'the path of a request has characters that must be escaped');
  let text = `GET ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`;
  for (const name in headers) {
    const value = headers[name] ?? '';
    if (BAD_FIELD.test(value))
      return new HttpError('ERR_INVALID_CHAR', `the value of the field ${name} has characters that none may have`);
    text += `${name}: ${value}\r\n`;
  }
  return `${text}\r\n`;
}
