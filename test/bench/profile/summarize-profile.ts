import type { HeapProfiler, Profiler } from 'node:inspector';
import { fileURLToPath } from 'node:url';

/** A share of a profile: of its CPU time, or of the bytes that were allocated. */
export interface ProfileShare {
  readonly name: string;
  readonly share: number;
}

export interface ProfileSummary {
  readonly files: readonly ProfileShare[];
  readonly functions: readonly ProfileShare[];
}

interface Frame {
  readonly functionName: string;
  readonly url: string;
}

/** Self time by file and by function, largest first; the idle time is no part of the whole. */
export function summarizeCpu(profile: Profiler.Profile, root: string): ProfileSummary {
  const frames = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
  const tally = createTally(root);
  for (const [index, id] of (profile.samples ?? []).entries()) {
    const frame = frames.get(id);
    if (frame === undefined || frame.functionName === '(idle)') continue;
    tally.add(frame, profile.timeDeltas?.[index] ?? 0);
  }
  return tally.summary();
}

/** Bytes allocated by file and by function, largest first. */
export function summarizeAllocations(profile: HeapProfiler.SamplingHeapProfile, root: string): ProfileSummary {
  const tally = createTally(root);
  const visit = (node: HeapProfiler.SamplingHeapProfileNode): void => {
    tally.add(node.callFrame, node.selfSize);
    node.children.forEach(visit);
  };
  visit(profile.head);
  return tally.summary();
}

function createTally(root: string): { add(frame: Frame, weight: number): void; summary(): ProfileSummary } {
  const files = new Map<string, number>();
  const functions = new Map<string, number>();
  let total = 0;
  const shares = (of: ReadonlyMap<string, number>): readonly ProfileShare[] =>
    [...of]
      .map(([name, weight]) => ({ name, share: total === 0 ? 0 : weight / total }))
      .toSorted((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1));
  return {
    add(frame, weight) {
      const file = fileOf(frame, root);
      const name = `${frame.functionName === '' ? '(anonymous)' : frame.functionName} ${file}`;
      files.set(file, (files.get(file) ?? 0) + weight);
      functions.set(name, (functions.get(name) ?? 0) + weight);
      total += weight;
    },
    summary: () => ({ files: shares(files), functions: shares(functions) }),
  };
}

/** Our files by their path in the repository, packages by their name, the engine's own parts by theirs. */
function fileOf({ functionName, url }: Frame, root: string): string {
  if (url === '') return functionName.startsWith('(') ? functionName : '(engine)';
  if (!url.startsWith('file:')) return url;
  const path = fileURLToPath(url);
  const inRoot = path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
  const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(inRoot) ?? [];
  return name ?? inRoot;
}
