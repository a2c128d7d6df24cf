import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * Imports parts of the use-cases by statement that `shared/app/registry.ts` imports on demand: for a function that needs them in every
 * run, each would be one more file to find, read and link. `parts` are named as the registry has them. The build fails if it does not.
 */
export function eagerPartsPlugin(parts: readonly string[], root: string): Plugin {
  const registry = resolve(root, 'shared/app/registry.ts');
  return {
    name: 'eager-parts',
    setup({ onLoad }) {
      onLoad({ filter: /[\\/]registry\.ts$/ }, async ({ path }) => {
        if (path !== registry) return undefined;
        const source = await readFile(path, 'utf8');
        return { contents: withEager(source, parts), loader: 'ts', resolveDir: dirname(path) };
      });
    },
  };
}

/** The registry's source, with some parts imported by statement. Throws `Error` for one that it does not import. */
export function withEager(source: string, parts: readonly string[]): string {
  const imports: string[] = [];
  let changed = source;
  for (const [index, part] of parts.entries()) {
    const quoted = `'${part}'`;
    const onDemand = `() => import(${quoted})`;
    if (!source.includes(onDemand)) throw new Error(`the registry of parts does not import ${part}`);
    imports.push(`import * as eager${index} from ${quoted};`);
    changed = changed.replace(onDemand, `async () => eager${index}`);
  }
  return [...imports, changed].join('\n');
}
