// hot path: bench "decode"
import { metricId } from '../../../core/metrics.ts';

/** What stands behind a key, and so how its value is read. */
export const KINDS = {
  /** The end of the entity's object. */
  end: 0,
  /** A key that nobody asked for. */
  skip: 1,
  /** A whole number from 0 to 2^63. */
  count: 2,
  /** A number from 0 to 2^63. */
  amount: 3,
  /** An RFC 3339 time. */
  time: 4,
  /** A text of 1 to 256 ASCII characters without escapes. */
  name: 5,
  /** An entity of its own. */
  child: 6,
  /** A list of entities, or null. */
  list: 7,
  /** A list that is read only by the other decoder: here it is empty or null. */
  nothing: 8,
} as const;

/**
 * A value's place in a document, and the state of the scanner once it has read that value. Its edges are learned: what
 * stood between this value and the next ones in earlier documents.
 */
export interface Place {
  readonly kind: number;
  /** Index in a staged row: of its values (count, amount, time) or of its names. */
  readonly slot: number;
  /** Bit of a list or child in the entity's mask; 0 for other kinds. */
  readonly bit: number;
  readonly block: Block;
  readonly child: Entity | undefined;
  /** The edge learned last; it knows the others. */
  edge: Edge | undefined;
}

/** Bytes that led from one place to another: as many doubles, the last one overlapping, so that they compare fast. */
export interface Edge {
  readonly words: Float64Array;
  readonly length: number;
  /** Bits of all blocks, lists and children that these bytes open. */
  readonly opens: number;
  readonly target: Place;
  other: Edge | undefined;
}

export interface Field {
  /** ASCII bytes of the key. */
  readonly key: Uint8Array;
  readonly block: Block | undefined;
  readonly place: Place | undefined;
}

/** A JSON object that belongs to an entity. */
export interface Block {
  readonly parent: Block | undefined;
  readonly bit: number;
  readonly fields: Field[];
  /** Where all keys lead that are not in `fields`. */
  readonly unknown: Place;
}

/** Objects that become a staged row each: a node, a pod, an interface … with all blocks below that have no row. */
export interface Entity {
  readonly root: Block;
  readonly start: Place;
  readonly end: Place;
  /** Values and names of a staged row. */
  readonly width: number;
  readonly names: number;
  /** Slots whose values go unchanged into the column of a metric. */
  readonly dense: readonly { readonly slot: number; readonly metric: number }[];
  /** Slot of the value or name that the layout calls so. Throws if there is none. */
  slot(label: string): number;
  /** Bit of the block or list at a key of the root. Throws if there is none. */
  bit(key: string): number;
  /** Where the rows go, by the number of the stage. */
  readonly stage: number;
}

/** One value: `metric` is its column's key, `label` what `Entity.slot` finds it by. */
export interface Leaf {
  readonly kind: number;
  readonly metric?: string;
  readonly label?: string;
  readonly child?: Entity;
}

export interface Group {
  readonly fields: Readonly<Record<string, Leaf | Group>>;
}

const MAX_BITS = 31;

/** Makes the places of an entity. `stage` numbers its stage. */
export function createEntity(stage: number, fields: Group['fields']): Entity {
  const dense: { slot: number; metric: number }[] = [];
  const labels = new Map<string, number>();
  const next = { value: 0, name: 0, bit: 0 };

  const takeBit = (): number => {
    if (next.bit === MAX_BITS) throw new RangeError('an entity has too many blocks for one mask');
    return 1 << next.bit++;
  };
  const place = (block: Block, leaf: Leaf): Place => {
    const { kind, metric, label, child } = leaf;
    const isValue = kind === KINDS.count || kind === KINDS.amount || kind === KINDS.time;
    const opens = kind === KINDS.child || kind === KINDS.list || kind === KINDS.nothing;
    const slot = isValue ? next.value++ : kind === KINDS.name ? next.name++ : -1;
    if (metric !== undefined) dense.push({ slot, metric: metricId(metric) });
    if (label !== undefined) labels.set(label, slot);
    return { kind, slot, bit: opens ? takeBit() : 0, block, child, edge: undefined };
  };
  const build = (parent: Block | undefined, group: Group['fields']): Block => {
    const block = { parent, bit: parent === undefined ? 0 : takeBit(), fields: [] as Field[] } as Omit<
      Block,
      'unknown'
    > as Block;
    Object.assign(block, { unknown: place(block, { kind: KINDS.skip }) });
    for (const [key, member] of Object.entries(group)) {
      const isGroup = 'fields' in member;
      block.fields.push({
        key: Buffer.from(key, 'latin1'),
        block: isGroup ? build(block, member.fields) : undefined,
        place: isGroup ? undefined : place(block, member),
      });
    }
    return block;
  };
  const root = build(undefined, fields);
  return {
    root,
    start: place(root, { kind: KINDS.skip }),
    end: place(root, { kind: KINDS.end }),
    width: next.value,
    names: next.name,
    dense,
    slot(label) {
      const slot = labels.get(label);
      if (slot === undefined) throw new RangeError(`the layout has nothing called ${label}`);
      return slot;
    },
    bit(key) {
      const field = root.fields.find((one) => Buffer.from(one.key).toString('latin1') === key);
      const bit = field?.block?.bit ?? field?.place?.bit;
      if (bit === undefined) throw new RangeError(`the layout has no block ${key}`);
      return bit;
    },
    stage,
  };
}
