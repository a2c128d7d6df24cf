/** Heapster's batch. */
export const MAX_POINTS = 1_000;
/**
 * Heapster's request. OpenTSDB takes no body of more than a few KiB before `tsd.http.request.enable_chunked` is set, and
 * then none beyond `tsd.http.request.max_chunk`; VictoriaMetrics takes 64 MiB.
 */
export const DEFAULT_MAX_BYTES = 40_960;
/** `tsd.storage.max_tags` as it is. */
export const DEFAULT_MAX_TAGS = 8;
