import type { SignatureV4 } from '@smithy/signature-v4';
import type { Clock } from '../../core/clock.ts';
import { describeCredentialSource } from '../../identity/aws-credential-source.ts';
import type { AwsCredentials, AwsIdentity } from '../../identity/aws-credentials.ts';
import { NodeSha256 } from '../../identity/node-sha256.ts';
import type { HttpRequest } from '../http/http-client.ts';
import type { Authorizer } from './authorizer.ts';
import { credentialError } from './credential-error.ts';

/** OpenSearch Serverless wants the hash of the body as a header, too. */
const HASH_IN_HEADER: ReadonlySet<string> = new Set(['aoss']);

/**
 * Signatures of AWS, version 4, over method, address, headers and body: what is signed must go out unchanged.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
 */
export function createSigV4Authorizer(options: {
  readonly region: string;
  readonly service: string;
  readonly credentials: AwsCredentials;
  readonly clock: Clock;
  readonly SignatureV4: typeof SignatureV4;
}): Authorizer {
  const { region, service, clock } = options;
  let renewed = false;
  let marks: Readonly<Record<string, unknown>> | undefined;
  const credentials = async (): Promise<AwsIdentity> => {
    const identity = await options.credentials(renewed ? { forceRefresh: true } : {});
    renewed = false;
    marks = (identity as { readonly $source?: Readonly<Record<string, unknown>> }).$source;
    return identity;
  };
  const signer = new options.SignatureV4({
    region,
    service,
    credentials,
    sha256: NodeSha256,
    applyChecksum: HASH_IN_HEADER.has(service),
  });
  const source = (): string => `${describeCredentialSource(marks)} for ${service} in ${region}`;
  return {
    get source() {
      return source();
    },
    async authorize(request, signal) {
      signal.throwIfAborted();
      try {
        const signed = await signer.sign(toSignable(request), { signingDate: new Date(clock.now()) });
        return signed.headers;
      } catch (error) {
        throw credentialError(source(), error);
      }
    },
    renew() {
      renewed = true;
    },
  };
}

function toSignable({ method, url, headers, body }: HttpRequest): Parameters<SignatureV4['sign']>[0] & object {
  const query: Record<string, string | string[]> = {};
  for (const name of new Set(url.searchParams.keys())) query[name] = url.searchParams.getAll(name);
  return {
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query,
    headers: { ...headers, host: url.host },
    body,
  };
}
