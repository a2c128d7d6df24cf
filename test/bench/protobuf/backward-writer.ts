/** Writes protobuf from its end to its beginning: a message's length is known before it is written, and nothing is copied. */
export interface BackwardWriter {
  clear(): void;
  /** A field with a text. */
  text(number: number, text: string): void;
  /** A field with a whole number from 0 up. */
  number(number: number, value: number): void;
  /** A field with a message; `write` writes the message's fields, the last one first. */
  nest(number: number, write: () => void): void;
  /** What stands before `length` bytes of a length-delimited field. */
  head(number: number, length: number): void;
  /** A copy of what was written since `clear`. */
  written(): Buffer;
}

/** Kinds of fields: a length comes first, or a varint. */
const BLOCK = 2;
const VARINT = 0;
/** Longest varint of a number that a double holds exactly. */
const MOST_VARINT = 8;

export function createBackwardWriter(): BackwardWriter {
  let buffer = Buffer.allocUnsafe(16_384);
  /** Where what is written begins. */
  let at = buffer.length;

  const room = (bytes: number): void => {
    if (at >= bytes) return;
    const used = buffer.length - at;
    const larger = Buffer.allocUnsafe(2 * buffer.length + bytes);
    buffer.copy(larger, larger.length - used, at);
    buffer = larger;
    at = larger.length - used;
  };
  const varint = (value: number): void => {
    room(MOST_VARINT);
    let size = 1;
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
    at -= size;
    let rest = value;
    let to = at;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) buffer[to++] = (rest % 0x80) | 0x80;
    buffer[to] = rest;
  };
  const head = (number: number, length: number): void => {
    varint(length);
    varint(number * 8 + BLOCK);
  };

  return {
    clear() {
      at = buffer.length;
    },
    text(number, text) {
      const length = Buffer.byteLength(text);
      room(length);
      at -= length;
      buffer.write(text, at, length, 'utf8');
      head(number, length);
    },
    number(number, value) {
      varint(value);
      varint(number * 8 + VARINT);
    },
    nest(number, write) {
      const end = buffer.length - at;
      write();
      head(number, buffer.length - at - end);
    },
    head,
    written: () => Buffer.from(buffer.subarray(at)),
  };
}
