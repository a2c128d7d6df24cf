/**
 * The parts of Kubernetes objects that are read here, as they come over the wire: everything optional.
 * Source: kubernetes/api core/v1 types.
 */
export interface ObjectMeta {
  readonly name?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly labels?: Readonly<Record<string, string>> | null;
  readonly annotations?: Readonly<Record<string, string>> | null;
  readonly ownerReferences?: readonly OwnerReference[] | null;
}

export interface OwnerReference {
  readonly kind?: string;
  readonly name?: string;
  readonly controller?: boolean;
}

export interface NodeObject {
  readonly metadata?: ObjectMeta;
  readonly spec?: { readonly externalID?: string; readonly providerID?: string; readonly unschedulable?: boolean };
  readonly status?: {
    readonly capacity?: Readonly<Record<string, string>> | null;
    readonly allocatable?: Readonly<Record<string, string>> | null;
    readonly conditions?: readonly { readonly type?: string; readonly status?: string }[] | null;
    readonly addresses?: readonly { readonly type?: string; readonly address?: string }[] | null;
    /** `daemonEndpoints.kubeletEndpoint.Port`. */
    readonly kubeletPort?: number;
  };
}

export interface ContainerSpec {
  readonly name?: string;
  readonly image?: string;
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>> | null;
    readonly limits?: Readonly<Record<string, string>> | null;
  } | null;
}

export interface PodObject {
  readonly metadata?: ObjectMeta;
  readonly spec?: {
    readonly nodeName?: string;
    readonly hostNetwork?: boolean;
    readonly containers?: readonly ContainerSpec[] | null;
  };
  readonly status?: {
    readonly phase?: string;
    /** RFC 3339 in JSON; Unix ms in protobuf. */
    readonly startTime?: string | number | null;
    readonly containerStatuses?: readonly { readonly name?: string; readonly restartCount?: number }[] | null;
  };
}

export interface NamespaceObject {
  readonly metadata?: ObjectMeta;
}
