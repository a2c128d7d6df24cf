import { createClusterGenerator } from './cluster-generator.ts';
import type { ClusterShape } from './cluster-shape.ts';
import type { TrafficReport } from './traffic.ts';

/** What the parent may ask of a generator's process; each is answered once. */
export type ClusterOrder =
  | { readonly order: 'open'; readonly shape: ClusterShape }
  | { readonly order: 'clock'; readonly offset: number }
  /** What was served since the last `forget`, and the CPU it cost. */
  | { readonly order: 'report' }
  | { readonly order: 'forget' };

export interface ClusterAddress {
  readonly server: string;
  readonly ca: string;
  readonly token: string;
}

export interface ClusterReport extends TrafficReport {
  /** CPU milliseconds of the generator's process. */
  readonly cpuMillis: number;
}

export type ClusterAnswer = { readonly answer: ClusterAddress | ClusterReport | null } | { readonly failed: string };

/** The generator in a process of its own: does what the parent orders, and ends with it. */
function main(): void {
  let generator: Awaited<ReturnType<typeof createClusterGenerator>> | undefined;
  let since = process.cpuUsage();

  const obey = async (order: ClusterOrder): Promise<ClusterAddress | ClusterReport | null> => {
    if (order.order === 'open') {
      generator = await createClusterGenerator(order.shape);
      const { server, ca, token } = generator;
      return { server, ca, token };
    }
    if (generator === undefined) throw new Error(`${order.order} before open`);
    switch (order.order) {
      case 'clock':
        generator.setClock(order.offset);
        return null;
      case 'forget':
        generator.forgetTraffic();
        since = process.cpuUsage();
        return null;
      case 'report': {
        const { user, system } = process.cpuUsage(since);
        return { ...generator.traffic(), cpuMillis: (user + system) / 1_000 };
      }
    }
  };

  process.on('message', (order: ClusterOrder) => {
    obey(order).then(
      (answer) => process.send?.({ answer } satisfies ClusterAnswer),
      (error: unknown) => process.send?.({ failed: String(error) } satisfies ClusterAnswer),
    );
  });
  process.on('disconnect', () => process.exit(0));
}

if (process.send !== undefined && process.argv[1] === import.meta.filename) main();
