import { readFileSync } from 'node:fs';

/**
 * Largest resident set of this process so far, in bytes, since its program was loaded. `process.resourceUsage().maxRSS` of a child is never
 * below that of its parent on Linux, which counts what was there before the program was.
 */
export function peakRssBytes(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1_024;
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return Number(kilobytes ?? Number.NaN) * 1_024;
}
