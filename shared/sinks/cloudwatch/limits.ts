import { HOUR, type Millis, SECOND } from '../../core/units.ts';
import type { SinkQuota } from '../quota.ts';

/*
 * PutMetricData, as the API reference has it (read 2026-11-23):
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
 */

/** Datums in a request. */
export const MAX_DATUMS = 1_000;
/** Body in bytes, measured before compression and with 1 MB read as 10^6. */
export const MAX_BODY_BYTES = 1_000_000;
/** Dimensions of a datum. */
export const MAX_DIMENSIONS = 30;
/** Different numbers in the `Values` of a datum. */
export const MAX_UNIQUE_VALUES = 150;
/** Characters of a metric's or dimension's name, and of a namespace. */
export const MAX_NAME_LENGTH = 255;
/** Characters of a dimension's value. */
export const MAX_VALUE_LENGTH = 1_024;
/** Largest number, positive or negative. */
export const MAX_VALUE = 2 ** 360;
/** Smaller numbers are refused as too small; they are sent as 0. */
export const LEAST_VALUE = 2 ** -360;
/** How old and how far ahead a timestamp may be. */
export const OLDEST: Millis = 14 * 24 * HOUR;
export const FARTHEST: Millis = 2 * HOUR;

/**
 * Requests of an account in a region (quota L-8BC498D4, which can be raised):
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html (read 2026-11-28).
 */
export const QUOTA: SinkQuota = { requests: { most: 500, per: SECOND } };

/*
 * The embedded metric format (read 2026-11-28):
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */

/** Metrics of a directive, and so of a line. */
export const EMF_MAX_METRICS = 100;
/** Numbers in the list that is a metric's value. */
export const EMF_MAX_VALUES = 100;
/** Characters of a dimension's name. */
export const EMF_MAX_NAME_LENGTH = 250;
/** Bytes of a line. The format takes 1 MB; Lambda cuts lines of its standard output at 256 KB. */
export const EMF_MAX_LINE_BYTES = 250_000;
