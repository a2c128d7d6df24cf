import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TcpAddress } from './send-tcp.ts';

/**
 * Datagrams in one go, and the milliseconds after them. A receiver's buffer has room for some 90 of full size by default
 * (Linux: 208 KiB, 2.3 KiB each); what comes when it is full is lost. This leaves it 32,000 a second.
 */
const BURST = 32;
const PAUSE = 1;

/** Sends datagrams to one address. A refused port is learned with the next datagram, a lost one never. */
export interface UdpSender {
  /** Resolves when the kernel has taken all of them. Rejects with the socket's error, or the signal's reason. */
  send(datagrams: Iterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  close(): void;
}

export function createUdpSender(address: TcpAddress): UdpSender {
  let open: Promise<Socket> | undefined;
  const drop = (): void => {
    const socket = open;
    open = undefined;
    socket?.then(
      (one) => one.close(),
      () => undefined,
    );
  };
  return {
    async send(datagrams, signal) {
      open ??= connectSocket(address);
      try {
        const socket = await open;
        let sent = 0;
        for (const datagram of datagrams) {
          if (sent++ % BURST === BURST - 1) await sleep(PAUSE);
          signal.throwIfAborted();
          await sendOne(socket, datagram);
        }
      } catch (error) {
        drop();
        throw error;
      }
    },
    close: drop,
  };
}

async function connectSocket({ host, port }: TcpAddress): Promise<Socket> {
  const { address, family } = await lookup(host);
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  return await new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.connect(port, address, () => {
      socket.off('error', reject);
      // What an earlier datagram met is told by the callback of the next.
      socket.on('error', () => undefined);
      socket.unref();
      resolve(socket);
    });
  });
}

function sendOne(socket: Socket, datagram: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(datagram, (error) => (error === null || error === undefined ? resolve() : reject(error)));
  });
}
