import { createHash } from 'node:crypto';
import { MAX_TEXT_LENGTH } from './limits.ts';

/** What stands for a label that a row does not have: a dimension must have a value. */
export const ABSENT = '(none)';

const HASH_LENGTH = 16;

/** The text as Azure Monitor takes it; one that is too long is cut and ends in a hash of the whole. */
export function toText(text: string): string {
  if (text.length <= MAX_TEXT_LENGTH) return text;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH);
  return `${text.slice(0, MAX_TEXT_LENGTH - HASH_LENGTH - 1)}~${hash}`;
}

/** Value of a dimension; blank or undefined = the row has no such label. */
export function toDimensionValue(label: string | undefined): string {
  return label === undefined || label.trim() === '' ? ABSENT : toText(label);
}
