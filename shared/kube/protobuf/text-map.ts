// hot path: bench "pods"
import { WireCursor } from './wire-cursor.ts';

type Texts = Readonly<Record<string, string>>;
/** Adds one entry of a map; the entry's message ends at `end`. Throws `DecodeError`. */
type AddEntry = (into: Record<string, string>, cursor: WireCursor, end: number) => void;

/** One entry of a map of texts: key 1, value 2. */
export const addText: AddEntry = (into, cursor, end) => {
  let key = '';
  let value = '';
  for (let field = cursor.field(end); field !== 0; field = cursor.field(end)) {
    if (field === 1) key = cursor.text(end);
    else if (field === 2) value = cursor.text(end);
    else cursor.skip(end);
  }
  setOwn(into, key, value);
};

/** One entry of a map of quantities: a name, and a message whose only field is the quantity as a text. */
export const addQuantity: AddEntry = (into, cursor, end) => {
  let name = '';
  let quantity = '';
  for (let field = cursor.field(end); field !== 0; field = cursor.field(end)) {
    if (field === 1) name = cursor.text(end);
    else if (field === 2) {
      const to = cursor.block(end);
      quantity = cursor.field(to) === 1 ? cursor.text(to) : '';
      cursor.at = to;
    } else cursor.skip(end);
  }
  setOwn(into, name, quantity);
};

/** Decodes the entries of one map, one after the other with their tags. */
export function textMapOf(addEntry: AddEntry): (bytes: Buffer, from: number, to: number) => Texts {
  return (bytes, from, to) => {
    const cursor = new WireCursor(bytes);
    cursor.at = from;
    const texts: Record<string, string> = {};
    while (cursor.field(to) !== 0) addEntry(texts, cursor, cursor.block(to));
    return texts;
  };
}

/** Sets an own property whatever its name is. */
function setOwn(into: Record<string, string>, key: string, value: string): void {
  if (key === '__proto__')
    Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true });
  else into[key] = value;
}
