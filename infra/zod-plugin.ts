import { readFile } from 'node:fs/promises';
import { type Plugin, transform } from 'esbuild';

const FILES = /[\\/]node_modules[\\/]zod[\\/].*\.js$/;
/** What makes JSON Schema of schemas: every schema refers to it, and no function asks for it. */
const JSON_SCHEMA = /[\\/]zod[\\/]v4[\\/]core[\\/](?:to-json-schema|json-schema-processors)\.js$/;

/**
 * zod is the largest text that every start reads. Its local names are nobody's in an error or a stack, so they are short; and what
 * makes JSON Schema is replaced by functions that throw when they are called.
 */
export const SMALL_ZOD: Plugin = {
  name: 'small-zod',
  setup({ onLoad }) {
    onLoad({ filter: FILES }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      if (JSON_SCHEMA.test(path)) return { contents: refusalOf(source), loader: 'js' };
      const { code } = await transform(source, { minifyIdentifiers: true, loader: 'js' });
      return { contents: code, loader: 'js' };
    });
  },
};

/** A module with the same exports, each a function that throws. Those that make a method of a schema make one that throws. */
export function refusalOf(source: string): string {
  const names = [...source.matchAll(/^export (?:function|const) (\w+)/gm)].map(([, name = '']) => name);
  const renamed = [...source.matchAll(/^export \{ \w+ as (\w+) \};$/gm)].map(([, name = '']) => name);
  const makers = names.filter((name) => name.startsWith('create'));
  const others = names.filter((name) => !name.startsWith('create'));
  return `const refuse = () => { throw new Error('JSON Schema is not in this bundle'); };
const make = () => refuse;
export { ${[
    ...others.map((name) => `refuse as ${name}`),
    ...renamed.map((name) => `refuse as ${name}`),
    ...makers.map((name) => `make as ${name}`),
  ].join(', ')} };`;
}
