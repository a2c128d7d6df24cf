import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type BundleReport, buildBundle } from '../../../infra/bundle.ts';
import { BUNDLES } from '../../../infra/bundles.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const UNBOUNDED = Number.POSITIVE_INFINITY;

/** The functions as `npm run build` makes them, from the sources as they are now, in a folder of their own. */
export interface BuiltBundles extends AsyncDisposable {
  readonly reports: readonly BundleReport[];
  /** `index.mjs` of a bundle; `cold` is the benchmark's own. */
  entry(name: string): string;
}

export async function buildBundles(wanted: (name: string) => boolean): Promise<BuiltBundles> {
  const outdir = await mkdtemp(join(tmpdir(), 'heapless-bench-bundles-'));
  const remove = (): Promise<void> => rm(outdir, { recursive: true, force: true });
  try {
    const cold = {
      name: 'cold',
      entry: 'test/bench/cold/cold-main.ts',
      eagerBudget: UNBOUNDED,
      totalBudget: UNBOUNDED,
    };
    const chosen = BUNDLES.filter((bundle) => wanted(bundle.name));
    const reports = await Promise.all(chosen.map((bundle) => buildBundle(bundle, { root: ROOT, outdir })));
    await buildBundle(cold, { root: ROOT, outdir });
    return { reports, entry: (name) => join(outdir, name, 'index.mjs'), [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
