import type { ByteWriter } from './byte-writer.ts';

const COMMA = 0x2c;

/** Takes away a comma that stands at `from`: each label is written with one before it, the first must have none. */
export function dropComma(out: ByteWriter, from: number): void {
  if (out.at === from || out.buffer[from] !== COMMA) return;
  out.buffer.copyWithin(from, from + 1, out.at);
  out.at--;
}
