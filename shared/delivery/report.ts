/** What waits for a sink, and what was sent of it in this tick. Counts are points. */
export interface BacklogReport {
  /** Of earlier ticks: acknowledged now. */
  readonly replayed: number;
  /** Of earlier ticks: refused for good now. */
  readonly rejected: number;
  /** Of earlier ticks: too old for the backend, beyond the bound, or unreadable; given up now. */
  readonly expired: number;
  /** Still waiting after this tick, this tick's own included. */
  readonly waiting: number;
  /** Stamp of the oldest that waits, Unix ms; undefined if none does. */
  readonly oldest?: number;
}

/** What became of a batch at one sink. Always: encoded = delivered + rejected + dropped + spilled, in points. */
export interface SinkReport {
  /** The URI's key. */
  readonly sink: string;
  /** The URI as it may be shown. */
  readonly shown: string;
  readonly encoded: number;
  /** Acknowledged by the backend. */
  readonly delivered: number;
  /** Refused, by us before sending or by the backend for good. */
  readonly rejected: number;
  /** Not acknowledged by the deadline, or after an ambiguous failure that must not be repeated. */
  readonly dropped: number;
  /** Kept in the state store for a later tick. */
  readonly spilled: number;
  /** Points of a tick that the sink does not take, because its least interval has not passed: not encoded, and no loss. */
  readonly resting?: number;
  /** Points of levels that did not fit `max_series`: not encoded, and as the user wants it. */
  readonly leftOut?: number;
  readonly requests: number;
  readonly retries: number;
  /** Requests that failed in a way that leaves open whether they were stored. */
  readonly ambiguous: number;
  readonly millis: number;
  /** Sentences with their number of points, the most frequent first; at most 10. */
  /** Undefined if the sink has no backlog. */
  readonly backlog?: BacklogReport;
  readonly problems: readonly { readonly problem: string; readonly points: number }[];
}
