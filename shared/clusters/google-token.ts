import type { AwsClient, GoogleAuth, IdentityPoolClient, Impersonated } from 'google-auth-library';
import type { UnixMillis } from '../core/units.ts';
import type { AwsCredentials } from '../identity/aws-credentials.ts';
import type { IdentityToken } from '../identity/identity-token.ts';
import type { CloudOptions } from './cloud-options.ts';

/** The API server knows an account by its address only if the token may tell it. */
export const GKE_SCOPES = [
  'https://www.googleapis.com/auth/cloud-platform',
  'https://www.googleapis.com/auth/userinfo.email',
];
const LIFE_SECONDS = 3_600;

export interface GoogleLibrary {
  readonly GoogleAuth: typeof GoogleAuth;
  readonly AwsClient: typeof AwsClient;
  readonly IdentityPoolClient: typeof IdentityPoolClient;
  readonly Impersonated: typeof Impersonated;
}

/** Whose identity Google is shown: AWS's own signatures, or a token. */
export type GoogleSubject =
  | { readonly kind: 'aws'; readonly credentials: AwsCredentials; readonly region: () => Promise<string> }
  | { readonly kind: 'token'; readonly token: IdentityToken };

export interface GoogleToken {
  readonly token: string;
  readonly until: UnixMillis | undefined;
}

/** Gives access tokens for GKE; the library keeps them below their life. */
export type GoogleTokens = () => Promise<GoogleToken>;

/** What external accounts have in common: whom Google trusts, and as whom we act. */
export function externalAccount(options: CloudOptions, kind: GoogleSubject['kind']) {
  const account = options.service_account;
  const impersonation =
    account === undefined
      ? {}
      : {
          service_account_impersonation_url: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${account}:generateAccessToken`,
        };
  return {
    type: 'external_account',
    audience: `//iam.googleapis.com/${options.workload_identity_provider}`,
    subject_token_type:
      kind === 'aws' ? 'urn:ietf:params:aws:token-type:aws4_request' : 'urn:ietf:params:oauth:token-type:jwt',
    token_url: 'https://sts.googleapis.com/v1/token',
    ...impersonation,
  };
}

/**
 * Opens a way to tokens: Google's own credentials of this machine, or workload identity federation from another cloud, in
 * both cases as `service_account` if that is given.
 */
export async function openGoogleTokens(
  options: CloudOptions,
  subject: GoogleSubject | undefined,
  library: GoogleLibrary,
): Promise<GoogleTokens> {
  if (subject === undefined) return ownTokens(options, library);
  const account = externalAccount(options, subject.kind);
  const client =
    subject.kind === 'aws'
      ? new library.AwsClient({
          ...account,
          aws_security_credentials_supplier: {
            getAwsRegion: subject.region,
            getAwsSecurityCredentials: async () => {
              const { accessKeyId, secretAccessKey, sessionToken } = await subject.credentials();
              return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { token: sessionToken }) };
            },
          },
        })
      : new library.IdentityPoolClient({
          ...account,
          subject_token_supplier: { getSubjectToken: () => subject.token(AbortSignal.timeout(10_000)) },
        });
  client.scopes = [...GKE_SCOPES];
  return async () => toToken(await client.getAccessToken(), client.credentials.expiry_date);
}

async function ownTokens(options: CloudOptions, library: GoogleLibrary): Promise<GoogleTokens> {
  const sourceClient = await new library.GoogleAuth({ scopes: GKE_SCOPES }).getClient();
  const target = options.service_account;
  const client =
    target === undefined
      ? sourceClient
      : new library.Impersonated({
          sourceClient,
          targetPrincipal: target,
          targetScopes: [...GKE_SCOPES],
          delegates: [],
          lifetime: LIFE_SECONDS,
        });
  return async () => toToken(await client.getAccessToken(), client.credentials.expiry_date);
}

function toToken(
  { token }: { readonly token?: string | null | undefined },
  expiry: number | null | undefined,
): GoogleToken {
  if (!token) throw new Error('Google gave no token');
  return { token, until: expiry ?? undefined };
}
