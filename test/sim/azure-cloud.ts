import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { createCertificate, type ServerCertificate } from '../../functions/local/demo/certificate.ts';

export const TENANT = '11111111-2222-4333-8444-555555555555';
const KEY_ID = 'entra-key-1';

/** An identity of the directory: the platform gives its tokens to whoever has the endpoint and its secret header. */
export interface AzureIdentity {
  readonly clientId: string;
  readonly objectId: string;
}

export interface AzureCloudOptions {
  readonly identities: readonly AzureIdentity[];
  /** App ID URIs that are registered in the directory, beside the resources of Azure itself. */
  readonly audiences: readonly string[];
  /** Key Vault's secrets. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Client ids that may read them. */
  readonly secretReaders?: readonly string[];
}

/** Entra, the platform's identity endpoint, and Key Vault, on this machine. */
export interface AzureCloud extends AsyncDisposable {
  readonly certificate: ServerCertificate;
  /** `https://localhost:PORT/`: Entra's authority, a Key Vault, and a blob service that refuses everybody. */
  readonly url: string;
  /** What the platform puts into the environment of an app. */
  readonly identityEnv: Readonly<Record<string, string>>;
  /** `METHOD path status` of each request. */
  readonly log: readonly string[];
  /** Tokens that the identity endpoint has given for custom metrics, as they are given. */
  readonly metricsTokens: Set<string>;
  /** A token as Entra would issue it, with some claims changed. */
  token(claims?: JWTPayload, options?: TokenOptions): Promise<string>;
}

export interface TokenOptions {
  /** Signed by a key that is not the directory's. */
  readonly stranger?: boolean;
  /** Seconds from now when it ends. */
  readonly expiresIn?: number;
}

const AZURE_RESOURCES = [
  'https://storage.azure.com',
  'https://vault.azure.net',
  'https://monitor.azure.com',
  'https://monitoring.azure.com',
];
const IDENTITY_SECRET = 'identity-secret';
const LIFE = 3_600;

/**
 * Starts them. As strict as the real ones where it matters here: the identity endpoint wants its header and version, knows
 * its identities and the resources of the directory; tokens are version 1.0, signed, for one audience; Key Vault takes only
 * tokens for itself and of those who have the role.
 * https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 */
