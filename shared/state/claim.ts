import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { type Millis, SECOND, type UnixMillis } from '../core/units.ts';
import { type ClaimObject, encodeClaim, readClaim } from './claim-object.ts';
import type { ObjectStore, ObjectVersion, PutCondition, StoredObject } from './object-store.ts';

export interface ClaimRequest {
  /** Name of the cluster; a claim is per cluster. */
  readonly cluster: string;
  /** The tick's stamp. */
  readonly timestamp: UnixMillis;
  /** Who claims, for those who come second. */
  readonly holder: string;
  /** When the claim ends by itself: the end of the invocation. */
  readonly leaseUntil: UnixMillis;
  readonly clock: Clock;
  /** Ends the claiming; what releases has a signal of its own. */
  readonly signal: AbortSignal;
}

export interface HeldClaim {
  readonly status: 'claimed';
  /** Holder of this very tick that did not finish; undefined = we are the first. */
  readonly takenOverFrom: string | undefined;
  /** Why the object that was there is not used, and where it was put; undefined = all is well. */
  readonly setAside: string | undefined;
  /** Whether the last tick left something for a later one; undefined if it did not say. */
  readonly backlog: boolean | undefined;
  /** The store's clock minus ours, in ms; undefined if the store does not say, or nothing was stored before. */
  readonly skew: Millis | undefined;
  /** Marks the tick as done, with a word on what became of it. `lost`: the lease ended and another has claimed since. */
  release(outcome: string, left: { readonly backlog: boolean }, signal: AbortSignal): Promise<'released' | 'lost'>;
}

export type ClaimResult =
  | HeldClaim
  | { readonly status: 'taken'; readonly by: string; readonly until: UnixMillis }
  /** `timestamp` is the tick that was claimed last: this one, or a later one. */
  | { readonly status: 'done'; readonly timestamp: UnixMillis };

interface Current {
  readonly claim: ClaimObject | undefined;
  /** What is left of the lease: by the store's clock if it tells both times, else by ours. Negative = it has ended. */
  readonly leaseLeft: Millis;
  /** The store's clock minus ours, in ms; undefined if the store does not say. */
  readonly skew: Millis | undefined;
  readonly condition: PutCondition;
  readonly setAside: string | undefined;
}

/** Rounds of read and conditional write; a round is lost only when another writer won it. */
const ROUNDS = 4;

/**
 * Claims a tick: one conditional write, so of any number of claimers one wins. It succeeds if the last claimed tick is
 * earlier and was released or its lease has ended, or if it is this tick and its holder never released it before its
 * lease ended; leases are measured on the store's clock where it has one. A tick that was released, or is earlier than the last one, is `done`. An object that is no claim is copied
 * to `claim-set-aside/<cluster>` and replaced. Throws `HeaplessError` if the store fails.
 */
export async function claimTick(store: ObjectStore, request: ClaimRequest): Promise<ClaimResult> {
  const { cluster, timestamp, holder, leaseUntil, clock, signal } = request;
  const key = `claim/${encodeURIComponent(cluster)}`;
  const mine: ClaimObject = {
    version: 1,
    cluster,
    timestamp,
    holder,
    nonce: randomUUID(),
    leaseUntil,
    leaseFor: leaseUntil - clock.now(),
    released: false,
    outcome: undefined,
  };
  let refusal: ClaimResult = { status: 'taken', by: 'another claimer', until: leaseUntil };
  for (let round = 0; round < ROUNDS; round++) {
    const { claim, leaseLeft, skew, condition, setAside } = await readCurrent(store, key, request);
    if (claim?.nonce === mine.nonce)
      return held(store, key, mine, versionOf(condition), { setAside, skew, backlog: undefined });
    const refused = claim === undefined ? undefined : refuse(claim, timestamp, leaseLeft);
    if (refused !== undefined) return refused;
    const outcome = await store.put(key, encodeClaim(mine), condition, signal);
    if (outcome.status === 'stored') {
      const takenOverFrom = claim?.timestamp === timestamp ? claim.holder : undefined;
      return held(store, key, mine, outcome.version, { takenOverFrom, setAside, skew, backlog: claim?.backlog });
    }
    if (claim !== undefined) refusal = { status: 'taken', by: claim.holder, until: claim.leaseUntil };
  }
  return refusal;
}

function refuse(claim: ClaimObject, timestamp: UnixMillis, leaseLeft: Millis): ClaimResult | undefined {
  if (claim.timestamp > timestamp) return { status: 'done', timestamp: claim.timestamp };
  if (claim.released) return claim.timestamp === timestamp ? { status: 'done', timestamp } : undefined;
  if (leaseLeft > 0) return { status: 'taken', by: claim.holder, until: claim.leaseUntil };
  return undefined;
}

async function readCurrent(
  store: ObjectStore,
  key: string,
  { cluster, clock, signal }: ClaimRequest,
): Promise<Current> {
  const asked = clock.now();
  const object = await store.get(key, signal);
  const answered = clock.now();
  if (object === undefined)
    return { claim: undefined, leaseLeft: 0, skew: undefined, condition: { if: 'absent' }, setAside: undefined };
  const skew = object.servedAt === undefined ? undefined : object.servedAt - (asked + answered) / 2;
  const condition: PutCondition = { if: 'version', version: object.version };
  const read = readClaim(object.body, object.servedAt ?? answered);
  if (read.status === 'ok') {
    const { claim } = read;
    return { claim, leaseLeft: leaseLeft(claim, object, answered), skew, condition, setAside: undefined };
  }
  const aside = `claim-set-aside/${encodeURIComponent(cluster)}`;
  await store.put(aside, object.body, { if: 'any' }, signal);
  const replaced = `${key} ${read.reason}; it was put to ${aside} and replaced`;
  return { claim: undefined, leaseLeft: 0, skew, condition, setAside: replaced };
}

function leaseLeft(claim: ClaimObject, object: StoredObject, now: UnixMillis): Millis {
  const { written, servedAt } = object;
  if (claim.leaseFor === undefined || written === undefined || servedAt === undefined) return claim.leaseUntil - now;
  // A store that answers from before it was written to has two clocks, or somebody between who keeps old answers.
  if (servedAt < written - SECOND) return claim.leaseUntil - now;
  return written + claim.leaseFor - servedAt;
}

function versionOf(condition: PutCondition): ObjectVersion {
  return condition.if === 'version' ? condition.version : '';
}

function held(
  store: ObjectStore,
  key: string,
  claim: ClaimObject,
  version: ObjectVersion,
  found: {
    readonly takenOverFrom?: string | undefined;
    readonly setAside: string | undefined;
    readonly skew: Millis | undefined;
    readonly backlog: boolean | undefined;
  },
): HeldClaim {
  return {
    status: 'claimed',
    takenOverFrom: found.takenOverFrom,
    setAside: found.setAside,
    skew: found.skew,
    backlog: found.backlog,
    async release(outcome, { backlog }, signal) {
      const body = encodeClaim({ ...claim, released: true, outcome, backlog });
      const put = await store.put(key, body, { if: 'version', version }, signal);
      if (put.status === 'stored') return 'released';
      const now = await store.get(key, signal);
      return now?.body.equals(body) ? 'released' : 'lost';
    },
  };
}
