// hot path: bench "decode"
import type { Walk } from './decode-walk.ts';
import { countFault, type FaultName } from './faults.ts';
import { parseKubeletTime } from './kubelet-time.ts';
import type { WireContainer, WireCpu } from './wire.ts';

/** The parts of a pod or container that decide which of two is the living one. */
type Dated = Pick<WireContainer, 'startTime' | 'cpu'>;

/** A time for comparing only: what is no time is before all times. */
function timeOf(value: unknown): number {
  const at = typeof value === 'string' ? parseKubeletTime(value) : Number.NaN;
  return Number.isNaN(at) ? Number.NEGATIVE_INFINITY : at;
}

function cpuTimeOf(item: Dated): number {
  const cpu = item.cpu;
  return timeOf(typeof cpu === 'object' && cpu !== null ? (cpu as WireCpu).time : undefined);
}

/** Whether `later`, listed after `earlier`, replaces it: younger start, else newer CPU sample, else the later-listed. */
function replaces(later: Dated, earlier: Dated): boolean {
  const start = timeOf(later.startTime) - timeOf(earlier.startTime);
  if (start > 0 || start < 0) return start > 0;
  return !(cpuTimeOf(later) < cpuTimeOf(earlier));
}

/**
 * Which entries of a list lose against another of the same key (1 = loses), each counted as `fault`; undefined if none does.
 * Heapster's rule (kubernetes/heapster#1168): a kubelet may list a container twice while it is replaced.
 * `keyOf` gives undefined for an entry that has no identity; such an entry neither wins nor loses.
 */
export function markDuplicates(
  walk: Walk,
  list: readonly unknown[],
  keyOf: (item: unknown) => string | undefined,
  fault: FaultName,
): Uint8Array | undefined {
  if (list.length < 2) return undefined;
  if (list.length === 2 && keyOf(list[0]) !== keyOf(list[1])) return undefined;
  const seen = walk.seen;
  seen.clear();
  let losers: Uint8Array | undefined;
  for (let i = 0; i < list.length; i++) {
    const key = keyOf(list[i]);
    if (key === undefined) continue;
    const before = seen.get(key);
    if (before === undefined) {
      seen.set(key, i);
      continue;
    }
    losers ??= new Uint8Array(list.length);
    countFault(walk.faults, fault);
    if (replaces(list[i] as Dated, list[before] as Dated)) {
      losers[before] = 1;
      seen.set(key, i);
    } else {
      losers[i] = 1;
    }
  }
  return losers;
}
