import type { JWTPayload } from 'jose';
import { HeaplessError } from '../../shared/core/errors.ts';
import type { VerifyCaller } from '../http/answer-call.ts';
import { createJwtVerifier, unknownCaller } from '../http/jwt-caller.ts';
import type { CallerSettings } from './app-settings.ts';

const WHAT = 'access token of Microsoft Entra ID for this app; function keys are not taken';

/**
 * Lets through who shows an access token of Microsoft Entra ID for this app: signed by a key of the tenant, issued by it,
 * for our audience, not expired, and of an identity (object id `oid`, or client id `appid`/`azp`) that is in the list. Throws
 * `HeaplessError` (`caller_unknown` without a valid token, `caller_forbidden` for an identity that is not in the list).
 * https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference, read 2026-11-24
 */
export function createEntraVerifier(settings: CallerSettings): VerifyCaller {
  return createJwtVerifier({
    keys: new URL(`/${settings.tenant}/discovery/v2.0/keys`, settings.authority),
    issuers: issuersOf(settings),
    audiences: audiencesOf(settings),
    requiredClaims: ['exp', 'iat', 'tid'],
    what: WHAT,
    allow: (claims) => allowed(claims, settings),
  });
}

function allowed(claims: JWTPayload, { tenant, callers }: CallerSettings): string {
  if (String(claims['tid']).toLowerCase() !== tenant) {
    throw unknownCaller({ what: WHAT }, 'the token is of another directory');
  }
  const ids = ['oid', 'appid', 'azp'].map((claim) => claims[claim]).filter((id) => typeof id === 'string');
  const known = ids.find((id) => callers.includes(id.toLowerCase()));
  if (known !== undefined) return known;
  const message = `the identity ${ids[0] ?? 'without an object id'} may not call this function; its id must be in HEAPLESS_AZURE_CALLERS`;
  throw new HeaplessError(message, { code: 'caller_forbidden' });
}

/** Tokens of version 1.0, which app registrations get by default, and of 2.0. */
function issuersOf({ authority, tenant }: CallerSettings): readonly string[] {
  const china = authority.hostname.endsWith('.chinacloudapi.cn');
  const first = `https://sts.${china ? 'chinacloudapi.cn' : 'windows.net'}/${tenant}/`;
  return [first, new URL(`/${tenant}/v2.0`, authority).href];
}

/** Version 1.0 names the App ID URI as the audience, version 2.0 the client id, which is its default last part. */
function audiencesOf({ audience }: CallerSettings): readonly string[] {
  return [audience, audience.slice('api://'.length)];
}
