// hot path: bench "decode"
import { labelIndex } from '../../core/labels.ts';
import { fsIds, setFs } from './decode-blocks.ts';
import { toBlock, toEntry, toList } from './decode-values.ts';
import type { Walk } from './decode-walk.ts';
import { countFault } from './faults.ts';
import { isName } from './label-text.ts';
import { RESOURCE_PREFIX } from './resource-prefix.ts';
import type { WirePvcRef, WireVolume } from './wire.ts';

const NODENAME = labelIndex('nodename');
const HOSTNAME = labelIndex('hostname');
const HOST_ID = labelIndex('host_id');
const POD_ID = labelIndex('pod_id');
const POD_NAME = labelIndex('pod_name');
const NAMESPACE_NAME = labelIndex('namespace_name');
const RESOURCE_ID = labelIndex('resource_id');
const VOLUME_NAME = labelIndex('volume_name');
const PVC_NAME = labelIndex('pvc_name');
const PVC_NAMESPACE = labelIndex('pvc_namespace');

const VOLUME = fsIds(undefined);

function setClaim(walk: Walk, row: number, value: unknown): void {
  const claim = toBlock<WirePvcRef>(value, walk.faults);
  if (claim === undefined) return;
  if (!isName(claim.name) || !isName(claim.namespace)) {
    countFault(walk.faults, 'bad_name');
    return;
  }
  walk.volumes.setLabel(PVC_NAME, row, walk.builder.strings.intern(claim.name));
  walk.volumes.setLabel(PVC_NAMESPACE, row, walk.builder.strings.intern(claim.namespace));
}

/** The volumes of a pod that has its row and labels: a row each, the first of two by one name. */
export function decodeVolumes(walk: Walk, pod: number, value: unknown): void {
  const list = toList(value, walk.faults);
  const { pods, volumes, seen } = walk;
  const strings = walk.builder.strings;
  seen.clear();
  for (let i = 0; i < list.length; i++) {
    const wire = toEntry<WireVolume>(list[i], walk.faults, 'bad_volume');
    if (wire === undefined) continue;
    const name = wire.name;
    if (!isName(name)) {
      countFault(walk.faults, 'bad_volume');
      continue;
    }
    if (seen.has(name)) {
      countFault(walk.faults, 'duplicate_volume');
      continue;
    }
    seen.set(name, i);
    const row = volumes.addRow();
    volumes.setParent(row, pod);
    volumes.setLabel(NODENAME, row, walk.nodename);
    volumes.setLabel(HOSTNAME, row, walk.hostname);
    volumes.setLabel(HOST_ID, row, walk.hostId);
    volumes.setLabel(POD_ID, row, pods.getLabel(POD_ID, pod));
    volumes.setLabel(POD_NAME, row, pods.getLabel(POD_NAME, pod));
    volumes.setLabel(NAMESPACE_NAME, row, pods.getLabel(NAMESPACE_NAME, pod));
    volumes.setLabel(VOLUME_NAME, row, strings.intern(name));
    volumes.setLabel(RESOURCE_ID, row, strings.intern(RESOURCE_PREFIX + name));
    if (wire.pvcRef !== undefined) setClaim(walk, row, wire.pvcRef);
    setFs(walk, volumes, row, wire, VOLUME);
  }
}
