import { copyFile, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin, transform } from 'esbuild';
import { LAZY_BUILT_INS } from './built-ins-plugin.ts';
import type { BundleScope } from './bundle-scope.ts';
import { type Bundle, LAZY_PACKAGES } from './bundles.ts';
import { eagerPartsPlugin } from './eager-parts-plugin.ts';
import { eagerFiles, filesOfEntry, writeMerged } from './merge-eager.ts';
import { scopePlugin } from './scope-plugin.ts';

/** What a bundle came to, in bytes of minified code. */
export interface BundleReport {
  readonly name: string;
  readonly eager: number;
  readonly total: number;
  /** Chunks that are loaded on demand. */
  readonly lazyChunks: number;
  /** What is wrong: budgets passed, packages that must be lazy in the eager part. */
  readonly problems: readonly string[];
}

const OPTIONS: BuildOptions = {
  outExtension: { '.js': '.mjs' },
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  // Names stay: they are in errors and stacks, and keepNames costs 10 ms of CPU at every cold start.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'error',
  // Exist only where the functions run: inside the worker of Azure Functions, and in a Cloud Run function's own packages.
  external: ['@azure/functions-core', '@google-cloud/functions-framework'],
};

/** CommonJS dependencies call require() and read __dirname, which ESM does not have. */
const BANNER =
  "import{createRequire as __cr}from'node:module';" +
  'const require=__cr(import.meta.url),__require_here=require,__dir=import.meta.dirname,__file=import.meta.filename;';

/**
 * Bundles one function into `<outdir>/<name>/index.mjs` and chunks beside it; source maps go with them and are not
 * deployed. The same sources give the same bytes. With a scope, sinks, stores and clouds that it does not name are left out.
 */
export async function buildBundle(
  bundle: Bundle,
  { root, outdir, scope }: { readonly root: string; readonly outdir: string; readonly scope?: BundleScope | undefined },
): Promise<BundleReport> {
  const folder = join(outdir, bundle.name);
  const options: BuildOptions = { ...OPTIONS, absWorkingDir: root, outdir: folder };
  const split = await build({
    ...options,
    entryPoints: { index: bundle.entry },
    define: { __dirname: '__dir', __filename: '__file' },
    plugins: [
      SHORT_NAMES,
      LAZY_BUILT_INS,
      eagerPartsPlugin(bundle.eagerParts ?? [], root),
      ...(scope === undefined ? [] : [scopePlugin(scope, root)]),
    ],
    sourcemap: 'inline',
    metafile: true,
    write: false,
  });
  const { outputs } = split.metafile;
  const entry = Object.keys(outputs).find((file) => outputs[file]?.entryPoint === bundle.entry);
  if (entry === undefined) throw new Error(`${bundle.name}: esbuild wrote no entry`);
  const eager = filesOfEntry(eagerFiles(entry, outputs), outputs);
  const metafile = await writeMerged(split, {
    eager,
    options: { ...options, banner: { js: BANNER }, sourcemap: 'external' },
  });
  const files = (bundle.files ?? []).map((file) => ({ from: resolve(root, file), to: join(folder, basename(file)) }));
  await Promise.all(files.map(({ from, to }) => copyFile(from, to)));
  const written = Object.keys(metafile.outputs).map((file) => resolve(root, file));
  await removeOthers(folder, new Set([...written, ...files.map(({ to }) => resolve(to))]));
  return reportOf(bundle, { inputs: eager.flatMap((file) => Object.keys(outputs[file]?.inputs ?? {})), metafile });
}

/** Local names of zod are nobody's in an error or a stack; without them its text, the largest that every start reads, is half. */
const SHORT_NAMES: Plugin = {
  name: 'short-names',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]node_modules[\\/]zod[\\/].*\.js$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, 'utf8'), { minifyIdentifiers: true, loader: 'js' });
      return { contents: code, loader: 'js' };
    });
  },
};

/** Removes what earlier builds left. After writing, so that a running function always finds its files. */
async function removeOthers(folder: string, written: ReadonlySet<string>): Promise<void> {
  const files = (await readdir(folder)).map((name) => join(folder, name));
  await Promise.all(files.filter((file) => !written.has(file)).map((file) => rm(file, { recursive: true })));
}

function reportOf(
  bundle: Bundle,
  { inputs, metafile: { outputs } }: { readonly inputs: readonly string[]; readonly metafile: Metafile },
): BundleReport {
  const code = Object.keys(outputs).filter((file) => file.endsWith('.mjs'));
  const entry = code.find((file) => basename(file) === 'index.mjs') ?? '';
  const eager = eagerFiles(entry, outputs);
  const size = (files: readonly string[]): number => files.reduce((sum, file) => sum + (outputs[file]?.bytes ?? 0), 0);
  const packages = new Set(inputs.flatMap((input) => LAZY_PACKAGES.exec(input)?.[1] ?? []));
  const total = size(code);
  const problems = [...packages].map(
    (name) => `${bundle.name}: ${name} is in the eager part; import() it where it is used`,
  );
  const check = (what: string, bytes: number, budget: number): void => {
    if (bytes > budget) problems.push(`${bundle.name}: the ${what} is ${bytes} bytes, its budget is ${budget}`);
  };
  check('eager part', size([...eager]), bundle.eagerBudget);
  check('whole', total, bundle.totalBudget);
  return { name: bundle.name, eager: size([...eager]), total, lazyChunks: code.length - eager.size, problems };
}
