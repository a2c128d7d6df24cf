import { once } from '../core/once.ts';
import { HOUR, type UnixMillis } from '../core/units.ts';
import * as z from '../core/zod.ts';

/** A stamp or a lease this far ahead of our clock was written by a machine whose clock was wrong. */
const FAR_AHEAD = 24 * HOUR;

const CLAIM = once(() =>
  z.object({
    version: z.literal(1),
    cluster: z.string(),
    /** The claimed tick's stamp, Unix ms. */
    timestamp: z.number(),
    holder: z.string(),
    /** Unique to one claim: tells our own write from another's when its answer was lost. */
    nonce: z.string(),
    /** Unix ms, by the holder's clock. */
    leaseUntil: z.number(),
    /** Length of the lease from the write on, in ms: what counts where the store tells when it was written. */
    leaseFor: z.optional(z.number()),
    released: z.boolean(),
    /** With `released`: whether something waits for a sink. */
    backlog: z.optional(z.boolean()),
    outcome: z.optional(z.string()),
  }),
);

/** The stored claim of a cluster: its last tick and who has it. JSON. */
export type ClaimObject = z.output<ReturnType<typeof CLAIM>>;

export type ReadClaim =
  | { readonly status: 'ok'; readonly claim: ClaimObject }
  | { readonly status: 'unreadable'; readonly reason: string };

export function encodeClaim(claim: ClaimObject): Buffer {
  return Buffer.from(JSON.stringify(claim), 'utf8');
}

/** Reads a stored claim. What is no claim, or one from the future, is `unreadable`: it must not stop all later ticks. */
export function readClaim(body: Buffer, now: UnixMillis): ReadClaim {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    return { status: 'unreadable', reason: 'is not JSON' };
  }
  const claim = CLAIM().safeParse(parsed);
  if (!claim.success)
    return { status: 'unreadable', reason: `is not a claim (${claim.error.issues[0]?.path.join('.')})` };
  if (Math.max(claim.data.timestamp, claim.data.leaseUntil) > now + FAR_AHEAD) {
    return { status: 'unreadable', reason: 'is of a time more than a day ahead' };
  }
  return { status: 'ok', claim: claim.data };
}
