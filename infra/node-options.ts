/**
 * How Node is started in a function (`NODE_OPTIONS`): with one thread of V8's beside the main one. A function has one CPU at most, and
 * four threads that compile at once for it cost a cold scrape a twentieth more CPU than one (ADR 34).
 */
export const NODE_OPTIONS = '--v8-pool-size=1';
