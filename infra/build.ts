import { resolve } from 'node:path';
import { table } from 'table';
import { type BundleReport, buildBundle } from './bundle.ts';
import { BUNDLES } from './bundles.ts';

const ROOT = resolve(import.meta.dirname, '..');

/** `npm run build`: bundles every function into `dist/`, prints sizes against budgets, fails if one is passed. */
async function main(): Promise<void> {
  const outdir = resolve(ROOT, 'dist');
  const reports = await Promise.all(BUNDLES.map((bundle) => buildBundle(bundle, { root: ROOT, outdir })));
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

await main();
