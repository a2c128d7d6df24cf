import { describeError } from '../core/errors.ts';
import { redeliver } from '../delivery/deliver.ts';
import type { DeliveryDeps } from '../delivery/deliver-request.ts';
import type { SinkReport } from '../delivery/report.ts';
import type { EncodedRequest, Sink, SinkBacklog } from '../sinks/sink.ts';
import type { BacklogPlace } from '../state/backlog-key.ts';
import { backlogKey } from '../state/backlog-key.ts';
import type { BacklogRequest } from '../state/backlog-object.ts';
import { type BacklogEntry, type BacklogLedger, isDelicate, sendable } from './backlog-ledger.ts';

/** What a replay did. Points of `places` = replayed + rejected + expired + those of `waiting` + doubtful ones. */
export interface Replay {
  readonly replayed: number;
  readonly rejected: number;
  /** Given up: too old, beyond the bound, unreadable, or perhaps taken before. */
  readonly expired: number;
  /** What still waits. */
  readonly waiting: readonly BacklogPlace[];
  readonly problems: readonly { readonly problem: string; readonly points: number }[];
  readonly requests: number;
  readonly retries: number;
  readonly ambiguous: number;
}

export interface ReplayDeps extends Omit<DeliveryDeps, 'spill'> {
  readonly ledger: BacklogLedger;
  readonly backlog: SinkBacklog;
  /** Oldest points that are kept, in ms before now. */
  readonly maxAge: number;
  /** Most bytes that are kept. */
  readonly maxBytes: number;
  /** For the bookkeeping after the deadline of sending. */
  readonly signal: AbortSignal;
}

interface Sum {
  replayed: number;
  rejected: number;
  expired: number;
  requests: number;
  retries: number;
  ambiguous: number;
  readonly waiting: BacklogPlace[];
  readonly problems: { readonly problem: string; readonly points: number }[];
}

/**
 * Sends what earlier ticks left for a sink, the oldest first, one tick after the other, until the deadline or until the
 * sink does not take something: then all later ones wait too. What is too old or too much is given up and counted.
 * Throws never: a store that fails leaves everything waiting.
 */
export async function replayBacklog(sink: Sink, places: readonly BacklogPlace[], deps: ReplayDeps): Promise<Replay> {
  const sum: Sum = {
    replayed: 0,
    rejected: 0,
    expired: 0,
    requests: 0,
    retries: 0,
    ambiguous: 0,
    waiting: [],
    problems: [],
  };
  const oldestFirst = places.toSorted((a, b) => a.timestamp - b.timestamp || (a.part < b.part ? -1 : 1));
  let excess = oldestFirst.reduce((bytes, place) => bytes + place.bytes, 0) - deps.maxBytes;
  let blocked = false;
  for (const place of oldestFirst) {
    const tooMuch = excess > 0;
    const tooOld = deps.clock.now() - place.timestamp > Math.min(deps.maxAge, deps.backlog.maxAge);
    try {
      if (tooMuch || tooOld) {
        excess -= place.bytes;
        await expire(place, tooOld ? 'too old for the backend' : 'more than --backlog-max-bytes', sum, deps);
      } else if (blocked || deps.deadline.signal.aborted || deps.deadline.remaining() <= 0) {
        sum.waiting.push(place);
      } else {
        blocked = !(await replayOne(sink, place, sum, deps));
      }
    } catch (error) {
      sum.problems.push({ problem: `the backlog could not be read or written: ${describeError(error)}`, points: 0 });
      sum.waiting.push(place);
      blocked = true;
    }
  }
  return sum;
}

async function expire(place: BacklogPlace, why: string, sum: Sum, deps: ReplayDeps): Promise<void> {
  const entry = await deps.ledger.read(backlogKey(place), readingSignal(deps));
  if ('object' in entry) await deps.ledger.remove(entry, deps.signal);
  if ('status' in entry && entry.status === 'gone') return;
  sum.expired += place.points;
  sum.problems.push({ problem: `given up in the backlog: ${why}`, points: place.points });
}

/** While there is time for sending, reading ends with it: a store that hangs leaves the time for keeping to what is new. */
function readingSignal({ deadline, signal }: ReplayDeps): AbortSignal {
  return deadline.signal.aborted ? signal : deadline.signal;
}

/** True if nothing of it waits any more. */
async function replayOne(sink: Sink, place: BacklogPlace, sum: Sum, deps: ReplayDeps): Promise<boolean> {
  const { ledger, signal } = deps;
  const found = await ledger.read(backlogKey(place), readingSignal(deps));
  if ('status' in found) {
    if (found.status === 'gone') return true;
    sum.expired += place.points;
    sum.problems.push({ problem: `given up in the backlog: ${found.warning}`, points: place.points });
    return true;
  }
  const entry: BacklogEntry | undefined = isDelicate(found.object) ? await ledger.markSending(found, signal) : found;
  if (entry === undefined) return true;
  const { requests, doubtful } = sendable(found.object);
  if (doubtful > 0) {
    sum.expired += doubtful;
    sum.problems.push({ problem: 'may have been stored before the run ended: not sent again', points: doubtful });
  }
  const loaded = load(deps.backlog, requests, sum);
  const kept: EncodedRequest[] = [];
  const report = await redeliver(sink, loaded, { ...deps, spill: (request) => kept.push(request) > 0 });
  add(report, sum);
  if (kept.length > 0) {
    const written = await ledger.write(
      { timestamp: place.timestamp, kind: 'spilled', requests: kept.map((request) => saved(deps.backlog, request)) },
      signal,
    );
    if ('failed' in written) throw new Error(written.failed);
    sum.waiting.push(written);
    if (backlogKey(written) === entry.key) return false;
  }
  await ledger.remove(entry, signal);
  return kept.length === 0;
}

function load(backlog: SinkBacklog, requests: readonly BacklogRequest[], sum: Sum): readonly EncodedRequest[] {
  return requests.flatMap((request) => {
    try {
      return [backlog.load(request.body)];
    } catch (error) {
      sum.expired += request.points;
      sum.problems.push({ problem: `given up in the backlog: ${describeError(error)}`, points: request.points });
      return [];
    }
  });
}

/** A request as it is stored. */
export function saved(backlog: SinkBacklog, request: EncodedRequest): BacklogRequest {
  return { points: request.points, idempotent: request.idempotent, body: backlog.save(request) };
}

function add(report: SinkReport, sum: Sum): void {
  sum.replayed += report.delivered;
  sum.rejected += report.rejected;
  sum.expired += report.dropped;
  sum.requests += report.requests;
  sum.retries += report.retries;
  sum.ambiguous += report.ambiguous;
  sum.problems.push(
    ...report.problems.map(({ problem, points }) => ({ problem: `of earlier ticks: ${problem}`, points })),
  );
}
