import type { MetricBatch } from '../core/batch.ts';
import type { Deadline } from '../core/deadline.ts';
import { describeError } from '../core/errors.ts';
import { deliver } from '../delivery/deliver.ts';
import type { DeliveryDeps, Spill } from '../delivery/deliver-request.ts';
import type { SinkReport } from '../delivery/report.ts';
import type { EncodedRequest, EncodeRejection, Sink, SinkBacklog } from '../sinks/sink.ts';
import { type BacklogPlace, backlogKey } from '../state/backlog-key.ts';
import { type BacklogLedger, sumPlaces } from './backlog-ledger.ts';
import { type Replay, replayBacklog, saved } from './replay-backlog.ts';

/** One sink's part of an export. */
export interface SinkExport {
  readonly sink: Sink;
  readonly backlog: SinkBacklog;
  /** What the sink wants of the batch. */
  readonly batch: MetricBatch;
  /** What waits from earlier ticks. */
  readonly places: readonly BacklogPlace[];
  readonly ledger: BacklogLedger;
  readonly settings: { readonly maxAge: number; readonly maxBytes: number };
  /** Store the requests before they are sent. */
  readonly ahead: boolean;
  /** End of sending. */
  readonly delivery: Omit<DeliveryDeps, 'spill'>;
  /** End of the bookkeeping in the store, later than that of sending. */
  readonly deadline: Deadline;
}

const NOTHING: Replay = {
  replayed: 0,
  rejected: 0,
  expired: 0,
  waiting: [],
  problems: [],
  requests: 0,
  retries: 0,
  ambiguous: 0,
};

/**
 * Delivers a batch to a sink that has a backlog. A backend that demands order gets what waits first, and nothing newer
 * while something still waits; the others get the new points first. What is not taken is stored for a later tick; what
 * cannot even be stored is dropped. Throws never.
 */
export async function exportToSink(job: SinkExport): Promise<SinkReport> {
  const replay = (): Promise<Replay> => {
    const { ledger, backlog, settings, deadline, delivery } = job;
    return replayBacklog(job.sink, job.places, { ...delivery, ...settings, ledger, backlog, signal: deadline.signal });
  };
  if (job.backlog.ordered) {
    const before = await replay();
    const report = before.waiting.length === 0 ? await sendOrSpill(job) : await spillAll(job);
    return withBacklog(report, before);
  }
  const report = await sendOrSpill(job);
  return withBacklog(report, job.places.length === 0 ? NOTHING : await replay());
}

interface Spilled {
  readonly report: SinkReport;
  /** Where the rest waits; none if nothing was left. */
  readonly places: readonly BacklogPlace[];
}

async function sendOrSpill(job: SinkExport): Promise<Spilled> {
  return job.ahead
    ? await sendAhead(job)
    : await keepRest(job, (spill) => deliver(job.sink, job.batch, { ...job.delivery, spill }));
}

/** Stores the whole batch unsent: older points of the same series wait, and the backend would refuse them afterwards. */
async function spillAll(job: SinkExport): Promise<Spilled> {
  using over = job.delivery.deadline.within(0);
  return await keepRest(job, (spill) => deliver(job.sink, job.batch, { ...job.delivery, deadline: over, spill }));
}

/** Of the time for sending so much is waited for a store that takes the requests ahead. */
const AHEAD_SHARE = 0.25;

/** Stores all requests, sends them, and leaves in the store what was not taken. */
async function sendAhead(job: SinkExport): Promise<Spilled> {
  const { sink, backlog, batch, ledger, deadline } = job;
  const rejections: EncodeRejection[] = [];
  const requests: EncodedRequest[] = [];
  let bytes = 0;
  const requestsOfBatch = sink.encode(batch, (rejection) => rejections.push(rejection))[Symbol.iterator]();
  for (let step = requestsOfBatch.next(); step.done !== true; step = requestsOfBatch.next()) {
    requests.push(step.value);
    bytes += step.value.bytes;
    if (bytes > job.settings.maxBytes) break;
  }
  const encoded: Sink = {
    ...sink,
    *encode(_, reject) {
      for (const rejection of rejections.splice(0)) reject(rejection);
      yield* requests;
      for (let step = requestsOfBatch.next(); step.done !== true; step = requestsOfBatch.next()) yield step.value;
      for (const rejection of rejections.splice(0)) reject(rejection);
    },
  };
  using storing = job.delivery.deadline.within(job.delivery.deadline.remaining() * AHEAD_SHARE);
  const whole = bytes <= job.settings.maxBytes && requests.length > 0;
  const place = whole
    ? await ledger.write(
        { timestamp: batch.timestamp, kind: 'ahead', requests: requests.map((request) => saved(backlog, request)) },
        storing.signal,
      )
    : undefined;
  const sent = await keepRest(job, (spill) => deliver(encoded, batch, { ...job.delivery, spill }));
  if (place === undefined) return sent;
  if ('failed' in place) return warned(sent, `was sent without being stored ahead: ${place.failed}`);
  if (sent.places.some((kept) => backlogKey(kept) === backlogKey(place))) return sent;
  try {
    const entry = await ledger.read(backlogKey(place), deadline.signal);
    if ('object' in entry) await ledger.remove(entry, deadline.signal);
    return sent;
  } catch (error) {
    const problem = `what was stored ahead could not be removed and waits: ${describeError(error)}`;
    return warned({ ...sent, places: [place, ...sent.places] }, problem);
  }
}

/** Runs a delivery, and stores what it spilled. What cannot be stored counts as dropped. */
async function keepRest(job: SinkExport, run: (spill: Spill) => Promise<SinkReport>): Promise<Spilled> {
  const kept: EncodedRequest[] = [];
  let bytes = 0;
  const spill: Spill = (request) => {
    if (job.deadline.remaining() <= 0 || bytes + request.bytes > job.settings.maxBytes) return false;
    bytes += request.bytes;
    kept.push(request);
    return true;
  };
  const report = await run(spill);
  if (kept.length === 0) return { report, places: [] };
  const requests = kept.map((request) => saved(job.backlog, request));
  const written = await job.ledger.write(
    { timestamp: job.batch.timestamp, kind: 'spilled', requests },
    job.deadline.signal,
  );
  if (!('failed' in written)) return { report, places: [written] };
  const dropped = { ...report, dropped: report.dropped + report.spilled, spilled: 0 };
  return warned({ report: dropped, places: [] }, `could not be kept for later: ${written.failed}`, report.spilled);
}

function warned(spilled: Spilled, problem: string, points = 0): Spilled {
  const { report, places } = spilled;
  return { report: { ...report, problems: [{ problem, points }, ...report.problems] }, places };
}

function withBacklog({ report, places }: Spilled, replay: Replay): SinkReport {
  const { points, oldest } = sumPlaces([...replay.waiting, ...places]);
  return {
    ...report,
    requests: report.requests + replay.requests,
    retries: report.retries + replay.retries,
    ambiguous: report.ambiguous + replay.ambiguous,
    problems: [...report.problems, ...replay.problems].slice(0, 10),
    backlog: {
      replayed: replay.replayed,
      rejected: replay.rejected,
      expired: replay.expired,
      waiting: points,
      ...(oldest === undefined ? {} : { oldest }),
    },
  };
}
