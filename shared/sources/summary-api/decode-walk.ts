// hot path: bench "decode"
import type { MetricBatchBuilder } from '../../core/batch-builder.ts';
import type { TableBuilder } from '../../core/table-builder.ts';
import type { UnixMillis } from '../../core/units.ts';
import type { NodeIdentity } from '../source.ts';
import type { FaultCounts } from './faults.ts';
import { createInterfaceIndex, type InterfaceIndex } from './interface-index.ts';

/** What one walk over one document carries: where to write, what time it is, what was odd. */
export interface Walk {
  readonly builder: MetricBatchBuilder;
  readonly now: UnixMillis;
  readonly faults: FaultCounts;
  readonly nodes: TableBuilder;
  readonly sysContainers: TableBuilder;
  readonly pods: TableBuilder;
  readonly containers: TableBuilder;
  readonly volumes: TableBuilder;
  /** String ids of the node's labels; 0 = absent. */
  readonly nodename: number;
  readonly hostname: number;
  readonly hostId: number;
  readonly interfaces: InterfaceIndex;
  /** Index by name of the list that is being walked; emptied for each list. */
  readonly seen: Map<string, number>;
}

export function createWalk(
  builder: MetricBatchBuilder,
  { node, now }: { readonly node: NodeIdentity; readonly now: UnixMillis },
): Walk {
  return {
    builder,
    now,
    faults: {},
    nodes: builder.table('node'),
    sysContainers: builder.table('sys_container'),
    pods: builder.table('pod'),
    containers: builder.table('pod_container'),
    volumes: builder.table('volume'),
    nodename: builder.strings.intern(node.name || undefined),
    hostname: builder.strings.intern(node.hostname || undefined),
    hostId: builder.strings.intern(node.hostId || undefined),
    interfaces: createInterfaceIndex(builder),
    seen: new Map(),
  };
}
