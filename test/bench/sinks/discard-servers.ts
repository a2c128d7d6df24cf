import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from 'node:net';
import { startKafkaBroker } from '../../sim/kafka-broker.ts';

/** Where a server for each protocol is. */
export interface DiscardAddresses {
  readonly http: string;
  /** gRPC without TLS. */
  readonly grpc: string;
  /** `host:port` of a server that reads lines and says nothing. */
  readonly lines: string;
  readonly datagrams: string;
  readonly riemann: string;
  readonly kafka: string;
}

/** Servers on loopback that read everything, keep nothing, and give the least answer that their protocol has. */
export interface DiscardServers extends AsyncDisposable {
  readonly addresses: DiscardAddresses;
  /** Bytes of bodies since the last call. */
  takeBytes(): number;
}

const HOST = '127.0.0.1';
/** `ok = true`, with its length before it. */
const RIEMANN_OK = Buffer.from([0, 0, 0, 2, 0x10, 1]);
/** An empty message of gRPC. */
const GRPC_EMPTY = Buffer.alloc(5);

export async function startDiscardServers(): Promise<DiscardServers> {
  let received = 0;
  const take = (chunk: Buffer): void => {
    received += chunk.length;
  };
  const http = createHttp({ keepAliveTimeout: 90_000 }, (request, response) => {
    request.on('data', take).on('end', () => {
      const [type, body] = answerTo(request.url ?? '');
      response.writeHead(200, { 'content-type': type }).end(body);
    });
  });
  const grpc = createHttp2();
  grpc.on('stream', (stream) => {
    stream.on('data', take).on('end', () => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(GRPC_EMPTY);
    });
  });
  const lines = createTcp({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', take).on('end', () => socket.end());
  });
  const riemann = createTcp((socket) => answerFrames(socket, take));
  const datagrams = createSocket({ type: 'udp4', recvBufferSize: 4_194_304 });
  datagrams.on('message', take);
  const open = [http, grpc, lines, riemann] as const;
  datagrams.bind(0, HOST);
  await Promise.all([...open.map(listen), once(datagrams, 'listening')]);
  const kafka = await startKafkaBroker({ partitions: 3, onBatch: take });
  return {
    addresses: {
      http: `http://${addressOf(http)}`,
      grpc: `http://${addressOf(grpc)}`,
      lines: addressOf(lines),
      datagrams: addressOf(datagrams),
      riemann: addressOf(riemann),
      kafka: kafka.address,
    },
    takeBytes() {
      const bytes = received;
      received = 0;
      return bytes;
    },
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      for (const server of open) server.close();
      datagrams.close();
      await kafka[Symbol.asyncDispose]();
    },
  };
}

/** Content type and body by path: what is empty for AWS, OpenTSDB and others is not for all. */
function answerTo(path: string): readonly [type: string, body: string] {
  if (path.includes('/v1/metrics')) return ['application/x-protobuf', ''];
  return ['application/json', path.includes('_bulk') ? '{"errors":false}' : '{}'];
}

/** Answers each message, of which only the length is read. */
function answerFrames(socket: Socket, take: (chunk: Buffer) => void): void {
  /** What is not known yet of a message's length, and how much of the message is to come. */
  let head: number[] = [];
  let left = 0;
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    take(chunk);
    for (let at = 0; at < chunk.length; ) {
      if (left === 0) {
        head.push(chunk[at++] ?? 0);
        if (head.length < 4) continue;
        left = Buffer.from(head).readUInt32BE();
        head = [];
        continue;
      }
      const read = Math.min(left, chunk.length - at);
      left -= read;
      at += read;
      if (left === 0) socket.write(RIEMANN_OK);
    }
  });
}

async function listen(server: Pick<Server, 'listen' | 'once'>): Promise<void> {
  server.listen(0, HOST);
  await once(server as Server, 'listening');
}

function addressOf(server: { address(): AddressInfo | string | null }): string {
  return `${HOST}:${(server.address() as AddressInfo).port}`;
}
