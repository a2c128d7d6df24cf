/**
 * What one process may use of a sink's quota while others export too. JSON, as it travels in requests between functions.
 * No share = all of it.
 */
export interface QuotaShare {
  /** Of the rate (above 0, at most 1): those who send at the same time divide it. */
  readonly rate: number;
  /** Of what may go at once (above 0, at most 1): all who send in a tick divide it, as each may be a new process. */
  readonly burst: number;
  /** Its turn (0 to below 1) among those who send at the same time, for bursts of less than one request each. */
  readonly turn: number;
}
