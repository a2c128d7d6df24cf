/** Heapster's `resource_id` of a volume begins so, literally without a space. */
export const RESOURCE_PREFIX = 'Volume:';
