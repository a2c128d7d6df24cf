/** Oddities of a Summary that cost a field, an entry or a row, but not the node. Stable: labels of reports. */
export const FAULT_NAMES = [
  'bad_time', // a time that is no RFC 3339 text
  'future_time', // a time more than MAX_CLOCK_AHEAD after ours
  'bad_number', // not a number, or a fraction where only whole numbers are possible
  'negative_value', // below 0 where nothing can be
  'huge_value', // above 2^63
  'bad_block', // something else where an object or a list belongs
  'bad_name', // an optional name (uid, claim) that is no text of 1 to MAX_NAME_LENGTH characters
  'bad_pod', // an entry without a usable name …
  'bad_container',
  'bad_system_container',
  'bad_volume',
  'bad_interface',
  'bad_accelerator',
  'bad_custom_metric',
  'duplicate_pod', // an entry that another one of the same identity replaces …
  'duplicate_container',
  'duplicate_system_container',
  'duplicate_volume',
  'duplicate_interface',
  'duplicate_accelerator',
  'duplicate_custom_metric',
  'custom_metric_type', // neither gauge nor cumulative (delta)
  'custom_metric_conflict', // a gauge here and cumulative elsewhere in the same tick
] as const;

export type FaultName = (typeof FAULT_NAMES)[number];

/** Faults of one document while it is decoded; names that did not occur are not there. */
export type FaultCounts = Partial<Record<FaultName, number>>;

export function countFault(faults: FaultCounts, name: FaultName): void {
  faults[name] = (faults[name] ?? 0) + 1;
}
