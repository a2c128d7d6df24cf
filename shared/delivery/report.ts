/** What became of a batch at one sink. Always: encoded = delivered + rejected + dropped, in points. */
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
  readonly requests: number;
  readonly retries: number;
  /** Requests that failed in a way that leaves open whether they were stored. */
  readonly ambiguous: number;
  readonly millis: number;
  /** Sentences with their number of points, the most frequent first; at most 10. */
  readonly problems: readonly { readonly problem: string; readonly points: number }[];
}
