import type { TokenCredential } from '@azure/identity';
import type { GoogleAuth } from 'google-auth-library';

/** A web identity (OIDC) token that tells another cloud who we are. It is short-lived and asked for when it is shown. */
export type IdentityToken = (signal: AbortSignal) => Promise<string>;

/** What is used of AWS STS for a token of our own. */
export type StsTokens = Pick<typeof import('@aws-sdk/client-sts'), 'STSClient' | 'GetWebIdentityTokenCommand'>;

/** Seconds: it is exchanged at once. */
const AWS_TOKEN_LIFE = 300;

/**
 * AWS signs who its caller is (outbound identity federation, switched on in the account).
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html
 */
export function awsIdentityToken(audience: string, sdk: StsTokens): IdentityToken {
  const client = new sdk.STSClient({ maxAttempts: 2 });
  return async (signal) => {
    const command = new sdk.GetWebIdentityTokenCommand({
      Audience: [audience],
      SigningAlgorithm: 'RS256',
      DurationSeconds: AWS_TOKEN_LIFE,
    });
    return given((await client.send(command, { abortSignal: signal })).WebIdentityToken, 'AWS STS');
  };
}

/** Google's ID token of the application default credentials: metadata server, key file or impersonation. */
export function googleIdentityToken(audience: string, auth: GoogleAuth): IdentityToken {
  return async () => {
    const client = await auth.getIdTokenClient(audience);
    return given(await client.idTokenProvider.fetchIdToken(audience), 'Google');
  };
}

/** Entra's token for an application (`api://…`), of a managed or workload identity. */
export function azureIdentityToken(audience: string, credential: TokenCredential): IdentityToken {
  const scope = `${audience.replace(/\/\.default$/, '')}/.default`;
  return async (signal) =>
    given((await credential.getToken(scope, { abortSignal: signal }))?.token, 'Microsoft Entra ID');
}

function given(token: string | undefined, who: string): string {
  if (token === undefined || token === '') throw new Error(`${who} gave no identity token`);
  return token;
}
