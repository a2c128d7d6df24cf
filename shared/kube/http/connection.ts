// hot path: bench "whole tick"
import type { Socket } from 'node:net';
import { keepShape } from '../../core/keep-shape.ts';
import { type ResponseHandler, ResponseReader } from './response-reader.ts';

/** One GET on a connection. Exactly one of `onDone` and `onBroken` is called, unless the connection is destroyed by its user. */
export interface ConnectionUse extends ResponseHandler {
  /** The answer is whole. */
  onDone(): void;
  onBroken(error: Error): void;
}

/** How a socket gives what it reads: into memory of its own, told by `onRead`, never as a stream. */
export interface SocketReads {
  readonly buffer: Buffer;
  readonly callback: (bytes: number, buffer: Buffer) => boolean;
}

/** Opens a socket; `ready` is the event after which a request may be written (with TLS: the server is who it should be). */
export interface Dial {
  readonly ready: 'connect' | 'secureConnect';
  open(reads: SocketReads): Socket;
}

const NOBODY: ResponseHandler = { onHead: () => undefined, onBody: () => undefined };

/** One socket: one request at a time, each with its answer read to the end before the next. */
export class Connection {
  readonly #socket: Socket;
  readonly #ready: Dial['ready'];
  readonly #onIdle: (connection: Connection) => void;
  readonly #onClosed: (connection: Connection) => void;
  #use: ConnectionUse | undefined;
  #reader: ResponseReader | undefined;
  #keepAlive = false;
  #isReady = false;
  #isResting = false;
  #isClosed = false;
  #uses = 0;

  constructor(
    dial: Dial,
    buffer: Buffer,
    events: { readonly onIdle: (connection: Connection) => void; readonly onClosed: (connection: Connection) => void },
  ) {
    keepShape(ResponseReader, () => new ResponseReader(NOBODY));
    this.#onIdle = events.onIdle;
    this.#onClosed = events.onClosed;
    const callback = (bytes: number, from: Buffer): boolean => {
      this.#read(bytes, from);
      return true;
    };
    const socket = dial.open({ buffer, callback });
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.once(dial.ready, () => {
      this.#isReady = true;
    });
    this.#ready = dial.ready;
    socket.on('error', (error) => this.#break(error));
    socket.on('end', () => this.#ended());
    socket.on('timeout', () => this.destroy());
    socket.on('close', () => this.#break(hangUp()));
  }

  /** Whether this connection has served before the request that it serves now. */
  get isReused(): boolean {
    return this.#uses > 1;
  }

  /** Sends a request, head and all, and has its answer read. The connection must be idle. */
  send(request: string, use: ConnectionUse): void {
    this.#use = use;
    this.#uses++;
    this.#keepAlive = false;
    this.#reader = new ResponseReader({
      onHead: (head) => {
        this.#keepAlive = head.keepAlive;
        use.onHead(head);
      },
      onBody: (bytes, from, to) => use.onBody(bytes, from, to),
    });
    const socket = this.#socket;
    if (this.#isResting) {
      this.#isResting = false;
      socket.ref();
      socket.setTimeout(0);
    }
    if (this.#isReady) socket.write(request, 'latin1');
    else socket.once(this.#ready, () => socket.write(request, 'latin1'));
  }

  /** Waits for work for at most so long, and does not keep the process alive. */
  rest(limit: number): void {
    if (this.#isResting) return;
    this.#isResting = true;
    this.#socket.setTimeout(limit);
    this.#socket.unref();
  }

  /** Ends the socket; to its user it is as if the other side had. */
  close(): void {
    this.#break(hangUp());
  }

  /** Ends the socket; its user hears no more. */
  destroy(): void {
    this.#use = undefined;
    this.#close();
  }

  #read(bytes: number, from: Buffer): void {
    const use = this.#use;
    const reader = this.#reader;
    // An answer that nobody asked for.
    if (use === undefined || reader === undefined) {
      this.destroy();
      return;
    }
    let taken: number;
    try {
      taken = reader.read(from, bytes);
    } catch (error) {
      this.#break(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    // Its user may have had enough of it.
    if (this.#use === use && reader.isDone) this.#finish(use, this.#keepAlive && taken === bytes);
  }

  #finish(use: ConnectionUse, isKept: boolean): void {
    this.#use = undefined;
    this.#reader = undefined;
    if (isKept && !this.#isClosed) this.#onIdle(this);
    else this.#close();
    use.onDone();
  }

  #ended(): void {
    const use = this.#use;
    if (use !== undefined && this.#reader?.end() === true) this.#finish(use, false);
    else this.#break(hangUp());
  }

  #break(error: Error): void {
    const use = this.#use;
    this.#use = undefined;
    this.#close();
    use?.onBroken(error);
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#reader = undefined;
    this.#socket.destroy();
    this.#onClosed(this);
  }
}

function hangUp(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}
