/**
 * The kubelet's Summary as it comes over the wire: every field optional and of unknown type until looked at.
 * Source: k8s.io/kubelet/pkg/apis/stats/v1alpha1 up to Kubernetes 1.36, and fields that older kubelets sent.
 */
export interface WireSummary {
  readonly node?: unknown;
  readonly pods?: unknown;
  /** Not of a Summary: what a Status object of the API server would have. */
  readonly kind?: unknown;
  readonly message?: unknown;
}

export interface WireNode {
  readonly nodeName?: unknown;
  readonly startTime?: unknown;
  readonly systemContainers?: unknown;
  readonly cpu?: unknown;
  readonly memory?: unknown;
  readonly io?: unknown;
  readonly swap?: unknown;
  readonly network?: unknown;
  readonly fs?: unknown;
  readonly runtime?: unknown;
  readonly rlimit?: unknown;
}

export interface WireRuntime {
  readonly imageFs?: unknown;
  /** Since 1.29: where container layers are, if not with the images. */
  readonly containerFs?: unknown;
}

export interface WireRlimit {
  readonly maxpid?: unknown;
  readonly curproc?: unknown;
}

export interface WirePod {
  readonly podRef?: unknown;
  readonly startTime?: unknown;
  readonly containers?: unknown;
  readonly cpu?: unknown;
  readonly memory?: unknown;
  readonly io?: unknown;
  readonly swap?: unknown;
  readonly network?: unknown;
  readonly volume?: unknown;
  readonly 'ephemeral-storage'?: unknown;
  readonly process_stats?: unknown;
}

export interface WirePodRef {
  readonly name?: unknown;
  readonly namespace?: unknown;
  readonly uid?: unknown;
}

export interface WireProcessStats {
  readonly process_count?: unknown;
}

export interface WireContainer {
  readonly name?: unknown;
  readonly startTime?: unknown;
  readonly cpu?: unknown;
  readonly memory?: unknown;
  readonly io?: unknown;
  readonly swap?: unknown;
  readonly rootfs?: unknown;
  readonly logs?: unknown;
  /** Until 1.24. */
  readonly accelerators?: unknown;
  readonly userDefinedMetrics?: unknown;
}

export interface WireCpu {
  readonly time?: unknown;
  readonly usageNanoCores?: unknown;
  readonly usageCoreNanoSeconds?: unknown;
  readonly psi?: unknown;
}

export interface WireMemory {
  readonly time?: unknown;
  readonly availableBytes?: unknown;
  readonly usageBytes?: unknown;
  readonly workingSetBytes?: unknown;
  readonly rssBytes?: unknown;
  readonly pageFaults?: unknown;
  readonly majorPageFaults?: unknown;
  readonly psi?: unknown;
}

export interface WireIo {
  readonly time?: unknown;
  readonly psi?: unknown;
}

/** Pressure stall information: some tasks, or all, waited. */
export interface WirePsi {
  readonly some?: unknown;
  readonly full?: unknown;
}

/** `total` in microseconds, the averages in percent. */
export interface WirePsiShare {
  readonly total?: unknown;
  readonly avg10?: unknown;
  readonly avg60?: unknown;
  readonly avg300?: unknown;
}

export interface WireSwap {
  readonly swapAvailableBytes?: unknown;
  readonly swapUsageBytes?: unknown;
}

export interface WireInterface {
  readonly name?: unknown;
  readonly rxBytes?: unknown;
  readonly rxErrors?: unknown;
  readonly txBytes?: unknown;
  readonly txErrors?: unknown;
}

/** The top level is the default interface (the kubelet knows only `eth0` as such), if it was found. */
export interface WireNetwork extends WireInterface {
  readonly time?: unknown;
  readonly interfaces?: unknown;
}

export interface WireFs {
  readonly availableBytes?: unknown;
  readonly capacityBytes?: unknown;
  readonly usedBytes?: unknown;
  readonly inodes?: unknown;
  readonly inodesFree?: unknown;
  readonly inodesUsed?: unknown;
}

export interface WireVolume extends WireFs {
  readonly name?: unknown;
  readonly pvcRef?: unknown;
}

export interface WirePvcRef {
  readonly name?: unknown;
  readonly namespace?: unknown;
}

export interface WireAccelerator {
  readonly make?: unknown;
  readonly model?: unknown;
  readonly id?: unknown;
  readonly memoryTotal?: unknown;
  readonly memoryUsed?: unknown;
  readonly dutyCycle?: unknown;
}

export interface WireCustomMetric {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly labels?: unknown;
  readonly value?: unknown;
}
