import { connect, type Socket } from 'node:net';
import { SinkError } from '../../core/errors.ts';
import type { TcpAddress } from '../net/send-tcp.ts';
import { FRAME_BYTES } from './limits.ts';

/** Riemann's answers are a few bytes; an answer that claims more is of something else. */
const MAX_REPLY_BYTES = 65_536;

/** Connections that are kept: a message and its answer go over one at a time. */
export interface Connections {
  /**
   * Sends a frame and resolves with the message that answers it. Rejects with the socket's error, the signal's reason, or
   * `SinkError` for an answer that is none of Riemann's.
   */
  exchange(frame: Uint8Array, signal: AbortSignal): Promise<Uint8Array>;
  close(): void;
}

export function createConnections(address: TcpAddress): Connections {
  const idle: Socket[] = [];
  const drop = (socket: Socket): void => {
    const at = idle.indexOf(socket);
    if (at >= 0) idle.splice(at, 1);
    socket.destroy();
  };
  const open = (): Socket => {
    const socket = connect({ ...address, noDelay: true, keepAlive: true });
    // Idle ones are told of their end here; those at work, by their exchange.
    socket.on('error', () => drop(socket));
    socket.on('close', () => drop(socket));
    return socket;
  };
  return {
    async exchange(frame, signal) {
      signal.throwIfAborted();
      const socket = idle.pop() ?? open();
      socket.ref();
      try {
        const reply = await ask(socket, frame, signal);
        socket.unref();
        idle.push(socket);
        return reply;
      } catch (error) {
        drop(socket);
        throw error;
      }
    },
    close() {
      for (const socket of idle.splice(0)) socket.destroy();
    },
  };
}

function ask(socket: Socket, frame: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    let answer = Buffer.alloc(0);
    const stop = (): void => {
      signal.removeEventListener('abort', abort);
      socket.off('data', read).off('error', fail).off('close', closed);
    };
    const fail = (error: unknown): void => {
      stop();
      reject(error);
    };
    const closed = (): void =>
      fail(Object.assign(new Error('the connection was closed without an answer'), { code: 'ECONNRESET' }));
    const abort = (): void => {
      // A reset, so that the other side does not go on reading.
      socket.resetAndDestroy();
      fail(signal.reason);
    };
    const read = (chunk: Buffer): void => {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length < FRAME_BYTES) return;
      const end = FRAME_BYTES + answer.readUInt32BE(0);
      if (end > MAX_REPLY_BYTES || answer.length > end) {
        fail(new SinkError('what answers is no Riemann; check host and port', { code: 'sink_refused' }));
      } else if (answer.length === end) {
        stop();
        resolve(answer.subarray(FRAME_BYTES));
      }
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.on('data', read).on('error', fail).on('close', closed);
    socket.write(frame);
  });
}
