import type { Job, JobName, JobOrder, Measure, OpenJob, StepTime } from './job.ts';
import { peakRssBytes } from './peak-rss.ts';

/** Loaded one by one, so that the floor's memory has nothing of the product in it. */
const JOBS: Readonly<Record<JobName, () => Promise<{ readonly openJob: OpenJob }>>> = {
  floor: () => import('./jobs/floor.ts'),
  tick: () => import('./jobs/tick.ts'),
  sharded: () => import('./jobs/sharded.ts'),
  parse: () => import('./jobs/parse.ts'),
  decode: () => import('./jobs/decode.ts'),
  rates: () => import('./jobs/rates.ts'),
  totals: () => import('./jobs/totals.ts'),
  pods: () => import('./jobs/pods.ts'),
};

/** One job in a process of its own: nobody else's garbage is in its figures. Ends with its parent. */
let job: Job | undefined;

async function obey(order: JobOrder): Promise<Measure | null> {
  if (order.order === 'open') {
    const { openJob } = await JOBS[order.job]();
    job = await openJob(order.settings);
    return null;
  }
  if (job === undefined) throw new Error('step before open');
  await job.prepare?.(order.time);
  globalThis.gc?.();
  if (order.profileTo !== undefined) return await profileStep(job, order.time, order.profileTo);
  return await measureStep(job, order.time);
}

async function measureStep(work: Job, time: StepTime): Promise<Measure> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const seen = await work.run(time);
  const wallMillis = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { cpuMillis: (user + system) / 1_000, wallMillis, peakRssBytes: peakRssBytes(), seen };
}

async function profileStep(work: Job, time: StepTime, folder: string): Promise<Measure> {
  const { recordProfiles } = await import('./profile/record-profiles.ts');
  return await recordProfiles(folder, () => measureStep(work, time));
}

process.on('message', (order: JobOrder) => {
  obey(order).then(
    (answer) => process.send?.({ answer }),
    (error: unknown) =>
      process.send?.({ failed: error instanceof Error ? (error.stack ?? error.message) : `${error}` }),
  );
});
process.on('disconnect', () => {
  Promise.resolve(job?.close()).finally(() => process.exit(0));
});
