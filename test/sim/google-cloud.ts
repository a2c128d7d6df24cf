import { once } from 'node:events';
import {
  createServer as createHttp,
  type IncomingMessage,
  request as requestHttp,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { createCertificate, type ServerCertificate } from '../../functions/local/demo/certificate.ts';

const ISSUER = 'https://accounts.google.com';
const KEY_ID = 'google-key-1';
const LIFE = 3_600;

/** A function behind Cloud Run's front. */
export interface GoogleService {
  readonly port: number;
  /** Accounts with roles/run.invoker, or `allUsers`. */
  readonly invokers: readonly string[];
}

export interface GoogleCloudOptions {
  readonly now: () => number;
  readonly project: string;
  readonly secrets: Readonly<Record<string, string>>;
  /** Accounts with roles/secretmanager.secretAccessor on them. */
  readonly secretReaders: readonly string[];
  /** Accounts with roles/storage.objectUser on the bucket. */
  readonly stateUsers: readonly string[];
  /** Where Cloud Storage is, and the token that it takes. */
  readonly storage: { readonly endpoint: string; readonly token: string };
}

export interface TokenOptions {
  /** Signed by a key that is not Google's. */
  readonly stranger?: boolean;
  readonly expiresIn?: number;
}

/** Google's front on loopback: certs, Secret Manager, Cloud Storage and Cloud Run behind one proxy, and metadata servers. */
export interface GoogleCloud extends AsyncDisposable {
  readonly certificate: ServerCertificate;
  /** Proxy by which every host of the cloud is reached: `HTTPS_PROXY`. */
  readonly proxy: string;
  /** Cloud Storage without a proxy, which the library's own client cannot do from a bundle: `endpoint=`. */
  readonly storage: string;
  readonly services: Map<string, GoogleService>;
  /** `METHOD host path status` of each request. */
  readonly log: string[];
  /** Bytes that the front of Cloud Run takes. */
  maxBytes: number;
  /** Answers of Cloud Run instead of running a function. */
  refuse: ((host: string, body: Buffer) => number | undefined) | undefined;
  /** Starts a metadata server for one account: `GCE_METADATA_HOST`. */
  metadata(account: string | undefined): Promise<string>;
  token(audience: string, account: string, claims?: JWTPayload, options?: TokenOptions): Promise<string>;
}

/**
 * Starts it. As strict as the real ones where it matters here: no host that there is not, no request without the role, ID
 * tokens for one audience; of the token that Cloud Run's IAM looks at it passes on no signature.
 * https://cloud.google.com/run/docs/authenticating/service-to-service, read 2026-11-24
 */
export async function startGoogleCloud(options: GoogleCloudOptions): Promise<GoogleCloud> {
  const certificate = await createCertificate(['*.googleapis.com', '*.europe-west1.run.app']);
  const google = await generateKeyPair('RS256', { extractable: true });
  const other = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(google.publicKey)), kid: KEY_ID, use: 'sig', alg: 'RS256' };
  const servers: Server[] = [];
  const listen = async (server: Server): Promise<number> => {
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const accounts = new Map<string, string>();

  const token: GoogleCloud['token'] = (audience, account, claims = {}, { stranger = false, expiresIn = LIFE } = {}) => {
    const now = Math.floor(options.now() / 1_000);
    const all = { iss: ISSUER, aud: audience, email: account, email_verified: true, sub: '1', ...claims };
    return new SignJWT({ iat: Math.min(now, now + expiresIn) - 1, exp: now + expiresIn, ...all })
      .setProtectedHeader({ alg: 'RS256', kid: KEY_ID, typ: 'JWT' })
      .sign(stranger ? other.privateKey : google.privateKey);
  };

  const accountOf = ({ headers }: IncomingMessage): string =>
    accounts.get((headers.authorization ?? '').replace('Bearer ', '')) ?? '';

  async function serve(request: IncomingMessage, body: Buffer): Promise<Answer> {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    const path = request.url ?? '/';
    if (host === 'www.googleapis.com' && path === '/oauth2/v3/certs') return json(200, { keys: [jwk] });
    if (host === 'secretmanager.googleapis.com') return secret(request, path);
    if (/^(\/upload)?\/storage\/v1\//.test(path)) {
      const account = accountOf(request);
      if (account === '') return problem(401, 'Invalid Credentials');
      if (!options.stateUsers.includes(account)) {
        return problem(403, `${account} does not have storage.objects.get access to the Google Cloud Storage object.`);
      }
      const url = new URL(path, options.storage.endpoint);
      return await forward(url, request, body, { authorization: `Bearer ${options.storage.token}` });
    }
    const service = cloud.services.get(host);
    if (service === undefined) return { status: 404, body: Buffer.from('<html>Error: Page not found</html>') };
    return await run(service, { host, request, path, body });
  }

  async function secret(request: IncomingMessage, path: string): Promise<Answer> {
    const account = accountOf(request);
    if (account === '') return problem(401, 'Request had invalid authentication credentials.');
    const [, project, name = ''] =
      /^\/v1\/projects\/([^/]+)\/secrets\/([^/]+)\/versions\/(?:latest|1):access$/.exec(path) ?? [];
    const value = options.secrets[name];
    if (!options.secretReaders.includes(account)) {
      return problem(403, "Permission 'secretmanager.versions.access' denied on resource (or it may not exist).");
    }
    if (project !== options.project || value === undefined) return problem(404, `Secret [${name}] not found.`);
    return json(200, { name: path, payload: { data: Buffer.from(value).toString('base64') } });
  }

  /** Cloud Run: IAM first, then the function. */
  async function run(
    service: GoogleService,
    call: { readonly host: string; readonly request: IncomingMessage; readonly path: string; readonly body: Buffer },
  ): Promise<Answer> {
    const { host, request, path, body } = call;
    const refused = cloud.refuse?.(host, body);
    if (refused !== undefined) return { status: refused, body: Buffer.from('Rate exceeded.') };
    if (body.length > cloud.maxBytes) return { status: 413, body: Buffer.from('<html>Request too large</html>') };
    const overwritten: Record<string, string> = {};
    if (!service.invokers.includes('allUsers')) {
      const name =
        request.headers['x-serverless-authorization'] === undefined ? 'authorization' : 'x-serverless-authorization';
      const shown = String(request.headers[name] ?? '').replace(/^Bearer /, '');
      const wanted = { issuer: ISSUER, audience: `https://${host}`, currentDate: new Date(options.now()) };
      const claims = await jwtVerify(shown, google.publicKey, wanted).catch(() => undefined);
      if (claims === undefined) return { status: 401, body: Buffer.from('<html>Unauthorized</html>') };
      if (!service.invokers.includes(String(claims.payload['email']))) {
        return { status: 403, body: Buffer.from('<html>Forbidden</html>') };
      }
      overwritten[name] = `Bearer ${shown.replace(/[^.]*$/, 'SIGNATURE_REMOVED_BY_GOOGLE')}`;
    }
    return await forward(new URL(path, `http://127.0.0.1:${service.port}`), request, body, overwritten);
  }

  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const answer = await serve(request, Buffer.concat(chunks));
      cloud.log.push(`${request.method} ${request.headers.host} ${request.url} ${answer.status}`);
      response.writeHead(answer.status, answer.headers).end(answer.body);
    })().catch((error: unknown) => response.writeHead(500).end(String(error)));
  };
  const front = createHttps({ cert: certificate.cert, key: certificate.key }, listener);
  const storagePort = await listen(createHttp(listener));
  const frontPort = await listen(front);
  const tunnel = createHttp((_, response) => response.writeHead(400).end());
  tunnel.on('connect', (request, socket) => {
    const host = (request.url ?? '').replace(/:443$/, '');
    if (!/\.(googleapis\.com|europe-west1\.run\.app)$/.test(host)) {
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    const onward = connect(frontPort, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
    onward.pipe(socket);
    socket.pipe(onward);
  });
  const proxyPort = await listen(tunnel);
  const cloud: GoogleCloud = {
    certificate,
    proxy: `http://127.0.0.1:${proxyPort}`,
    storage: `http://127.0.0.1:${storagePort}`,
    services: new Map(),
    log: [],
    maxBytes: 33_554_432,
    refuse: undefined,
    token,
    async metadata(account) {
      const server = createHttp((request, response) => {
        const url = new URL(request.url ?? '/', 'http://metadata');
        const name = url.pathname.replace('/computeMetadata/v1/', '');
        const headers = { 'metadata-flavor': 'Google', 'content-type': 'text/plain' };
        cloud.log.push(`${request.method} metadata ${url.pathname}`);
        if (request.headers['metadata-flavor'] !== 'Google') return void response.writeHead(403).end();
        if (/^instance\/?$/.test(name)) return void response.writeHead(200, headers).end();
        if (name === 'project/project-id') return void response.writeHead(200, headers).end(options.project);
        if (account === undefined) return void response.writeHead(404, headers).end('no service account');
        if (name === 'instance/service-accounts/default/token') {
          const access = `access-of-${account}`;
          accounts.set(access, account);
          const body = { access_token: access, expires_in: 3_599, token_type: 'Bearer' };
          return void response
            .writeHead(200, { ...headers, 'content-type': 'application/json' })
            .end(JSON.stringify(body));
        }
        const audience = url.searchParams.get('audience');
        if (name !== 'instance/service-accounts/default/identity' || audience === null) {
          return void response.writeHead(404, headers).end();
        }
        void token(audience, account).then((text) => response.writeHead(200, headers).end(text));
      });
      return `127.0.0.1:${await listen(server)}`;
    },
    async [Symbol.asyncDispose]() {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
  return cloud;
}

interface Answer {
  readonly status: number;
  readonly body: Buffer;
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>> & Record<string, never>;
}

async function forward(
  url: URL,
  request: IncomingMessage,
  body: Buffer,
  overwritten: Readonly<Record<string, string>>,
): Promise<Answer> {
  const headers = { ...request.headers, ...overwritten, host: url.host };
  const onward = requestHttp(url, { method: request.method, headers });
  onward.end(body);
  const [answer] = (await once(onward, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  return { status: answer.statusCode ?? 502, body: Buffer.concat(chunks), headers: answer.headers as never };
}

function json(status: number, value: unknown): Answer {
  const headers = { 'content-type': 'application/json' };
  return { status, body: Buffer.from(JSON.stringify(value)), headers: headers as never };
}

function problem(code: number, message: string): Answer {
  return json(code, { error: { code, message } });
}
