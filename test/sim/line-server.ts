import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** What goes wrong with one connection. */
export type LineFault = 'reset' | 'hang';

/** A service that reads lines and answers nothing: TCP connections, and datagrams on the same port number. */
export interface LineServer extends AsyncDisposable {
  readonly port: number;
  /** Whole lines in the order they came. What an ended connection leaves without a line break is not one. */
  readonly lines: readonly string[];
  readonly datagrams: readonly string[];
  /** Resolves when every datagram that was sent before has been read. */
  settled(): Promise<void>;
  readonly openSockets: number;
  fail(...faults: readonly LineFault[]): void;
  failAlways(fault: LineFault | undefined): void;
}

export interface LineServerOptions {
  /** Longest line of a connection; a longer one ends it, as Twisted does. */
  readonly maxLine?: number;
}

export async function startLineServer({ maxLine = 16_384 }: LineServerOptions = {}): Promise<LineServer> {
  const lines: string[] = [];
  const datagrams: string[] = [];
  const scripted: LineFault[] = [];
  const sockets = new Set<Socket>();
  let always: LineFault | undefined;

  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    const fault = scripted.shift() ?? always;
    if (fault === 'hang') {
      // Only by writing does it learn that the other side is gone.
      const asking = setInterval(() => socket.write('\n'), 20);
      socket.resume().on('close', () => clearInterval(asking));
      return;
    }
    if (fault === 'reset') {
      socket.once('data', () => socket.resetAndDestroy());
      return;
    }
    let rest = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        if (end > maxLine) socket.destroy();
        lines.push(rest.subarray(0, end).toString('utf8'));
        rest = rest.subarray(end + 1);
      }
    });
    socket.on('end', () => socket.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const udp = createSocket('udp4');
  const probes = new Map<string, () => void>();
  udp.on('message', (message) => {
    const probe = probes.get(message.toString('utf8'));
    if (probe !== undefined) {
      probe();
      return;
    }
    datagrams.push(message.toString('utf8'));
    lines.push(
      ...message
        .toString('utf8')
        .split('\n')
        .filter((line) => line !== ''),
    );
  });
  udp.bind(port, '127.0.0.1');
  await once(udp, 'listening');

  return {
    port,
    lines,
    datagrams,
    settled: () =>
      new Promise((resolve) => {
        // Datagrams of the loopback stay in order, so this one is read behind all others.
        const probe = `probe ${probes.size}`;
        probes.set(probe, resolve);
        udp.send(probe, port, '127.0.0.1');
      }),
    get openSockets() {
      return sockets.size;
    },
    fail: (...faults) => {
      scripted.push(...faults);
    },
    failAlways: (fault) => {
      always = fault;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      udp.close();
      await once(server, 'close');
    },
  };
}
