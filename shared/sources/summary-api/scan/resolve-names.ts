// hot path: bench "decode"
import { legacyName } from '../legacy-name.ts';
import type { Marks } from './marks.ts';
import type { NameTable } from './name-table.ts';
import type { Scanned } from './scanned.ts';
import type { Stage } from './stage.ts';
import { STAGES } from './summary-layout.ts';

/** The name's entry; -1 if there is no name. */
function entryOf(table: NameTable, body: Buffer, stage: Stage, row: number, slot: number): number {
  const length = stage.nameLength(row, slot);
  return length === 0 ? -1 : table.entry(body, stage.nameAt(row, slot), length, stage.nameHash(row, slot));
}

/** String id of a name that hardly comes again; 0 if there is no name. */
function intern({ body, builder }: Scanned, stage: Stage, row: number, slot: number): number {
  const length = stage.nameLength(row, slot);
  if (length === 0) return 0;
  const at = stage.nameAt(row, slot);
  return builder.strings.intern(body.toString('latin1', at, at + length));
}

/** Whether the text is the node's name. */
function isNodeName({ body, node }: Scanned, stage: Stage, slot: number): boolean {
  const length = stage.nameLength(0, slot);
  if (length !== node.name.length) return false;
  const at = stage.nameAt(0, slot);
  for (let i = 0; i < length; i++) if (body[at + i] !== node.name.charCodeAt(i)) return false;
  return true;
}

function resolveSystemContainers({ body, builder, layout, names, stages }: Scanned): boolean {
  const stage = stages[STAGES.sysContainer]!;
  const slot = layout.sysContainer.slot('name');
  names.strings.begin();
  for (let row = 0; row < stage.rows; row++) {
    const entry = entryOf(names.table, body, stage, row, slot);
    if (entry < 0) return false;
    const text = names.table.text(entry);
    const legacy = legacyName(text);
    const id = legacy === text ? names.table.stringId(entry) : builder.strings.intern(legacy);
    if (!names.strings.add(id, row)) return false;
    stage.setId(row, slot, id);
  }
  return true;
}

function resolvePods(scanned: Scanned): boolean {
  const { body, layout, names } = scanned;
  const stage = scanned.stages[STAGES.pod]!;
  const name = layout.pod.slot('name');
  const namespace = layout.pod.slot('namespace');
  const uid = layout.pod.slot('uid');
  const network = layout.pod.slot('interface');
  names.strings.begin();
  for (let row = 0; row < stage.rows; row++) {
    const uidId = intern(scanned, stage, row, uid);
    const nameId = intern(scanned, stage, row, name);
    const entry = entryOf(names.table, body, stage, row, namespace);
    // Without a uid the name in its namespace is the identity: rare enough for the other decoder.
    if (uidId === 0 || nameId === 0 || entry < 0 || !names.strings.add(uidId, row)) return false;
    stage.setId(row, uid, uidId);
    stage.setId(row, name, nameId);
    stage.setId(row, namespace, names.table.stringId(entry));
    stage.setId(row, network, entryOf(names.table, body, stage, row, network));
  }
  return true;
}

/** Entries of one name by row, each once below one parent. */
function resolveEntries(
  { body, names }: Scanned,
  stage: Stage,
  slot: number,
  { marks, isString }: { readonly marks: Marks; readonly isString: boolean },
): boolean {
  const { table } = names;
  let parent = -1;
  for (let row = 0; row < stage.rows; row++) {
    if (stage.parents[row] !== parent) {
      parent = stage.parents[row]!;
      marks.begin();
    }
    const entry = entryOf(table, body, stage, row, slot);
    if (entry < 0) return false;
    const id = isString ? table.stringId(entry) : entry;
    if (!marks.add(id, row)) return false;
    stage.setId(row, slot, id);
  }
  return true;
}

function resolveClaims(scanned: Scanned): boolean {
  const { body, layout, names } = scanned;
  const stage = scanned.stages[STAGES.volume]!;
  const claim = layout.volume.slot('claim');
  const namespace = layout.volume.slot('claim_namespace');
  const bit = layout.volume.bit('pvcRef');
  for (let row = 0; row < stage.rows; row++) {
    const isClaim = (stage.blocks[row]! & bit) !== 0;
    const name = isClaim ? intern(scanned, stage, row, claim) : 0;
    const entry = isClaim ? entryOf(names.table, body, stage, row, namespace) : -1;
    if (isClaim && (name === 0 || entry < 0)) return false;
    stage.setId(row, claim, name);
    stage.setId(row, namespace, isClaim ? names.table.stringId(entry) : 0);
  }
  return true;
}

/**
 * Gives all names of the stages their ids: string ids, and entries of the name table for volumes and interfaces. False if a row
 * has no identity, or two rows have the same one: then the other decoder decides which of them is counted.
 */
export function resolveNames(scanned: Scanned): boolean {
  const { layout, names, stages } = scanned;
  const byString = { marks: names.strings, isString: true };
  const byEntry = { marks: names.entries, isString: false };
  return (
    stages[STAGES.node]!.rows === 1 &&
    isNodeName(scanned, stages[STAGES.node]!, layout.node.slot('name')) &&
    resolveSystemContainers(scanned) &&
    resolvePods(scanned) &&
    resolveEntries(scanned, stages[STAGES.container]!, layout.container.slot('name'), byString) &&
    resolveEntries(scanned, stages[STAGES.volume]!, layout.volume.slot('name'), byEntry) &&
    resolveClaims(scanned) &&
    resolveEntries(scanned, stages[STAGES.nodeInterface]!, layout.nodeInterface.slot('interface'), byEntry) &&
    resolveEntries(scanned, stages[STAGES.podInterface]!, layout.podInterface.slot('interface'), byEntry)
  );
}
