import { once } from 'node:events';
import { createServer as createPlain, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTls } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';
import { createCertificate } from '../../functions/local/demo/certificate.ts';

/** A server that answers more than anybody can want, without having it in memory. */
export interface LargeServer extends AsyncDisposable {
  readonly tls: string;
  readonly plain: string;
  readonly ca: string;
}

const GIB = 1_073_741_824;
const MIB = 1_048_576;
const PIECE = Buffer.alloc(MIB, 0x20);
const ENTRIES = 10_000_000;
const PROTOBUF = 'application/vnd.kubernetes.protobuf';

function* repeated(begin: string, entry: Buffer, times: number, end: string): Generator<Buffer> {
  yield Buffer.from(begin);
  const at_once = Math.floor(MIB / entry.length);
  const piece = Buffer.concat(Array.from({ length: at_once }, () => entry));
  for (let left = times; left > 0; left -= at_once) yield piece.subarray(0, Math.min(left, at_once) * entry.length);
  yield Buffer.from(end);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

/** A list of so many objects without a field, in its envelope. */
function* emptyObjects(kind: 'NodeList' | 'PodList', times: number): Generator<Buffer> {
  const types = Buffer.from(`\x0a\x02v1\x12${String.fromCharCode(kind.length)}${kind}`, 'latin1');
  const head = Buffer.concat([Buffer.from('k8s\0\x0a', 'latin1'), varint(types.length), types]);
  yield Buffer.concat([head, Buffer.from([0x12]), varint(2 * times)]);
  yield* repeated('', Buffer.from([0x12, 0x00]), times, '');
}

const spaces = (): Iterable<Buffer> => repeated('', PIECE, GIB / MIB, '{}');

/** The answer to a path that ends so: its headers, and its bytes as they are made. */
const ANSWERS: Readonly<
  Record<string, () => readonly [Readonly<Record<string, string>>, Iterable<Buffer>, packed?: boolean]>
> = {
  large: () => [{ 'content-type': 'application/json' }, spaces()],
  announced: () => [{ 'content-type': 'application/json', 'content-length': String(GIB + 2) }, spaces()],
  bomb: () => [{ 'content-type': 'application/json', 'content-encoding': 'gzip' }, spaces(), true],
  entries: () => [{ 'content-type': 'application/json' }, repeated('{"items":[', Buffer.from('{},'), ENTRIES, '{}]}')],
  pods: () => [
    { 'content-type': 'application/json' },
    repeated('{"node":{"nodeName":"n"},"pods":[', Buffer.from('{},'), 5_000_000, '{}]}'),
  ],
  'protobuf-nodes': () => [{ 'content-type': PROTOBUF }, emptyObjects('NodeList', ENTRIES)],
  'protobuf-pods': () => [{ 'content-type': PROTOBUF }, emptyObjects('PodList', ENTRIES)],
};

/** Starts the server. The first element of a path, `/large/api/v1/pods`, names its answer. */
export async function startLargeServer(): Promise<LargeServer> {
  const { ca, cert, key } = await createCertificate();
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const answer = ANSWERS[(request.url ?? '').split('/')[1] ?? '']?.();
    request.resume();
    if (answer === undefined) {
      response.writeHead(404).end();
      return;
    }
    const [headers, bytes, packed] = answer;
    response.writeHead(200, headers);
    const parts = [Readable.from(bytes), ...(packed === true ? [createGzip({ level: 1 })] : []), response];
    // The client leaves in the middle: that is what is tested.
    pipeline(parts).catch(() => response.destroy());
  };
  const servers = [createTls({ cert, key }, serve), createPlain(serve)] as const;
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  const [tls, plain] = servers.map((server) => `127.0.0.1:${(server.address() as AddressInfo).port}`);
  return {
    tls: `https://${tls}`,
    plain: `http://${plain}`,
    ca,
    async [Symbol.asyncDispose]() {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      }
    },
  };
}

/** Zeros of this size, packed: a thousandth of it. */
export function packedZeros(bytes: number): Buffer {
  return gzipSync(Buffer.alloc(bytes), { level: 1 });
}
