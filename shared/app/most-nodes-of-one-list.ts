/** Up to so many nodes one list of all pods is cheaper for both sides; beyond, it is more than an API server should make at once. */
export const MOST_NODES_OF_ONE_LIST = 1_000;
