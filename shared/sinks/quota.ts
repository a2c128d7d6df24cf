import type { Millis } from '../core/units.ts';

/** A backend's bound on what it takes: `most` in any window of `per`. */
export interface Quota {
  readonly most: number;
  readonly per: Millis;
}

/** What a quota counts. Bytes are those of bodies before compression. */
export type QuotaKind = 'requests' | 'points' | 'bytes';

/** A backend's quota: as it is published for everybody, or as the user says. What differs by plan is the user's to say. */
export type SinkQuota = Readonly<Partial<Record<QuotaKind, Quota>>>;

/** The option of a sink that sets each. */
export const QUOTA_OPTION = {
  requests: 'max_requests_per_sec',
  points: 'max_points_per_sec',
  bytes: 'max_bytes_per_sec',
} as const satisfies Record<QuotaKind, string>;
