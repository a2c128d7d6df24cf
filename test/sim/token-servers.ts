import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A service of a cloud that gives tokens to machines, on this machine. */
export interface TokenServer extends AsyncDisposable {
  readonly url: string;
  /** `host:port`. */
  readonly host: string;
  /** Requests it refused or answered, as `METHOD path status`. */
  readonly log: string[];
  /** Tokens given so far; the next is `token-<given + 1>`. */
  given: number;
  /** A status to fail with; 0 = none. */
  failing: number;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function start(
  answer: (request: IncomingMessage, url: URL, token: () => string) => Answer,
): Promise<TokenServer> {
  const server = createServer((request, response) => {
    request.resume();
    const url = new URL(request.url ?? '/', 'http://localhost');
    const token = (): string => `token-${++state.given}`;
    const { status, body, headers } =
      state.failing > 0 ? { status: state.failing, body: '', headers: {} } : answer(request, url, token);
    state.log.push(`${request.method} ${url.pathname} ${status}`);
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const state: TokenServer = {
    url: `http://${host}`,
    host,
    log: [],
    given: 0,
    failing: 0,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return state;
}

const JSON_TYPE = { 'content-type': 'application/json' };

/**
 * Google's metadata server, as strict: no answer without `Metadata-Flavor: Google`, none with `X-Forwarded-For`.
 * https://cloud.google.com/compute/docs/metadata/querying-metadata
 */
export function startGoogleMetadata(): Promise<TokenServer> {
  const flavour = { 'metadata-flavor': 'Google' };
  return start((request, url, token) => {
    if (request.headers['metadata-flavor'] !== 'Google' || request.headers['x-forwarded-for'] !== undefined) {
      return { status: 403, body: 'Missing Metadata-Flavor:Google header.' };
    }
    if (/^\/computeMetadata\/v1\/instance\/?$/.test(url.pathname)) return { status: 200, body: '', headers: flavour };
    if (url.pathname !== '/computeMetadata/v1/instance/service-accounts/default/token') {
      return { status: 404, body: '', headers: flavour };
    }
    const scopes = url.searchParams.get('scopes') ?? 'none';
    const body = { access_token: `${token()}.${scopes}`, expires_in: 3599, token_type: 'Bearer' };
    return { status: 200, body: JSON.stringify(body), headers: { ...flavour, ...JSON_TYPE } };
  });
}

/**
 * The identity endpoint of App Service and Functions: wants its secret header and a version.
 * https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 */
export function startAppServiceIdentity(secret: string): Promise<TokenServer> {
  return start((request, url, token) => {
    if (request.headers['x-identity-header'] !== secret) return { status: 401, body: '' };
    const resource = url.searchParams.get('resource');
    if (url.searchParams.get('api-version') !== '2019-08-01' || resource === null) {
      return { status: 400, body: JSON.stringify({ statusCode: 400, message: 'bad request' }), headers: JSON_TYPE };
    }
    const client = url.searchParams.get('client_id') ?? 'system';
    const body = {
      access_token: `${token()}.${resource}.${client}`,
      expires_on: String(Math.floor(Date.now() / 1000) + 86_400),
      resource,
      token_type: 'Bearer',
      client_id: client,
    };
    return { status: 200, body: JSON.stringify(body), headers: JSON_TYPE };
  });
}

/**
 * The container credentials endpoint of ECS and EKS Pod Identity: wants the token of the environment.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
export function startContainerCredentials(secret: string): Promise<TokenServer> {
  return start((request, url, token) => {
    if (url.pathname !== '/v1/credentials') return { status: 404, body: '' };
    if (request.headers.authorization !== secret) return { status: 401, body: '' };
    const body = {
      AccessKeyId: `AK-${token()}`,
      SecretAccessKey: 'secret',
      Token: 'session',
      Expiration: new Date(Date.now() + 3_600_000).toISOString(),
    };
    return { status: 200, body: JSON.stringify(body), headers: JSON_TYPE };
  });
}
