/** Where a kubelet serves its Summary, and the same without file systems, network and the rest. */
export const SUMMARY = '/stats/summary';
export const LIGHT_SUMMARY = '/stats/summary?only_cpu_and_memory=true';
