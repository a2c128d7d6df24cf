import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { relative } from 'node:path';
import type { Plugin } from 'esbuild';

const NAMESPACE = 'built-in';

/**
 * Built-in modules of Node are loaded when a name of theirs is first used, and never through the loader of ES modules: for that one
 * Node makes a facade that reads every export of the module, and with it loads what nobody asked for (`crypto`: WebCrypto,
 * `util`: the terminal's streams, `http`: undici). Where a file takes the whole module it is loaded with the file, without a facade.
 */
export const LAZY_BUILT_INS: Plugin = {
  name: 'lazy-built-ins',
  setup({ onResolve, onLoad, initialOptions: { absWorkingDir = '' } }) {
    const names = builtinModules.filter((name) => !name.startsWith('_')).join('|');
    const filter = new RegExp(`^(node:)?(${names})$`);
    onResolve({ filter }, async ({ path, importer, kind }) => {
      if (kind === 'require-call' || kind === 'require-resolve') return { path, external: true };
      const name = path.startsWith('node:') ? path : `node:${path}`;
      const used = kind === 'import-statement' ? namedImports(await readFile(importer, 'utf8'), path) : undefined;
      // One for each file that imports it: a shared one would be a file of its own in a bundle that is split.
      const by = hash('sha256', relative(absWorkingDir, importer)).slice(0, 12);
      return { path: [name, used?.join(',') ?? '*', by].join('|'), namespace: NAMESPACE, sideEffects: false };
    });
    onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => {
      const [name, used] = path.split('|') as [string, string, string];
      return { contents: used === '*' ? wholeModule(name) : namesOf(name, used.split(',')), loader: 'js' };
    });
  },
};

function wholeModule(name: string): string {
  return `module.exports = process.getBuiltinModule('${name}');`;
}

/** A module whose exports are read from the built-in one when they are first used. */
function namesOf(name: string, used: readonly string[]): string {
  const getters = used.map((used) => `get ${used}() { return load().${used}; }`);
  return `let loaded;
function load() { return loaded ??= process.getBuiltinModule('${name}'); }
module.exports = { ${getters.join(', ')} };`;
}

/** The names that a file imports of a module; undefined if it takes the module as a whole or in a way that is not known here. */
export function namedImports(source: string, module: string): readonly string[] | undefined {
  const from = `\\bfrom\\s*["']${module}["']`;
  const statements = [...source.matchAll(new RegExp(from, 'g'))];
  const named = [...source.matchAll(new RegExp(`\\bimport\\s*(type\\s+)?\\{([^{}]*)\\}\\s*${from}`, 'g'))];
  if (statements.length === 0 || named.length !== statements.length) return undefined;
  const names = named
    .filter(([, type]) => type === undefined)
    .flatMap(([, , list = '']) => list.split(','))
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '' && !entry.startsWith('type '))
    .map((entry) => entry.split(/\s+as\s+/)[0] as string);
  return [...new Set(names)].sort();
}
