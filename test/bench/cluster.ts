import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from './child.ts';
import type { ClusterAddress, ClusterOrder, ClusterReport } from './cluster-process.ts';
import type { ClusterShape } from './cluster-shape.ts';

/** A generator in a process of its own, as the benchmarks hold it. */
export interface Cluster extends AsyncDisposable {
  readonly shape: ClusterShape;
  readonly address: ClusterAddress;
  /** File with the certificate, for `ca_file`. */
  readonly caFile: string;
  setClock(offset: number): Promise<void>;
  report(): Promise<ClusterReport>;
  forget(): Promise<void>;
}

export async function startCluster(shape: ClusterShape): Promise<Cluster> {
  const child = startChild(new URL('./cluster-process.ts', import.meta.url));
  const ask = (order: ClusterOrder): Promise<unknown> => child.ask(order);
  const folder = await mkdtemp(join(tmpdir(), 'heapless-bench-'));
  const end = async (): Promise<void> => {
    await child.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const address = (await ask({ order: 'open', shape })) as ClusterAddress;
    const caFile = join(folder, 'ca.pem');
    await writeFile(caFile, address.ca);
    return {
      shape,
      address,
      caFile,
      setClock: async (offset) => void (await ask({ order: 'clock', offset })),
      report: async () => (await ask({ order: 'report' })) as ClusterReport,
      forget: async () => void (await ask({ order: 'forget' })),
      [Symbol.asyncDispose]: end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}
