import { HOUR, MINUTE, type Millis } from '../../core/units.ts';

/** How far a time may be ahead of ours: more is no clock drift but a wrong clock. */
export const MAX_CLOCK_AHEAD: Millis = 10 * MINUTE;

/**
 * How old the node's own CPU sample may be. The kubelet samples every 10 to 60 s and serves what it has; an hour means a
 * wrong clock or a collector in the kubelet that stands still. Other samples may be older (file systems: days).
 */
export const MAX_SAMPLE_AGE: Millis = HOUR;

/** Longest name that becomes a label: Kubernetes' own limit is 253. */
export const MAX_NAME_LENGTH = 256;

/** Largest value that fits every backend's integer. */
export const MAX_VALUE: number = 2 ** 63;

/** Deepest nesting of a document; a Summary has 7 levels. */
export const MAX_DEPTH = 64;

/**
 * Documents from this size on are scanned for their depth before they are parsed. `JSON.parse` does not recurse, it only takes
 * memory by depth: about 50 MB for a megabyte of brackets (measured on Node 24), so smaller documents need no scan.
 */
export const DEPTH_SCAN_BYTES = 1_048_576;
