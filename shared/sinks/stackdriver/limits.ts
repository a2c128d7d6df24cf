import { HOUR, MIB, MINUTE, type Millis } from '../../core/units.ts';
import type { SinkQuota } from '../quota.ts';

/*
 * https://cloud.google.com/monitoring/quotas and the comments of CreateTimeSeries in metric_service.proto and
 * metric.proto of @google-cloud/monitoring 6.1.1 (read 2026-11-24).
 */

/** Time series in a request, one point each. */
export const MAX_SERIES = 200;
/** Body of a request in bytes. The service says no number; gRPC servers take 4 MiB. */
export const MAX_BODY_BYTES = MIB;
/** Labels of a user-defined metric. */
export const MAX_LABELS = 30;
/** Characters of a label's key and bytes of a label's value. */
export const MAX_LABEL_KEY = 100;
export const MAX_LABEL_VALUE = 1_024;
/** Characters of a metric type. */
export const MAX_TYPE = 200;
/**
 * "Time series ingestion requests per minute" of a project, which can be raised. The number is that of a new project as
 * samples for Cloud Run name it; the quotas of one's own project are in the console.
 */
export const QUOTA: SinkQuota = { requests: { most: 30_000, per: MINUTE } };
/** How far back and ahead of now the end of a point may be. */
export const OLDEST: Millis = 25 * HOUR;
export const FARTHEST: Millis = 5 * MINUTE;
/** What waits is given up an hour before the service would refuse it. */
export const BACKLOG_AGE: Millis = 24 * HOUR;
