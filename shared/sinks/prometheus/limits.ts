import { HOUR, MINUTE, type Millis } from '../../core/units.ts';

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
export const CLOUD_HOSTS = /^(aps-workspaces\.|.*\.(ingest\.monitor|prometheus\.monitor)\.azure\.)/i;

/**
 * How far ahead a stamp may be. Prometheus 2 stores what lies hours ahead, and then refuses every current sample of every
 * series as out of bounds.
 */
export const FARTHEST: Millis = 5 * MINUTE;
/** How old a stamp may be: an hour behind its newest sample, Prometheus refuses everything. */
export const OLDEST: Millis = HOUR - 5 * MINUTE;
