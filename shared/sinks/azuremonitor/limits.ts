import { MINUTE, type Millis } from '../../core/units.ts';

/*
 * Custom metrics (read 2026-11-28):
 * https://learn.microsoft.com/azure/azure-monitor/metrics/metrics-custom-overview#quotas-and-limits
 * https://learn.microsoft.com/azure/azure-monitor/metrics/metrics-store-custom-rest-api
 */

/** Dimensions of a series. */
export const MAX_DIMENSIONS = 10;
/** Characters of a namespace, a metric's name, a dimension's name and its value. */
export const MAX_TEXT_LENGTH = 256;
/** Body in bytes, measured before compression. The page does not say; the service refuses more than 4 MB. */
export const MAX_BODY_BYTES = 4_000_000;
/** Series in a request. Our own bound: one that is refused is halved until the bad one is found. */
export const MAX_SERIES = 10_000;
/** How old a time may be. The service itself names 30 minutes; the page, 20. */
export const OLDEST: Millis = 20 * MINUTE;
/** How far ahead a time may be. The page names 5 minutes; the service itself, 4. */
export const FARTHEST: Millis = 4 * MINUTE;
