// hot path: bench "pods"
import { fieldSet, WireCursor } from './wire-cursor.ts';

const ENTRY = fieldSet(1, 2);

type Texts = Readonly<Record<string, string>>;
/** Adds one entry of a map; the entry's message ends at `end`. Throws `DecodeError`. */
type AddEntry = (into: Record<string, string>, cursor: WireCursor, end: number) => void;

/** One entry of a map of texts: key 1, value 2. */
export const addText: AddEntry = (into, cursor, end) => {
  let key = '';
  let value = '';
  for (let field = cursor.next(end, ENTRY); field !== 0; field = cursor.next(end, ENTRY)) {
    if (field === 1) key = cursor.text(end);
    else value = cursor.text(end);
  }
  setOwn(into, key, value);
};

/** One entry of a map of quantities: a name, and a message whose only field is the quantity as a text. */
export const addQuantity: AddEntry = (into, cursor, end) => {
  let name = '';
  let quantity = '';
  for (let field = cursor.next(end, ENTRY); field !== 0; field = cursor.next(end, ENTRY)) {
    if (field === 1) name = cursor.text(end);
    else {
      const to = cursor.block(end);
      quantity = cursor.field(to) === 1 ? cursor.text(to) : '';
      cursor.at = to;
    }
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
