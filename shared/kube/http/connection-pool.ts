import type { Millis } from '../../core/units.ts';
import { Connection, type ConnectionUse, type Dial } from './connection.ts';

/** An idle connection is given up before the other side does it (Go's server: 90 s idle). */
const IDLE_LIMIT: Millis = 80_000;
/** Most are wanted again within milliseconds. Only who is idle for longer is put to rest: that is two timers and two calls into libuv. */
const REST_AFTER: Millis = 1_000;
/** What a socket can read at once; TLS gives 16 kB at most. */
const READ_BYTES = 65_536;

/** Connections by where they lead. The newest idle one serves first: it is the least likely to have been closed over there. */
export class ConnectionPool {
  readonly #idle = new Map<string, Connection[]>();
  readonly #open = new Set<Connection>();
  readonly #mostIdle: number;
  /** One for all: what is read is copied before the next read begins. */
  readonly #buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  #idleCount = 0;
  #timer: NodeJS.Timeout | undefined;

  /** At most `mostIdle` connections are kept for later. How many are busy at once is for the caller to bound. */
  constructor(mostIdle: number) {
    this.#mostIdle = mostIdle;
  }

  /** Sends a request to where `key` leads, on an idle connection or on a new one. */
  send(key: string, dial: Dial, request: string, use: ConnectionUse): Connection {
    const connection = this.#takeIdle(key) ?? this.#connect(key, dial);
    connection.send(request, use);
    return connection;
  }

  /** Ends connections that wait for work. */
  dropIdle(): void {
    for (const connection of [...this.#idle.values()].flat()) connection.destroy();
  }

  /** Ends all; what is under way is broken. */
  close(): void {
    for (const connection of this.#open) connection.close();
  }

  #takeIdle(key: string): Connection | undefined {
    const connection = this.#idle.get(key)?.pop();
    if (connection !== undefined) this.#idleCount--;
    return connection;
  }

  #connect(key: string, dial: Dial): Connection {
    const connection = new Connection(dial, this.#buffer, {
      onIdle: (idle) => this.#keep(key, idle),
      onClosed: (closed) => this.#forget(key, closed),
    });
    this.#open.add(connection);
    return connection;
  }

  #keep(key: string, connection: Connection): void {
    // The oldest of all makes room.
    if (this.#idleCount >= this.#mostIdle) [...this.#idle.values()].find((list) => list.length > 0)?.[0]?.destroy();
    const list = this.#idle.get(key) ?? [];
    // Last in the map: whoever served lately stays longest.
    this.#idle.delete(key);
    this.#idle.set(key, list);
    list.push(connection);
    this.#idleCount++;
    this.#timer ??= setTimeout(() => this.#restAll(), REST_AFTER).unref();
  }

  #restAll(): void {
    this.#timer = undefined;
    for (const connection of [...this.#idle.values()].flat()) connection.rest(IDLE_LIMIT);
  }

  #forget(key: string, connection: Connection): void {
    this.#open.delete(connection);
    const list = this.#idle.get(key);
    const at = list?.indexOf(connection) ?? -1;
    if (list === undefined || at < 0) return;
    list.splice(at, 1);
    this.#idleCount--;
    if (list.length === 0) this.#idle.delete(key);
  }
}
