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
  /** The same, or an empty text, which is no name. */
  optionalName: 6,
  /** An entity of its own. */
  child: 7,
  /** A list of entities, or null. */
  list: 8,
  /** A list that only the other decoder reads: here it is empty or null. */
  nothing: 9,
} as const;

/** A value's place in a document, and the state of the scanner once it has read that value. */
export interface Place {
  /** Its number in `Layout.places`. */
  readonly index: number;
  readonly kind: number;
  /** Index in a staged row: of its values (count, amount, time) or of its names. */
  readonly slot: number;
  /** Bit of a list or child in the entity's mask; 0 for other kinds. */
  readonly bit: number;
  readonly block: Block;
  readonly child: Entity | undefined;
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
  readonly fields: readonly Field[];
  /** Number of the place where all keys lead that are not in `fields`. */
  readonly unknown: number;
}

/** An object that becomes a staged row: a node, a pod, an interface … with all blocks below it that have no row. */
export interface Entity {
  /** The number of its stage. */
  readonly stage: number;
  readonly root: Block;
  /** Numbers of the places before its first key and behind its last brace. */
  readonly start: number;
  readonly end: number;
  /** Values and names of a staged row. */
  readonly width: number;
  readonly names: number;
  /** Slots whose values go unchanged into the column of a metric. */
  readonly dense: readonly { readonly slot: number; readonly metric: number }[];
  /** Slot of the value or name that the layout calls so. Throws if there is none. */
  slot(label: string): number;
  /** Bit of the block at a key of the root. Throws if there is none. */
  bit(key: string): number;
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

/** Bits of a 32-bit mask, its sign left out. */
const MAX_BITS = 31;

interface Draft {
  readonly places: Place[];
  readonly dense: { readonly slot: number; readonly metric: number }[];
  readonly labels: Map<string, number>;
  values: number;
  names: number;
  bits: number;
}

function takeBit(draft: Draft): number {
  if (draft.bits === MAX_BITS) throw new RangeError('an entity has too many blocks for one mask');
  return 1 << draft.bits++;
}

function addPlace(draft: Draft, block: Block, leaf: Leaf): Place {
  const { kind, metric, label, child } = leaf;
  const isValue = kind === KINDS.count || kind === KINDS.amount || kind === KINDS.time;
  const isName = kind === KINDS.name || kind === KINDS.optionalName;
  const opens = kind === KINDS.child || kind === KINDS.list || kind === KINDS.nothing;
  const slot = isValue ? draft.values++ : isName ? draft.names++ : 0;
  if (metric !== undefined) draft.dense.push({ slot, metric: metricId(metric) });
  if (label !== undefined) draft.labels.set(label, slot);
  const bit = opens ? takeBit(draft) : 0;
  const place = { index: draft.places.length, kind, slot, bit, block, child };
  draft.places.push(place);
  return place;
}

function addBlock(draft: Draft, parent: Block | undefined, fields: Group['fields']): Block {
  const bit = parent === undefined ? 0 : takeBit(draft);
  const own: Field[] = [];
  const block: Block = { parent, bit, fields: own, unknown: draft.places.length };
  addPlace(draft, block, { kind: KINDS.skip });
  for (const [key, member] of Object.entries(fields)) {
    const inner = 'fields' in member ? addBlock(draft, block, member.fields) : undefined;
    const place = 'fields' in member ? undefined : addPlace(draft, block, member);
    own.push({ key: Buffer.from(key, 'latin1'), block: inner, place });
  }
  return block;
}

/** Makes an entity, and adds its places to those of the whole layout. `stage` is the number of its stage. */
export function createEntity(places: Place[], stage: number, fields: Group['fields']): Entity {
  const draft: Draft = { places, dense: [], labels: new Map(), values: 0, names: 0, bits: 0 };
  const root = addBlock(draft, undefined, fields);
  return {
    stage,
    root,
    start: addPlace(draft, root, { kind: KINDS.skip }).index,
    end: addPlace(draft, root, { kind: KINDS.end }).index,
    width: draft.values,
    names: draft.names,
    dense: draft.dense,
    slot(label) {
      const slot = draft.labels.get(label);
      if (slot === undefined) throw new RangeError(`the layout has nothing called ${label}`);
      return slot;
    },
    bit(key) {
      const bit = root.fields.find((field) => Buffer.from(field.key).toString('latin1') === key)?.block?.bit;
      if (bit === undefined) throw new RangeError(`the layout has no block ${key}`);
      return bit;
    },
  };
}
