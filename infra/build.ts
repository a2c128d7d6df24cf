import { resolve } from 'node:path';
import { table } from 'table';
import { type BundleReport, buildBundle } from './bundle.ts';
import { BUNDLES } from './bundles.ts';

const ROOT = resolve(import.meta.dirname, '..');

/**
 * `npm run build`: bundles every function, or those that are named, into `dist/`, prints sizes against budgets, fails if
 * one is passed.
 */
async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !BUNDLES.some((bundle) => bundle.name === name));
  if (unknown.length > 0) {
    process.stderr.write(`no bundle ${unknown.join(', ')}; there are ${BUNDLES.map(({ name }) => name).join(', ')}\n`);
    process.exitCode = 2;
    return;
  }
  const outdir = resolve(ROOT, 'dist');
  const wanted = BUNDLES.filter(({ name }) => names.length === 0 || names.includes(name));
  const reports = await Promise.all(wanted.map((bundle) => buildBundle(bundle, { root: ROOT, outdir })));
  process.stdout.write(table([HEADER, ...reports.map(rowOf)]));
  const problems = reports.flatMap((report) => report.problems);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
}

const HEADER = ['bundle', 'eager KB', 'budget', 'all KB', 'budget', 'lazy chunks'];

function rowOf({ name, eager, total, lazyChunks }: BundleReport): string[] {
  const bundle = BUNDLES.find((known) => known.name === name);
  const kilo = (bytes: number): string => (bytes / 1_000).toFixed(0);
  return [
    name,
    kilo(eager),
    kilo(bundle?.eagerBudget ?? 0),
    kilo(total),
    kilo(bundle?.totalBudget ?? 0),
    String(lazyChunks),
  ];
}

await main(process.argv.slice(2));
