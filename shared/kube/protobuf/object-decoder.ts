import type { WireCursor } from './wire-cursor.ts';

/** Decodes one object or part of one: the message from the cursor to `end`. Throws `DecodeError`. */
export type ObjectDecoder<T> = (cursor: WireCursor, end: number) => T;
