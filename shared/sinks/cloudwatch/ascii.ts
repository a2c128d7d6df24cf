import { createHash } from 'node:crypto';
import { MAX_NAME_LENGTH, MAX_VALUE_LENGTH } from './limits.ts';

/** What stands for a label that a row does not have. Groupings have the same word for it as a label's text. */
export const ABSENT = '(none)';
/** What stands before a label that is there but blank, as CloudWatch takes no blank text. */
const BLANK = '(empty)';

const HASH_LENGTH = 16;

/**
 * The text as CloudWatch takes it: ASCII without control characters. What it does not take becomes `\uXXXX` and a
 * backslash two of them, so that different texts stay different. Longer texts are cut and end in a hash of the whole.
 */
function toAscii(text: string, longest: number): string {
  return cut(/^[ -[\]-~]*$/.test(text) ? text : text.replaceAll(/[^ -[\]-~]/g, escaped), text, longest);
}

function cut(ascii: string, text: string, longest: number): string {
  if (ascii.length <= longest) return ascii;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH);
  return `${ascii.slice(0, longest - HASH_LENGTH - 1)}~${hash}`;
}

function escaped(unit: string): string {
  return unit === '\\' ? '\\\\' : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Value of a dimension; undefined = the row has no such label. */
export function toDimensionValue(label: string | undefined): string {
  if (label === undefined) return ABSENT;
  const ascii = toAscii(label, MAX_VALUE_LENGTH);
  if (ascii.trim() === '') return cut(`${BLANK}${ascii}`, label, MAX_VALUE_LENGTH);
  return ascii.startsWith(BLANK) ? cut(`\\u0028${ascii.slice(1)}`, label, MAX_VALUE_LENGTH) : ascii;
}

/** Name of a dimension: it must not begin with a colon. */
export function toDimensionName(label: string): string {
  const ascii = toAscii(label, MAX_NAME_LENGTH);
  return ascii.trim() === '' || ascii.startsWith(':') ? toAscii(`_${ascii}`, MAX_NAME_LENGTH) : ascii;
}

/** Name of a metric. */
export function toMetricName(name: string): string {
  return toAscii(name, MAX_NAME_LENGTH);
}
