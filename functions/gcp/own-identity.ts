import type { GoogleAuth } from 'google-auth-library';
import type { Token } from '../http/shared-token.ts';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

/**
 * The identity of this function: its service account, of the metadata server. Kept for the life of the instance, because
 * it holds the access token; a new instance asks the platform once.
 */
let warm: Promise<GoogleAuth> | undefined;

function identity(): Promise<GoogleAuth> {
  warm ??= import('./auth-sdk.ts').then((library) => new library.GoogleAuth({ scopes: SCOPE }));
  return warm;
}

/** An access token for Google's APIs. Rejects if the platform gives none. */
export async function accessToken(): Promise<string> {
  const token = await (await identity()).getAccessToken();
  if (!token) throw new Error('the metadata server gave no access token');
  return token;
}

/** The project that this function runs in. Rejects if nobody says. */
export async function ownProject(): Promise<string> {
  return await (await identity()).getProjectId();
}

/** An ID token for one audience, and when it ends. Rejects if the platform gives none. */
export async function idToken(audience: string): Promise<Token> {
  const client = await (await identity()).getIdTokenClient(audience);
  const text = await client.idTokenProvider.fetchIdToken(audience);
  const claims = JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
    readonly exp?: unknown;
  };
  if (typeof claims.exp !== 'number') throw new Error('the metadata server gave an ID token without an end');
  return { text, until: claims.exp * 1_000 };
}
