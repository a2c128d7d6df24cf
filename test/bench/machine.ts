import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** Load of one minute above which figures are doubtful: somebody else works on this machine. */
const BUSY_PER_CORE = 0.5;

/** What the figures were measured on, without its name. */
export function describeMachine(): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  const model = cpus()[0]?.model.trim() || process.arch;
  return `${availableParallelism()} cores (${model}), ${memory} GiB, Node ${process.version}, ${process.platform}`;
}

/** The load of the last minute, and whether that is too much to trust wall times. */
export function machineLoad(): { readonly load: number; readonly isBusy: boolean } {
  const [load = 0] = loadavg();
  return { load, isBusy: load > BUSY_PER_CORE * availableParallelism() };
}
