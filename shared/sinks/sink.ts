import type { ComponentUri, ConfigNotice, SinkSelection } from '../config/config.ts';
import type { MetricBatch } from '../core/batch.ts';
import type { Clock } from '../core/clock.ts';
import type { Level } from '../core/level.ts';
import type { Millis } from '../core/units.ts';
import type * as z from '../core/zod.ts';
import type { SinkQuota } from './quota.ts';

/**
 * What became of one request. `points` of a rejected part are named by count; causes become sentences in the report.
 * `ambiguous` = it may have been stored (timeout after the body was sent, reset, 5xx).
 */
export type SendOutcome =
  | { readonly status: 'delivered' }
  | { readonly status: 'partial'; readonly rejected: number; readonly cause: unknown }
  | { readonly status: 'retryable'; readonly cause: unknown; readonly ambiguous: boolean; readonly retryAfter?: Millis }
  | { readonly status: 'rejected'; readonly cause: unknown }
  /** Too large, or one bad point among many: send the halves instead (`EncodedRequest.split`). */
  | { readonly status: 'split'; readonly cause: unknown };

/** One encoded piece of a batch, ready to send. */
export interface EncodedRequest {
  /** Points of the batch in it (values, not datums). */
  readonly points: number;
  /** Size of the body in bytes before compression. */
  readonly bytes: number;
  /** False if a second copy would change a stored sum: then it is not sent again after an ambiguous failure. */
  readonly idempotent: boolean;
  /** The two halves, or undefined if it cannot be divided further. */
  split(): readonly [EncodedRequest, EncodedRequest] | undefined;
  /**
   * Gives the request's bytes back to its encoder, which may write over them. Called at most once, when the backend has
   * taken the request and nobody reads it any more. Undefined = its bytes are its own.
   */
  release?(): void;
}

/** What `encode` refused before sending, by reason, in points. */
export interface EncodeRejection {
  readonly points: number;
  readonly reason: string;
}

export interface SinkLimits {
  /** Most points (datums) in a request. */
  readonly maxPoints: number;
  /** Largest body in bytes. */
  readonly maxBytes: number;
  /** Most requests at once, of all exports of a process together. */
  readonly concurrency: number;
  /** What the backend takes in a time. Undefined = it says no number. */
  readonly quota?: SinkQuota;
}

/** How a sink's requests outlive a tick. Both functions are pure and each other's inverse. */
export interface SinkBacklog<Request extends EncodedRequest = EncodedRequest> {
  /** Oldest stamp that the backend takes, in milliseconds before now. */
  readonly maxAge: Millis;
  /** True if the backend refuses a point older than the newest of its series: then older ticks go first, or none. */
  readonly ordered: boolean;
  save(request: Request): Uint8Array;
  load(bytes: Uint8Array): Request;
}

/** What a look at a backend found, without a value being written. */
export interface SinkCheck {
  /** `delivered` = the backend took the question; else its cause, as for a request. */
  readonly outcome: SendOutcome;
  /** What a good answer showed, as a sentence's beginning. */
  readonly seen: string;
  /** What a good answer leaves open; undefined = nothing. */
  readonly unchecked?: string;
}

/** One open sink. It has no timer, no retry, no queue and no log line: delivery does that once for all. */
export interface Sink<Request extends EncodedRequest = EncodedRequest> {
  /** The URI's key. */
  readonly name: string;
  /** The URI as it may be shown. */
  readonly shown: string;
  readonly limits: SinkLimits;
  readonly selection: SinkSelection;
  /** Pure: the batch's requests, each within the limits. Every point is in one of them or told to `reject`. */
  encode(batch: MetricBatch, reject: (rejection: EncodeRejection) => void): Iterable<Request>;
  /** Sends one request. Resolves with an outcome, also when the signal aborts; throws never. */
  send(request: Request, signal: AbortSignal): Promise<SendOutcome>;
  /** True if it tells the backend which series have ended (`MetricBatch.ended`). */
  readonly endsSeries?: boolean;
  /** Least time from one exported tick to the next; in between the sink rests. Undefined or 0 = it takes every tick. */
  readonly minInterval?: Millis;
  /** Longest time for the export of a batch; never beyond that of all sinks. Undefined = that of all sinks. */
  readonly exportTimeout?: Millis;
  /** Each export begins after a random time up to this. Undefined = at once. */
  readonly initialDelay?: Millis;
  /** Undefined for sinks that never fail for a while, or whose backend takes no late points. */
  readonly backlog?: SinkBacklog<Request> | undefined;
  /** Asks the backend whether it would take requests: reachable, credentials good. Writes nothing. Throws never. */
  check?(signal: AbortSignal): Promise<SinkCheck>;
  close(): Promise<void>;
}

/** What a sink is given when it is opened. */
export interface SinkContext {
  readonly clock: Clock;
  readonly notice: (notice: ConfigNotice) => void;
  /** Lines of sinks that write to the terminal (`log:`); standard output in production. */
  readonly write: (text: string) => void;
}

/** Options that every sink has, with the sink's own defaults. */
export interface SelectionDefaults {
  readonly levels: readonly Level[];
  readonly metrics: readonly string[];
}

/** A sink as its module defines it; `options` is a strict zod object of strings already split by `parseOptions`. */
export interface SinkDefinition {
  readonly key: string;
  readonly options: z.ZodMiniObject;
  readonly defaults: SelectionDefaults;
  /** Throws `ConfigError` with all problems of the URI at once. Loads its vendor SDK only here. */
  open(uri: ComponentUri, context: SinkContext): Promise<Sink>;
}
