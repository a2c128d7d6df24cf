import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type RiemannEvent, readEvents } from './riemann-messages.ts';

/** What goes wrong with one message; `reset after` stores it first, `error` answers so. */
export type RiemannFault = 'reset' | 'reset after' | 'hang' | 'close' | 'garbage' | { readonly error: string };

export interface RiemannServer extends AsyncDisposable {
  readonly port: number;
  readonly events: readonly RiemannEvent[];
  /** Events of each message that came. */
  readonly messages: readonly number[];
  readonly openSockets: number;
  /** Connections that were ever made. */
  readonly connections: number;
  fail(...faults: readonly RiemannFault[]): void;
  failAlways(fault: RiemannFault | undefined): void;
  /** Refuses messages with an event of such an attribute. */
  refuse(attribute: string): void;
}

/** Riemann's TCP port on loopback: messages with their length before them, each answered by one. */
export async function startRiemannServer(): Promise<RiemannServer> {
  const events: RiemannEvent[] = [];
  const messages: number[] = [];
  const scripted: RiemannFault[] = [];
  const poison = new Set<string>();
  const sockets = new Set<Socket>();
  let always: RiemannFault | undefined;
  let connections = 0;

  const answer = (socket: Socket, message: Buffer): void => {
    const fault = scripted.shift() ?? always;
    if (fault === 'hang') return;
    if (fault === 'reset') socket.resetAndDestroy();
    else if (fault === 'close') socket.end();
    else if (fault === 'garbage') socket.write('HTTP/1.1 400 Bad Request\r\n\r\n');
    else if (typeof fault === 'object') socket.write(errorReply(fault.error));
    else {
      const said = store(message);
      if (fault === 'reset after') socket.resetAndDestroy();
      else socket.write(said);
    }
  };
  const store = (message: Buffer): Buffer => {
    try {
      const read = readEvents(message);
      messages.push(read.length);
      const bad = read.find(({ attributes }) => Object.values(attributes).some((text) => poison.has(text)));
      if (bad !== undefined) return errorReply(`java.lang.RuntimeException: ${bad.service}`);
      events.push(...read);
      return frame(Buffer.from([0x10, 1]));
    } catch (error) {
      return errorReply(`com.google.protobuf.InvalidProtocolBufferException: ${String(error)}`);
    }
  };

  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    let rest = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE(0)) {
        const end = 4 + rest.readUInt32BE(0);
        answer(socket, rest.subarray(4, end));
        rest = rest.subarray(end);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    events,
    messages,
    get openSockets() {
      return sockets.size;
    },
    get connections() {
      return connections;
    },
    fail: (...faults) => {
      scripted.push(...faults);
    },
    failAlways: (fault) => {
      always = fault;
    },
    refuse: (attribute) => {
      poison.add(attribute);
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function frame(message: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(message.length);
  return Buffer.concat([head, message]);
}

/** `ok = false`, and why. */
function errorReply(error: string): Buffer {
  const text = Buffer.from(error.slice(0, 100));
  return frame(Buffer.concat([Buffer.from([0x10, 0, 0x1a, text.length]), text]));
}
