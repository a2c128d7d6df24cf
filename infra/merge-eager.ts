import { basename } from 'node:path';
import { type BuildOptions, type BuildResult, build, type Metafile, type Plugin } from 'esbuild';

/** A bundle in memory, as esbuild splits it, with inline source maps. */
export type SplitBundle = BuildResult<{ write: false; metafile: true }>;

const ENTRY = 'index.mjs';
/** The one module that all of the eager part is reached from. */
const WHOLE = 'whole';
/** Files of the split bundle, by name. */
const SPLIT = 'split';
/** What a file that is loaded on demand sees of an eager one: its names in the entry. */
const SEEN = 'seen';

/** The file of the entry and everything that it imports by statement, directly or not. */
export function eagerFiles(entry: string, outputs: Metafile['outputs']): ReadonlySet<string> {
  const eager = new Set<string>();
  const visit = (file: string): void => {
    if (eager.has(file) || outputs[file] === undefined) return;
    eager.add(file);
    for (const { path, kind } of outputs[file].imports) if (kind === 'import-statement') visit(path);
  };
  visit(entry);
  return eager;
}

/** Largest file that is better in the entry than opened by itself, in bytes. */
const SMALL = 1_000;

/**
 * The eager files, and the small ones beside them that hold our own modules alone and import nothing but what is in these: every
 * sink and store would open a handful of them.
 */
export function filesOfEntry(eager: ReadonlySet<string>, outputs: Metafile['outputs']): readonly string[] {
  const within = new Set(eager);
  const isOurs = (file: string): boolean => !/(^|\/)node_modules\//.test(file);
  const small = Object.entries(outputs).filter(
    ([, { entryPoint, inputs }]) =>
      entryPoint === undefined &&
      Object.keys(inputs).every(isOurs) &&
      Object.values(inputs).reduce((sum, { bytesInOutput }) => sum + bytesInOutput, 0) <= SMALL,
  );
  let before: number;
  do {
    before = within.size;
    for (const [file, { imports }] of small) {
      if (
        imports.every(({ path, external, kind }) => external === true || kind === 'dynamic-import' || within.has(path))
      )
        within.add(file);
    }
  } while (within.size > before);
  return [...within];
}

/**
 * Writes a split bundle with its eager part as one file. esbuild makes a file of every set of modules that the same entries share: a
 * start would open twenty of them, and each costs it half a millisecond of CPU to find, read and link. Files that are loaded on
 * demand import from the entry what they share with it.
 */
export async function writeMerged(
  split: SplitBundle,
  { eager, options }: { readonly eager: readonly string[]; readonly options: BuildOptions },
): Promise<Metafile> {
  const files = split.outputFiles.map(({ path }) => basename(path));
  const texts = new Map(split.outputFiles.map(({ path, text }) => [basename(path), text]));
  const exportsOf = new Map(
    Object.entries(split.metafile.outputs).map(([file, { exports }]) => [basename(file), exports]),
  );
  // The written file gets a hash of its own.
  const shortOf = (file: string): string => file.replace(/-[A-Z0-9]{8}\.mjs$/, '.mjs');
  const isAlone = (file: string): boolean => files.filter((other) => shortOf(other) === shortOf(file)).length === 1;
  const nameOf = new Map(files.map((file) => [file, isAlone(file) ? shortOf(file) : file]));
  const fileOf = new Map([...nameOf].map(([file, name]) => [name, file]));
  const early = new Map(eager.map((file, index) => [basename(file), `e${index}_`]));
  const all = [...early].map(([file, prefix]) => {
    const names = (exportsOf.get(file) ?? []).map((name) => `${name} as ${prefix}${name}`);
    return `export { ${names.join(', ')} } from './${file}';`;
  });
  const seenOf = (file: string): string => {
    const names = (exportsOf.get(file) ?? []).map((name) => `${early.get(file)}${name} as ${name}`);
    return `export { ${names.join(', ')} } from './${ENTRY}';`;
  };
  const plugin: Plugin = {
    name: 'one-eager-file',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^whole$/ }, ({ path }) => ({ path, namespace: WHOLE }));
      onResolve({ filter: /^\.\/[^/]+\.mjs$/ }, ({ path, importer, namespace, kind }) => {
        if (namespace === SEEN) return { path, external: true };
        const file = basename(path);
        const within = namespace === WHOLE || (early.has(fileOf.get(importer) ?? '') && kind === 'import-statement');
        if (within || !early.has(file)) return { path: nameOf.get(file) ?? file, namespace: SPLIT };
        // One for each file that imports it: a shared one would be a file of its own.
        return { path: `${file}|${importer}`, namespace: SEEN, sideEffects: false };
      });
      onLoad({ filter: /./, namespace: WHOLE }, () => ({
        contents: [`export * from './${ENTRY}';`, ...all].join('\n'),
      }));
      onLoad({ filter: /./, namespace: SPLIT }, ({ path }) => ({ contents: texts.get(fileOf.get(path) ?? '') ?? '' }));
      onLoad({ filter: /./, namespace: SEEN }, ({ path }) => ({
        contents: seenOf(path.split('|')[0] ?? ''),
        loader: 'js',
      }));
    },
  };
  const { metafile } = await build({
    ...options,
    entryPoints: [{ in: 'whole', out: 'index' }],
    plugins: [plugin],
    // Called by the banner's name: esbuild would put a file of its own before the entry, to see whether there is a require().
    define: { require: '__require_here' },
    metafile: true,
  });
  return metafile;
}
