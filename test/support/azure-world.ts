import { startDemoCluster } from '../../functions/local/demo/demo-cluster.ts';
import type { DemoCluster } from '../../functions/local/demo/demo-types.ts';
import type { TickReport } from '../../shared/app/tick-report.ts';
import { type Clock, systemClock } from '../../shared/core/clock.ts';
import { MINUTE, SECOND } from '../../shared/core/units.ts';
import { type OtlpServer, startOtlpServer } from '../sim/otlp-server.ts';
import { type AzureApp, type AzureStack, startAzureStack, type TimerRun } from './azure-stack.ts';

/** A demo cluster, Azure around it, and a backend: minutes pass as fast as their ticks do. */
export interface AzureWorld extends AsyncDisposable {
  readonly cluster: DemoCluster;
  readonly stack: AzureStack;
  readonly backend: OtlpServer;
  /** The time of the world, which is ahead of the machine's. */
  readonly clock: Clock;
  /** An app in this world's time. */
  startApp(settings?: Readonly<Record<string, string>>): Promise<AzureApp>;
  /** Moves everybody into the next minute and lets the app's timer come. */
  nextMinute(app: AzureApp): Promise<TimerRun>;
}

/** Starts it: the kubeconfig is in the vault, the backend speaks OTLP. */
export async function startAzureWorld(
  size: { readonly nodes: number; readonly podsPerNode: number },
  settings: Readonly<Record<string, string>>,
): Promise<AzureWorld> {
  let ahead = 0;
  const clock: Clock = { now: () => Date.now() + ahead, sleep: systemClock.sleep };
  const cluster = await startDemoCluster({ ...size, clock });
  const backend = await startOtlpServer();
  const stack = await startAzureStack({
    secrets: { kubeconfig: cluster.kubeconfig() },
    settings: {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference as it is written
      HEAPLESS_SOURCE: 'kubernetes.summary_api:?inClusterConfig=false&auth=${secret:kubeconfig}',
      HEAPLESS_SINK: `otlp:${backend.url}/v1/metrics`,
      HEAPLESS_CLUSTER_NAME: 'demo',
      ...settings,
    },
  });
  return {
    cluster,
    stack,
    backend,
    clock,
    startApp: (more = {}) => stack.startApp({ ...more, HOST_AHEAD: String(ahead) }),
    async nextMinute(app) {
      ahead += MINUTE - (clock.now() % MINUTE) + SECOND / 4;
      await app.setClock({ ahead });
      return await app.fire();
    },
    async [Symbol.asyncDispose]() {
      await stack[Symbol.asyncDispose]();
      await backend[Symbol.asyncDispose]();
      await cluster.close();
    },
  };
}

/** The report of a run that must have one. */
export function reportOf({ result, error }: TimerRun): TickReport {
  const [report] = result ?? [];
  if (report === undefined) throw new Error(`the run has no report: ${error}`);
  return report;
}
