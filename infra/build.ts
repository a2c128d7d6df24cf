import { resolve } from 'node:path';
import { table } from 'table';
import type { Environment } from '../shared/config/references.ts';
import { ConfigError } from '../shared/core/errors.ts';
import { type BundleReport, buildBundle } from './bundle.ts';
import { scopeOf } from './bundle-scope.ts';
import { BUNDLES } from './bundles.ts';

const FOR_ENV = '--for-env';
const ROOT = resolve(import.meta.dirname, '..');

/**
 * `npm run build`: bundles every function, or those that are named, into `dist/`, prints sizes against budgets, fails if
 * one is passed. `--for-env`, or `BUILD_FOR_ENV=1` where a deployment runs this, leaves out the sinks, stores and clouds that
 * `HEAPLESS_SINK`, `HEAPLESS_STATE` and `HEAPLESS_SOURCE` of the environment do not name.
 */
async function main(args: readonly string[], env: Environment): Promise<void> {
  const names = args.filter((arg) => arg !== FOR_ENV);
  const isForEnv = args.includes(FOR_ENV) || env['BUILD_FOR_ENV'] === '1';
  const unknown = names.filter((name) => !BUNDLES.some((bundle) => bundle.name === name));
  if (unknown.length > 0) {
    process.stderr.write(`no bundle ${unknown.join(', ')}; there are ${BUNDLES.map(({ name }) => name).join(', ')}\n`);
    process.exitCode = 2;
    return;
  }
  const outdir = resolve(ROOT, 'dist');
  const wanted = BUNDLES.filter(({ name }) => names.length === 0 || names.includes(name));
  const scope = isForEnv ? scopeOf(env) : undefined;
  const reports = await Promise.all(wanted.map((bundle) => buildBundle(bundle, { root: ROOT, outdir, scope })));
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

try {
  await main(process.argv.slice(2), process.env);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
