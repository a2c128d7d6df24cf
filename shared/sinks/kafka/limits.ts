/** One produce request. Heapster sends each value by itself and waits for it. */
const MAX_POINTS = 5_000;
/** Below a broker's `message.max.bytes` (1,048,588) with what a record batch adds, should all go to one partition. */
const MAX_BODY_BYTES = 900_000;

export const LIMITS = { maxPoints: MAX_POINTS, maxBytes: MAX_BODY_BYTES } as const;
