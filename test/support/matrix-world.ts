import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificate, type ServerCertificate } from '../../functions/local/demo/certificate.ts';
import { startDemoCluster } from '../../functions/local/demo/demo-cluster.ts';
import { renderKubeconfig } from '../../functions/local/demo/kubeconfig.ts';
import { localPlatform } from '../../functions/local/platform.ts';
import { createRuntime } from '../../shared/app/runtime.ts';
import { runTick } from '../../shared/app/tick.ts';
import type { TickReport } from '../../shared/app/tick-report.ts';
import type { Config } from '../../shared/config/config.ts';
import { setAlarm } from '../../shared/core/clock.ts';
import { MINUTE, SECOND } from '../../shared/core/units.ts';
import { createMemoryStore } from '../../shared/state/memory.ts';
import { type FaultProxy, startFaultProxy } from '../sim/fault-proxy.ts';
import { createPatientClock, type PatientClock } from './patient-clock.ts';

/** Time of a whole tick: the platform kills what is longer. */
const TICK_SECONDS = 5;

/** Timeouts as a deployment would have them, in tenths of seconds instead of tens. */
const SCALED: Partial<Config> = { sinkExportDataTimeout: 300, scrapeTimeout: 1_000, nodeTimeout: 300 };

/** Two clusters, the first behind a proxy, and one warm collector of both. Minutes pass as fast as ticks do. */
export interface MatrixWorld extends AsyncDisposable {
  /** In front of the first cluster's API server. */
  readonly api: FaultProxy;
  readonly clock: PatientClock;
  /** The reports of both clusters. Throws if the tick is not back when its time is over. */
  tick(): Promise<readonly [sick: TickReport, well: TickReport]>;
}

let certificates: Promise<ServerCertificate> | undefined;

export async function startMatrixWorld(
  env: (clock: PatientClock) => Readonly<Record<string, string>>,
): Promise<MatrixWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'heapless-matrix-'));
  const clock = createPatientClock((Math.floor(Date.now() / MINUTE) + 1) * MINUTE + SECOND);
  certificates ??= createCertificate();
  const [one, two, certificate] = await Promise.all([
    startDemoCluster({ nodes: 3, podsPerNode: 2, clock }),
    startDemoCluster({ nodes: 1, podsPerNode: 2, clock }),
    certificates,
  ]);
  const api = await startFaultProxy({ target: one.url, ca: one.ca, certificate });
  const files = { one: join(folder, 'one'), two: join(folder, 'two') };
  await writeFile(files.one, renderKubeconfig({ url: api.url, ca: certificate.ca, token: one.token }));
  await writeFile(files.two, two.kubeconfig());
  const source = (name: 'one' | 'two'): string =>
    `kubernetes.summary_api:?inClusterConfig=false&cluster_name=${name}&auth=${encodeURIComponent(files[name])}`;
  const runtime = await createRuntime({
    env: {
      HEAPLESS_SOURCE: `${source('one')} ${source('two')}`,
      HEAPLESS_STATE: 'memory:',
      HEAPLESS_LOG_LEVEL: 'error',
      ...env(clock),
    },
    platform: { ...localPlatform({ write: () => undefined, writeLog: () => undefined }), clock },
  });
  // The memory of the store has the clock of this world, so that its leases are those of its minutes.
  const store = runtime.store.shown === 'memory:' ? createMemoryStore('memory:', clock) : runtime.store;
  const scaled = { ...runtime, store, config: { ...runtime.config, ...SCALED } };
  let stamp = 0;
  return {
    api,
    clock,
    async tick() {
      if (stamp !== 0) clock.pass(Math.max(0, stamp + MINUTE + SECOND - clock.now()));
      stamp = Math.floor(clock.now() / MINUTE) * MINUTE;
      const { promise: killed, reject } = Promise.withResolvers<never>();
      const spare = setAlarm(clock, TICK_SECONDS * SECOND, () => reject(new Error('the platform killed the tick')));
      const endBy = clock.now() + TICK_SECONDS * SECOND;
      try {
        const results = await Promise.race([runTick(scaled, { scheduledTime: clock.now(), endBy }), killed]);
        const [sick, well] = results.map(({ report }) => report);
        if (sick === undefined || well === undefined) throw new Error('two clusters have two reports');
        return [sick, well];
      } finally {
        spare();
      }
    },
    async [Symbol.asyncDispose]() {
      await runtime.close();
      await Promise.all([api[Symbol.asyncDispose](), one.close(), two.close()]);
      clock[Symbol.dispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
