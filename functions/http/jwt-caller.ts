import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import { describeError, HeaplessError } from '../../shared/core/errors.ts';
import type { VerifyCaller } from './answer-call.ts';

/** Tolerance of clocks in seconds, as the platforms' own libraries have it. */
const CLOCK_TOLERANCE = 300;
/** Longest token that is looked at, in characters: headers of the platforms end at 32 KB. */
const MOST_CHARACTERS = 16_384;

/** Whose tokens are taken, and what is looked for in them. */
export interface JwtRules {
  /** Where the issuer's keys are (JWKS). */
  readonly keys: URL;
  readonly issuers: readonly string[];
  readonly audiences: readonly string[];
  readonly requiredClaims: readonly string[];
  /** What a valid token is called in messages: `ID token of Google for this function`. */
  readonly what: string;
  /** The caller's id, of the claims of a token that is sound; throws `caller_forbidden`, `caller_unknown`. */
  readonly allow: (claims: JWTPayload) => string;
}

/**
 * Lets through who shows a bearer token (JWT, RS256) that the issuer signed, for our audience and not expired, and whom
 * `allow` knows. The keys are asked for once and kept; a token of a new key asks again. Throws `HeaplessError`
 * (`caller_unknown` without a valid token, and what `allow` throws).
 */
export function createJwtVerifier(rules: JwtRules): VerifyCaller {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  return async (authorization) => {
    const token = /^Bearer ([\w.-]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined || token.length > MOST_CHARACTERS) throw unknownCaller(rules, 'no bearer token is shown');
    const { createRemoteJWKSet, jwtVerify } = await import('jose');
    keys ??= Promise.resolve(createRemoteJWKSet(rules.keys));
    let claims: JWTPayload;
    try {
      const options = {
        algorithms: ['RS256'],
        issuer: [...rules.issuers],
        audience: [...rules.audiences],
        clockTolerance: CLOCK_TOLERANCE,
        requiredClaims: [...rules.requiredClaims],
      };
      claims = (await jwtVerify(token, await keys, options)).payload;
    } catch (cause) {
      throw unknownCaller(rules, describeError(cause), cause);
    }
    return rules.allow(claims);
  };
}

/** The refusal of a caller whose token is not valid, with why. */
export function unknownCaller({ what }: Pick<JwtRules, 'what'>, why: string, cause?: unknown): HeaplessError {
  const message = `the caller shows no valid ${what} (${why})`;
  return new HeaplessError(message, { code: 'caller_unknown', cause });
}