export async function startAzureCloud(options: AzureCloudOptions): Promise<AzureCloud> {
  const certificate = await createCertificate();
  const directory = await generateKeyPair('RS256', { extractable: true });
  const other = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(directory.publicKey)), kid: KEY_ID, use: 'sig', alg: 'RS256' };
  const log: string[] = [];
  const metricsTokens = new Set<string>();
  const [first] = options.identities;

  const token = (claims: JWTPayload = {}, { stranger = false, expiresIn = LIFE }: TokenOptions = {}): Promise<string> =>
    sign(stranger ? other.privateKey : directory.privateKey, expiresIn, {
      iss: `https://sts.windows.net/${TENANT}/`,
      aud: options.audiences[0] ?? '',
      tid: TENANT,
      oid: first?.objectId,
      appid: first?.clientId,
      ver: '1.0',
      ...claims,
    });

  const identity = async (request: IncomingMessage, url: URL): Promise<Answer> => {
    if (request.headers['x-identity-header'] !== IDENTITY_SECRET) return json(401, { message: 'unauthorized' });
    const resource = (url.searchParams.get('resource') ?? '').replace(/\/$/, '');
    const clientId = url.searchParams.get('client_id') ?? first?.clientId;
    const who = options.identities.find((known) => known.clientId === clientId);
    if (url.searchParams.get('api-version') !== '2019-08-01') return json(400, { message: 'bad api-version' });
    if (who === undefined)
      return json(400, { statusCode: 400, message: 'No User Assigned or Delegated Identity found' });
    if (![...AZURE_RESOURCES, ...options.audiences].includes(resource)) {
      const message = `AADSTS500011: The resource principal named ${resource} was not found in the tenant`;
      return json(400, { statusCode: 400, message });
    }
    const access = await token({ aud: resource, oid: who.objectId, appid: who.clientId });
    if (resource === 'https://monitoring.azure.com') metricsTokens.add(access);
    const expires = String(Math.floor(Date.now() / 1_000) + LIFE);
    return json(200, {
      access_token: access,
      expires_on: expires,
      resource,
      token_type: 'Bearer',
      client_id: clientId,
    });
  };

  const vault = async (request: IncomingMessage, url: URL): Promise<Answer> => {
    const shown = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const wanted = { audience: 'https://vault.azure.net', algorithms: ['RS256'] };
    const claims =
      shown === undefined ? undefined : await jwtVerify(shown, directory.publicKey, wanted).catch(() => null);
    if (claims === undefined || claims === null)
      return problem(401, 'Unauthorized', 'AKV10000: Request is missing a token');
    if (!(options.secretReaders ?? []).includes(String(claims.payload['appid']))) {
      return problem(403, 'Forbidden', 'Caller is not authorized to perform action on resource.');
    }
    if (!/^7\.\d$/.test(url.searchParams.get('api-version') ?? '')) return problem(400, 'BadParameter', 'api-version');
    const name = url.pathname.split('/')[2] ?? '';
    const value = options.secrets?.[name];
    if (value === undefined) return problem(404, 'SecretNotFound', `A secret with (name/id) ${name} was not found`);
    return json(200, { value, id: `https://${url.host}/secrets/${name}/0123456789abcdef0123456789abcdef` });
  };

  const secure = async (request: IncomingMessage, url: URL): Promise<Answer> => {
    if (url.pathname === `/${TENANT}/discovery/v2.0/keys`) return json(200, { keys: [jwk] });
    if (url.pathname.startsWith('/secrets/')) return await vault(request, url);
    // A blob service at which the identity has no role.
    const body =
      '<?xml version="1.0"?><Error><Code>AuthorizationPermissionMismatch</Code><Message>no</Message></Error>';
    const code = { 'x-ms-error-code': 'AuthorizationPermissionMismatch', 'content-type': 'application/xml' };
    return { status: 403, body, headers: code };
  };

  const listenerOf =
    (answer: (request: IncomingMessage, url: URL) => Promise<Answer>) =>
    (request: IncomingMessage, response: ServerResponse): void => {
      request.resume();
      const url = new URL(request.url ?? '/', `https://${request.headers.host}`);
      void answer(request, url).then(({ status, body, headers }) => {
        log.push(`${request.method} ${url.pathname} ${status}`);
        response.writeHead(status, headers).end(body);
      });
    };
  const plain = createHttp(listenerOf(identity));
  const tls = createHttps({ cert: certificate.cert, key: certificate.key }, listenerOf(secure));
  const [plainPort, tlsPort] = await Promise.all(
    [plain, tls].map(async (server) => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return (server.address() as AddressInfo).port;
    }),
  );
  return {
    certificate,
    url: `https://localhost:${tlsPort}/`,
    identityEnv: { IDENTITY_ENDPOINT: `http://127.0.0.1:${plainPort}/msi/token`, IDENTITY_HEADER: IDENTITY_SECRET },
    log,
    metricsTokens,
    token,
    async [Symbol.asyncDispose]() {
      for (const server of [plain, tls]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function sign(key: CryptoKey, expiresIn: number, claims: JWTPayload): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  const issued = Math.min(now, now + expiresIn) - 1;
  const all = { iat: issued, nbf: issued, exp: now + expiresIn, ...claims };
  const defined = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return await new SignJWT(defined).setProtectedHeader({ alg: 'RS256', kid: KEY_ID, typ: 'JWT' }).sign(key);
}

function json(status: number, value: unknown): Answer {
  return { status, body: JSON.stringify(value), headers: { 'content-type': 'application/json' } };
}

function problem(status: number, code: string, message: string): Answer {
  return json(status, { error: { code, message } });
}
