import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

interface GcsObject {
  readonly body: Buffer;
  readonly generation: string;
  readonly written: Date;
}

/** An answer instead of the true one; `lost` does the work and then breaks the connection. */
export type GcsFault = number | 'lost';

interface Answer {
  readonly status: number;
  readonly body: Buffer;
  readonly object?: GcsObject;
}

export interface GcsServer {
  readonly endpoint: string;
  /** Faults of the next requests, one each. */
  fail(...faults: readonly GcsFault[]): void;
  stop(): Promise<void>;
}

/** Most names in a page of a list, so that lists are paged in tests. */
const PAGE = 100;

/**
 * The part of Cloud Storage's JSON API that a state store uses, with its rules: generations, `ifGenerationMatch` (0 = absent),
 * 404 and 412 in their order, pages, names in byte order, no request without a token.
 * https://cloud.google.com/storage/docs/json_api/v1/objects (read 2026-11-24)
 */
export async function startGcsServer(bucket: string, token: string | undefined): Promise<GcsServer> {
  const objects = new Map<string, GcsObject>();
  const faults: GcsFault[] = [];
  let generations = 1_763_000_000_000_000;

  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const fault = faults.shift();
      const given = typeof fault === 'number' ? refuse(fault, 'injected') : serve(request, body);
      if (fault === 'lost') {
        request.socket.destroy();
        return;
      }
      const { object } = given;
      if (object !== undefined) response.setHeader('x-goog-generation', object.generation);
      if (object !== undefined) response.setHeader('last-modified', object.written.toUTCString());
      response.writeHead(given.status, { 'content-type': 'application/json' }).end(given.body);
    });
  });

  function serve(request: IncomingMessage, body: Buffer): Answer {
    const url = new URL(request.url ?? '/', 'http://gcs');
    if (request.headers.authorization !== (token === undefined ? undefined : `Bearer ${token}`)) {
      return refuse(401, 'Invalid Credentials');
    }
    const [, upload, of, name] = /^(\/upload)?\/storage\/v1\/b\/([^/]+)\/o(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
    if (of === undefined) return refuse(404, 'Not Found');
    if (decodeURIComponent(of) !== bucket) return refuse(404, 'The specified bucket does not exist.');
    if (upload !== undefined && request.method === 'POST') return insert(url, body);
    if (name === undefined && request.method === 'GET') return list(url);
    if (name === undefined) return refuse(405, 'Method Not Allowed');
    const key = decodeURIComponent(name);
    const object = objects.get(key);
    if (object === undefined) return refuse(404, `No such object: ${bucket}/${key}`);
    if (request.method === 'GET' && url.searchParams.get('alt') === 'media') {
      return { status: 200, body: object.body, object };
    }
    if (request.method !== 'DELETE') return refuse(405, 'Method Not Allowed');
    const wanted = url.searchParams.get('ifGenerationMatch');
    if (wanted !== null && wanted !== object.generation) return refuse(412, 'conditionNotMet');
    objects.delete(key);
    return { status: 204, body: Buffer.alloc(0) };
  }

  function insert(url: URL, body: Buffer): Answer {
    const key = url.searchParams.get('name') ?? '';
    if (url.searchParams.get('uploadType') !== 'media' || key === '') return refuse(400, 'Required parameter');
    const wanted = url.searchParams.get('ifGenerationMatch');
    if (wanted !== null && !/^\d+$/.test(wanted)) return refuse(400, 'Invalid value for ifGenerationMatch');
    if (wanted !== null && wanted !== (objects.get(key)?.generation ?? '0')) return refuse(412, 'conditionNotMet');
    generations += 1;
    const object: GcsObject = { body, generation: String(generations), written: new Date() };
    objects.set(key, object);
    return json(200, { kind: 'storage#object', name: key, generation: object.generation });
  }

  function list(url: URL): Answer {
    const prefix = url.searchParams.get('prefix') ?? '';
    const after = url.searchParams.get('pageToken') ?? '';
    const names = [...objects.keys()].filter((name) => name.startsWith(prefix) && name > after).toSorted();
    const page = names.slice(0, PAGE);
    return json(200, {
      ...(page.length === 0 ? {} : { items: page.map((name) => ({ name })) }),
      ...(names.length > PAGE ? { nextPageToken: page.at(-1) } : {}),
    });
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fail: (...next) => void faults.push(...next),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function json(status: number, body: unknown): Answer {
  return { status, body: Buffer.from(JSON.stringify(body)) };
}

function refuse(status: number, message: string): Answer {
  return json(status, { error: { code: status, message, errors: [{ message }] } });
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
