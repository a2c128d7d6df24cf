import { excerpt } from './excerpt.ts';
import { isProtobuf } from './protobuf/envelope.ts';

const SPACES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * Why a 200's body cannot be a JSON object, or undefined if it may be one (or an object in protobuf): empty, HTML, binary, or cut short. Looks at
 * both ends only: a proxied body that was cut arrives with a clean end, and the decoder sees the rest.
 */
export function notJson(body: Buffer, contentType: string | undefined, secrets: readonly string[]): string | undefined {
  if (isProtobuf(body)) return undefined;
  let first = 0;
  let last = body.length - 1;
  while (first <= last && SPACES.has(body[first] ?? 0)) first++;
  while (last > first && SPACES.has(body[last] ?? 0)) last--;
  if (first > last) return 'a 200 with an empty body';
  if (body[first] !== 0x7b) {
    const html = contentType?.startsWith('text/html') || body[first] === 0x3c;
    const what = html ? 'HTML' : (contentType ?? 'something without content-type');
    return `a 200 with ${what} instead of JSON (a proxy on the way?): ${excerpt(body.subarray(first), secrets)}`;
  }
  return body[last] === 0x7d ? undefined : `JSON that ends in the middle, after ${body.length} bytes`;
}
