/**
 * What a demo kubelet (or the way to it) does wrong. `times` limits a fault to that many requests, then it is gone.
 * The answers are those of a real API server in front of such a kubelet.
 */
export type NodeFault = { readonly times?: number } & (
  | { readonly kind: 'refuse' | 'hang' | 'truncate' | 'html' | 'empty' | 'garbage' | 'reset' | 'redirect' }
  | { readonly kind: 'deep_nesting' | 'wrong_node' | 'unauthorized' | 'forbidden' | 'not_found' | 'server_error' }
  /** Whole answer, this much later. */
  | { readonly kind: 'slow'; readonly millis: number }
  | { readonly kind: 'drip'; readonly bytesPerSecond: number }
  /** A valid document with white space up to this size. */
  | { readonly kind: 'oversize'; readonly bytes: number }
  /** 429 or 503, with this `Retry-After` if one is given. */
  | { readonly kind: 'throttled' | 'unavailable'; readonly retryAfter?: string }
);

/** What the demo API server itself does wrong. List faults leave proxied requests alone. */
export type ApiFault = { readonly times?: number } & (
  | { readonly kind: 'lists_forbidden' | 'lists_fail' | 'lists_hang' | 'lists_html' | 'lists_loop' }
  | { readonly kind: 'lists_throttled'; readonly retryAfter?: string }
  /** Every `Date` is this much ahead. */
  | { readonly kind: 'clock'; readonly aheadMillis: number }
  /** Every request's connection is closed; `stale`: only one that has served before, as after a restart. */
  | { readonly kind: 'down' | 'stale' }
);
