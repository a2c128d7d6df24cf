import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import { describeError, HeaplessError } from '../../shared/core/errors.ts';
import type { VerifyCaller } from '../http/answer-call.ts';
import type { CallerSettings } from './app-settings.ts';

/** Tolerance of clocks in seconds, as Entra's own libraries have it. */
const CLOCK_TOLERANCE = 300;
/** Longest token that is looked at, in characters: headers of the platform end at 32 KB. */
const MOST_CHARACTERS = 16_384;

/**
 * Lets through who shows an access token of Microsoft Entra ID for this app: signed by a key of the tenant, issued by it,
 * for our audience, not expired, and of an identity (object id `oid`, or client id `appid`/`azp`) that is in the list. Throws
 * `HeaplessError` (`caller_unknown` without a valid token, `caller_forbidden` for an identity that is not in the list).
 * https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference, read 2026-11-24
 */
export function createEntraVerifier(settings: CallerSettings): VerifyCaller {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  return async (authorization) => {
    const token = /^Bearer ([\w.-]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined || token.length > MOST_CHARACTERS) throw unknown('no bearer token is shown');
    const { createRemoteJWKSet, jwtVerify } = await import('jose');
    keys ??= Promise.resolve(createRemoteJWKSet(keysUrl(settings)));
    let payload: JWTPayload;
    try {
      const options = {
        algorithms: ['RS256'],
        issuer: issuersOf(settings),
        audience: audiencesOf(settings),
        clockTolerance: CLOCK_TOLERANCE,
        requiredClaims: ['exp', 'iat', 'tid'],
      };
      payload = (await jwtVerify(token, await keys, options)).payload;
    } catch (cause) {
      throw unknown(describeError(cause), cause);
    }
    return allowed(payload, settings);
  };
}

function allowed(payload: JWTPayload, { tenant, callers }: CallerSettings): string {
  if (String(payload['tid']).toLowerCase() !== tenant) throw unknown('the token is of another directory');
  const ids = ['oid', 'appid', 'azp'].map((claim) => payload[claim]).filter((id) => typeof id === 'string');
  const known = ids.find((id) => callers.includes(id.toLowerCase()));
  if (known !== undefined) return known;
  const message = `the identity ${ids[0] ?? 'without an object id'} may not call this function; its id must be in HEAPLESS_AZURE_CALLERS`;
  throw new HeaplessError(message, { code: 'caller_forbidden' });
}

function unknown(why: string, cause?: unknown): HeaplessError {
  const message = `the caller shows no valid access token of Microsoft Entra ID for this app (${why}); function keys are not taken`;
  return new HeaplessError(message, { code: 'caller_unknown', cause });
}

function keysUrl({ authority, tenant }: CallerSettings): URL {
  return new URL(`/${tenant}/discovery/v2.0/keys`, authority);
}

/** Tokens of version 1.0, which app registrations get by default, and of 2.0. */
function issuersOf({ authority, tenant }: CallerSettings): string[] {
  const china = authority.hostname.endsWith('.chinacloudapi.cn');
  const first = `https://sts.${china ? 'chinacloudapi.cn' : 'windows.net'}/${tenant}/`;
  return [first, new URL(`/${tenant}/v2.0`, authority).href];
}

/** Version 1.0 names the App ID URI as the audience, version 2.0 the client id, which is its default last part. */
function audiencesOf({ audience }: CallerSettings): string[] {
  return [audience, audience.slice('api://'.length)];
}
