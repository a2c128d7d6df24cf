import { readFileSync } from 'node:fs';

/** Flags of Node that `npm run heapless` has, so that a whole tick is measured as it is run. */
export function shippedFlags(): readonly string[] {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { scripts } = JSON.parse(text) as { readonly scripts: Readonly<Record<string, string>> };
  const [node, ...words] = (scripts['heapless'] ?? '').split(' ');
  if (node !== 'node') throw new Error('the script "heapless" of package.json does not start with node');
  return words.filter((word) => word.startsWith('--'));
}
