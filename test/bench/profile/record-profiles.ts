import { mkdir, writeFile } from 'node:fs/promises';
import { type HeapProfiler, Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { getHeapSpaceStatistics } from 'node:v8';

/** Of the heap profile: one sample in so many bytes. */
const SAMPLE_BYTES = 65_536;
const SAMPLE_MICROS = 500;

/** What the process held after a step, and how much of it each function had allocated meanwhile, garbage included. */
export interface HeapSummary {
  readonly memory: NodeJS.MemoryUsage;
  /** Bytes in use by space. */
  readonly spaces: Readonly<Record<string, number>>;
  readonly allocated: HeapProfiler.SamplingHeapProfile;
}

export const CPU_FILE = 'step.cpuprofile';
export const HEAP_FILE = 'step.heap.json';

/** Runs `work` under V8's sampling profilers and leaves `CPU_FILE` and `HEAP_FILE` in `folder`. */
export async function recordProfiles<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_MICROS });
    await session.post('HeapProfiler.startSampling', {
      samplingInterval: SAMPLE_BYTES,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    });
    await session.post('Profiler.start');
    const result = await work();
    const { profile } = await session.post('Profiler.stop');
    const { profile: allocated } = await session.post('HeapProfiler.stopSampling');
    const spaces = Object.fromEntries(
      getHeapSpaceStatistics().map(({ space_name, space_used_size }) => [space_name, space_used_size]),
    );
    const summary: HeapSummary = { memory: process.memoryUsage(), spaces, allocated };
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, CPU_FILE), JSON.stringify(profile));
    await writeFile(join(folder, HEAP_FILE), JSON.stringify(summary));
    return result;
  } finally {
    session.disconnect();
  }
}
