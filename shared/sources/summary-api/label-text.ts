import { MAX_NAME_LENGTH } from './limits.ts';

/** Whether a value can name a row: text of 1 to `MAX_NAME_LENGTH` characters. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_NAME_LENGTH;
}

/** Whether a value can be part of an own-label set: a name without NUL, which separates the parts. */
export function isLabelText(value: unknown): value is string {
  return isName(value) && !value.includes('\u0000');
}
