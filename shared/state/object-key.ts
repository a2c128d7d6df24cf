import { HeaplessError } from '../core/errors.ts';

/** What `encodeURIComponent` writes, so that any name can be made a segment. */
const SEGMENT = /^[\w.!~*'()%-]{1,200}$/;
const MAX_KEY = 800;

/** Of a whole key or of the full segments of a prefix. */
function isSegment(text: string): boolean {
  return SEGMENT.test(text) && text !== '.' && text !== '..';
}

/**
 * Checks a key: segments between slashes, each 1 to 200 characters that `encodeURIComponent` writes, neither `.` nor `..`;
 * at most 800 characters in all. Throws `HeaplessError` (code `state_key_invalid`).
 */
export function checkKey(key: string): void {
  if (key.length <= MAX_KEY && key.split('/').every(isSegment)) return;
  throw invalid('key', key);
}

/** Checks what a list begins with: segments as in a key; the last may be unfinished or empty. */
export function checkPrefix(prefix: string): void {
  const segments = prefix.split('/');
  const last = segments.pop() ?? '';
  if (prefix.length <= MAX_KEY && segments.every(isSegment) && (last === '' || SEGMENT.test(last))) return;
  throw invalid('prefix', prefix);
}

function invalid(what: string, text: string): HeaplessError {
  const shown = JSON.stringify(text.slice(0, 100));
  return new HeaplessError(
    `state: ${shown} is no valid ${what}; a segment has 1 to 200 letters, digits or -_.!~*'()% and is not "." or ".."`,
    { code: 'state_key_invalid' },
  );
}
