import type { JWTPayload } from 'jose';
import { systemClock } from '../../shared/core/clock.ts';
import { HeaplessError } from '../../shared/core/errors.ts';
import type { VerifyCaller } from '../http/answer-call.ts';
import { createJwtVerifier, unknownCaller } from '../http/jwt-caller.ts';
import type { CallerSettings } from './function-settings.ts';

/** https://accounts.google.com/.well-known/openid-configuration, read 2026-11-24 */
const KEYS = new URL('https://www.googleapis.com/oauth2/v3/certs');
const ISSUERS = ['https://accounts.google.com', 'accounts.google.com'];
const WHAT = 'ID token of Google for this function';

/** What Cloud Run's IAM puts in place of the signature of a token that it has checked. */
const REMOVED = '.SIGNATURE_REMOVED_BY_GOOGLE';
const CLOCK_TOLERANCE = 300;

/**
 * Lets through who shows an ID token that Google signed for this function's address, not expired, of a service account that
 * is in the list. Cloud Run's IAM has looked at it before us; this holds if somebody opens the function to all. Cloud
 * Scheduler can show its token to IAM alone, which takes the signature away: such a token is taken only `behindIam`. Throws
 * `HeaplessError` (`caller_unknown` without a valid token, `caller_forbidden` for an account that is not in the list).
 * https://cloud.google.com/docs/authentication/token-types#id, read 2026-11-24
 */
export function createGoogleVerifier(settings: CallerSettings): VerifyCaller {
  const { audience, callers, behindIam } = settings;
  const verify = createJwtVerifier({
    keys: KEYS,
    issuers: ISSUERS,
    audiences: [audience],
    requiredClaims: ['exp', 'iat', 'email'],
    what: WHAT,
    allow: (claims) => allowed(claims, callers),
  });
  return async (authorization) => {
    if (authorization?.endsWith(REMOVED) !== true) return await verify(authorization);
    if (!behindIam) throw unknown('its signature was taken away, and HEAPLESS_GCP_BEHIND_IAM is not true here');
    return allowed(await claimsOf(authorization, audience), callers);
  };
}

/** The claims of a token that IAM has checked, as far as they can still be checked. */
async function claimsOf(authorization: string, audience: string): Promise<JWTPayload> {
  const { decodeJwt } = await import('jose');
  let claims: JWTPayload;
  try {
    claims = decodeJwt(authorization.replace(/^Bearer /i, ''));
  } catch (cause) {
    throw unknown('it cannot be read', cause);
  }
  if (!ISSUERS.includes(claims.iss ?? '')) throw unknown('unexpected "iss" claim value');
  if (claims.aud !== audience) throw unknown('unexpected "aud" claim value');
  const now = systemClock.now() / 1_000;
  if (claims.exp === undefined || claims.exp + CLOCK_TOLERANCE < now)
    throw unknown('"exp" claim timestamp check failed');
  return claims;
}

function unknown(why: string, cause?: unknown): HeaplessError {
  return unknownCaller({ what: WHAT }, why, cause);
}

function allowed(claims: JWTPayload, callers: readonly string[]): string {
  const email = String(claims['email']).toLowerCase();
  if (claims['email_verified'] !== true) throw unknown('its e-mail address is not verified');
  if (callers.includes(email)) return email;
  const message = `the account ${email.slice(0, 128)} may not call this function; its address must be in HEAPLESS_GCP_CALLERS`;
  throw new HeaplessError(message, { code: 'caller_forbidden' });
}
