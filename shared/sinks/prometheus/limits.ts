import { HOUR, MINUTE, type Millis, SECOND } from '../../core/units.ts';
import { AZURE_WORKSPACE_QUOTA } from '../azure-workspace.ts';
import type { SinkQuota } from '../quota.ts';

/** Series in a request, by default. */
export const MAX_SAMPLES = 20_000;
/** Bytes of a message before compression, by default: receivers take tens of megabytes. */
export const MAX_BYTES = 4_000_000;
/**
 * Amazon Managed Prometheus takes 1 MB in a request:
 * https://docs.aws.amazon.com/prometheus/latest/userguide/AMP_quotas.md (read 2026-11-24). The same is kept to for Azure
 * Monitor, which names no limit.
 */
export const MAX_BYTES_CLOUD = 1_000_000;
const AMAZON_HOST = /^aps-workspaces\./i;
const AZURE_HOST = /\.(ingest\.monitor|prometheus\.monitor)\.azure\./i;

export function maxBytesOf(host: string): number {
  return AMAZON_HOST.test(host) || AZURE_HOST.test(host) ? MAX_BYTES_CLOUD : MAX_BYTES;
}

/**
 * Requests and samples of a workspace of Amazon Managed Prometheus. The rate of samples follows the series of the last half
 * hour, up to this number: https://docs.aws.amazon.com/prometheus/latest/userguide/AMP_quotas.html (read 2026-11-28).
 */
const AMAZON_QUOTA: SinkQuota = {
  requests: { most: 3_000, per: SECOND },
  points: { most: 1_666_666, per: SECOND },
};

/** What the service at a host takes in a time, where it says so; a receiver of one's own says nothing. */
export function quotaOf(host: string): SinkQuota | undefined {
  if (AMAZON_HOST.test(host)) return AMAZON_QUOTA;
  return AZURE_HOST.test(host) ? AZURE_WORKSPACE_QUOTA : undefined;
}

/**
 * How far ahead a stamp may be. Prometheus 2 stores what lies hours ahead, and then refuses every current sample of every
 * series as out of bounds.
 */
export const FARTHEST: Millis = 5 * MINUTE;
/** How old a stamp may be: an hour behind its newest sample, Prometheus refuses everything. */
export const OLDEST: Millis = HOUR - 5 * MINUTE;
