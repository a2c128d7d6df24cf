/** What stands in a slot. All but text of fixed length: every rendering of a template has the same bytes elsewhere. */
export type Slot =
  /** Grows: base + rate × seconds since the start + perNode × node. */
  | {
      readonly kind: 'counter';
      readonly base: number;
      readonly rate: number;
      readonly perNode: number;
      readonly age: number;
    }
  /** Moves up and down: base + step × (0 … 63, by time, node and slot). */
  | { readonly kind: 'gauge'; readonly base: number; readonly step: number; readonly age: number }
  /** The sample time, `age` seconds ago: 20 characters. */
  | { readonly kind: 'time'; readonly age: number }
  /** The node's number with leading zeros: 5 characters. */
  | { readonly kind: 'node' }
  /** A number below `modulus` that depends on the node, with leading zeros: 2 characters. */
  | { readonly kind: 'spread'; readonly offset: number; readonly modulus: number };

export interface RenderAt {
  readonly node: number;
  /** Unix seconds. */
  readonly second: number;
}

/** Bytes with slots of fixed width. */
export interface SlotTemplate {
  readonly bytes: number;
  readonly slots: number;
  /** A buffer to render into: the template's own bytes, slots not filled. */
  allocate(): Buffer;
  /** Fills the slots of a buffer of `allocate`. */
  render(target: Buffer, at: RenderAt): void;
}

export const MAX_NODES = 99_999;
/** Counters keep their width this long after the start. */
const MAX_SECONDS = 6 * 3_600;
const GAUGE_STATES = 64;
const TIME_WIDTH = 20;
const HALF = 10_000_000;
const ZERO = 48;
const CODES = { counter: 0, gauge: 1, time: 2, node: 3, spread: 4 } as const;

/** The text of a slot inside a JSON string; `createSlotTemplate` finds it again. */
export type SlotWriter = (slot: Slot) => string;

/**
 * Makes a template of a document. `build` writes slots where values stand; a string that begins with a number slot becomes a
 * number. Throws `RangeError` if a number could change its width within six hours.
 */
export function createSlotTemplate(
  build: (slot: SlotWriter) => unknown,
  options: { readonly start: number; readonly indent: number },
): SlotTemplate {
  const known: Slot[] = [];
  const document = build((slot) => {
    known.push(slot);
    const isNumber = slot.kind === 'counter' || slot.kind === 'gauge';
    return `${isNumber ? '@' : '#'}${known.length - 1}~`;
  });
  const text = JSON.stringify(document, null, options.indent).replaceAll(/"(@\d+~[.\d]*)"/g, '$1');
  const at: number[] = [];
  const order: Slot[] = [];
  let plain = '';
  for (const part of text.split(/([@#]\d+~)/)) {
    const match = /^[@#](\d+)~$/.exec(part);
    const slot = match === null ? undefined : known[Number(match[1])];
    if (slot === undefined) plain += part;
    else {
      at.push(plain.length);
      order.push(slot);
      plain += '0'.repeat(widthOf(slot));
    }
  }
  return fromParts(Buffer.from(plain, 'latin1'), at, order, options.start);
}

function fromParts(template: Buffer, at: readonly number[], order: readonly Slot[], start: number): SlotTemplate {
  const count = order.length;
  const offsets = Int32Array.from(at);
  const codes = Uint8Array.from(order, (slot) => CODES[slot.kind]);
  const widths = Uint8Array.from(order, widthOf);
  const ages = Int32Array.from(order, (slot) => ('age' in slot ? slot.age : 0));
  const bases = Float64Array.from(order, (slot) => ('base' in slot ? slot.base : 'offset' in slot ? slot.offset : 0));
  const rates = Float64Array.from(order, (slot) => ('rate' in slot ? slot.rate : 'step' in slot ? slot.step : 0));
  const perNode = Float64Array.from(order, (slot) =>
    'perNode' in slot ? slot.perNode : 'modulus' in slot ? slot.modulus : 0,
  );
  const times = new Map<number, Buffer>();

  const timeText = (second: number): Buffer => {
    let text = times.get(second);
    if (text === undefined) {
      if (times.size > 200) times.clear();
      text = Buffer.from(`${new Date(second * 1_000).toISOString().slice(0, 19)}Z`, 'latin1');
      times.set(second, text);
    }
    return text;
  };

  return {
    bytes: template.length,
    slots: count,
    allocate: () => Buffer.from(template),
    render(target, { node, second }) {
      for (let i = 0; i < count; i++) {
        const offset = offsets[i]!;
        const elapsed = (second - start - ages[i]!) | 0;
        switch (codes[i]) {
          case CODES.counter:
            putNumber(target, offset, widths[i]!, bases[i]! + rates[i]! * elapsed + perNode[i]! * node);
            break;
          case CODES.gauge:
            putNumber(
              target,
              offset,
              widths[i]!,
              bases[i]! + rates[i]! * ((elapsed * 7 + node * 13 + i) & (GAUGE_STATES - 1)),
            );
            break;
          case CODES.time: {
            const text = timeText(start + elapsed);
            for (let k = 0; k < TIME_WIDTH; k++) target[offset + k] = text[k]!;
            break;
          }
          case CODES.node:
            putNumber(target, offset, widths[i]!, node);
            break;
          default:
            putNumber(target, offset, widths[i]!, (node * 7 + bases[i]!) % perNode[i]!);
        }
      }
    },
  };
}

/** Decimal digits with leading zeros. Halves keep the arithmetic in small integers. */
function putNumber(target: Buffer, offset: number, width: number, value: number): void {
  let high = Math.floor(value / HALF) | 0;
  let low = (value - high * HALF) | 0;
  let at = offset + width - 1;
  for (let k = 0; k < 7 && at >= offset; k++) {
    const next = (low / 10) | 0;
    target[at--] = ZERO + (low - next * 10);
    low = next;
  }
  while (at >= offset) {
    const next = (high / 10) | 0;
    target[at--] = ZERO + (high - next * 10);
    high = next;
  }
}

function widthOf(slot: Slot): number {
  switch (slot.kind) {
    case 'time':
      return TIME_WIDTH;
    case 'node':
      return 5;
    case 'spread':
      return 2;
    default: {
      const least = slot.kind === 'counter' ? slot.base - slot.rate * slot.age : slot.base;
      const growth =
        slot.kind === 'counter' ? slot.rate * MAX_SECONDS + slot.perNode * MAX_NODES : slot.step * GAUGE_STATES;
      const width = String(slot.base).length;
      if (!Number.isSafeInteger(least) || least < 10 ** (width - 1) || slot.base + growth >= 10 ** width) {
        throw new RangeError(`a ${slot.kind} of ${slot.base} may change its width: ${JSON.stringify(slot)}`);
      }
      return width;
    }
  }
}
