import type { MetricBatchBuilder } from '../../core/batch-builder.ts';
import { isLabelText } from './label-text.ts';

/** One interface name of a document: its label set, the list it was last seen in, and the node's own counters. */
export interface InterfaceEntry {
  readonly own: number;
  /** Serial of the list that named it last, so that a second mention in one list is noticed. */
  list: number;
  /** Whether the node's own block has it. */
  onNode: boolean;
  /** The node's counters; NaN = absent. */
  rx: number;
  tx: number;
}

/** The interface names of one document. Mutable: it lives as long as one walk. */
export interface InterfaceIndex {
  /** How many interfaces the node's own block has. */
  nodeCount: number;
  /** Sample time of the node's block; NaN = unknown. */
  nodeTime: number;
  /** Starts a list and returns its serial. */
  nextList(): number;
  /** The entry of a name, made on first use; undefined if it cannot be a label. */
  entry(name: unknown): InterfaceEntry | undefined;
}

export function createInterfaceIndex(builder: MetricBatchBuilder): InterfaceIndex {
  const entries = new Map<unknown, InterfaceEntry>();
  let lists = 0;
  return {
    nodeCount: 0,
    nodeTime: Number.NaN,
    nextList: () => ++lists,
    entry(name) {
      const known = entries.get(name);
      if (known !== undefined) return known;
      if (!isLabelText(name)) return undefined;
      const own = builder.ownLabels('interface', name);
      const entry = { own, list: 0, onNode: false, rx: Number.NaN, tx: Number.NaN };
      entries.set(name, entry);
      return entry;
    },
  };
}
