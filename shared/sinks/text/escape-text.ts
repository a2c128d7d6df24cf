import { ByteWriter } from './byte-writer.ts';
import type { Escapes } from './escapes.ts';

/** A text with its escapes, for constants. */
export function escapeText(text: string, escapes: Escapes): string {
  const out = new ByteWriter();
  out.text(text, escapes);
  return Buffer.from(out.view()).toString('utf8');
}
