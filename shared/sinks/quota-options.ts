import type { Option } from '../config/option.ts';
import { wholeNumberOption } from '../config/option-types.ts';
import { SECOND } from '../core/units.ts';
import { QUOTA_OPTION, type Quota, type QuotaKind, type SinkQuota } from './quota.ts';
import type { SinkLimits } from './sink.ts';

interface QuotaOptions {
  readonly max_requests_per_sec: number | undefined;
  readonly max_points_per_sec: number | undefined;
  readonly max_bytes_per_sec: number | undefined;
}

/** Names of the options, for modes in which they mean nothing. */
export const QUOTA_OPTIONS = Object.values(QUOTA_OPTION);

const NONE = 'no bound';

/** The fields by which a sink is kept within its backend's quota. `published` says what counts where one is not given. */
export function quotaOptions(
  published: Readonly<Partial<Record<QuotaKind, string>>> = {},
): Readonly<Record<keyof QuotaOptions, Option<number | undefined>>> {
  const field = (kind: QuotaKind, what: string): Option<number | undefined> =>
    wholeNumberOption({ min: 1, max: 1_000_000_000_000 }).describe(
      `Most ${what} in any second, over all functions of the deployment. Not given = ${published[kind] ?? NONE}`,
    );
  return {
    max_requests_per_sec: field('requests', 'requests'),
    max_points_per_sec: field('points', 'points'),
    max_bytes_per_sec: field('bytes', 'bytes of bodies before compression'),
  };
}

/** Limits with the quota of the options; what they leave open is as published. No quota at all = the limits as they are. */
export function withQuota(limits: SinkLimits, options: QuotaOptions, published: SinkQuota = {}): SinkLimits {
  const quota: Partial<Record<QuotaKind, Quota>> = { ...published };
  for (const kind of ['requests', 'points', 'bytes'] as const) {
    const most = options[QUOTA_OPTION[kind]];
    if (most !== undefined) quota[kind] = { most, per: SECOND };
  }
  return Object.keys(quota).length === 0 ? limits : { ...limits, quota };
}
