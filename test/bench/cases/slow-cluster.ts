import type { BenchCase } from '../case.ts';
import { startCluster } from '../cluster.ts';
import { isHanging, USUAL_SHAPE } from '../cluster-shape.ts';
import { type Entry, runContest } from '../contest.ts';
import { type Figure, fromSpread } from '../figure.ts';
import { NO_EXPORT } from '../sinks.ts';
import { spreadOf } from '../statistics.ts';
import { checkWhole, isWarm } from './whole-tick.ts';

const NODE_TIMEOUT_MILLIS = 5_000;
const HANGING = 0.05;

/** Nodes that never answer cost their own deadline once, not the others' time. */
export const hanging: BenchCase = {
  name: 'hanging nodes',
  covers: ['deadline'],
  async run({ quick }) {
    const shape = { ...USUAL_SHAPE, nodes: quick ? 60 : 200 };
    await using clean = await startCluster(shape);
    await using sick = await startCluster({ ...shape, hanging: HANGING });
    const env = { HEAPLESS_SINK: NO_EXPORT, HEAPLESS_NODE_TIMEOUT: `${NODE_TIMEOUT_MILLIS}ms` };
    const entries = await runContest({
      shape,
      contestants: [
        { name: 'clean', job: 'tick', env, cluster: clean },
        { name: 'sick', job: 'tick', env, cluster: sick },
      ],
      warmups: 2,
      rounds: quick ? 2 : 3,
      isWarm,
    });
    const dead = Array.from({ length: shape.nodes }, (_, node) => node).filter((node) => isHanging(node, HANGING));
    for (const { seen } of measuresOf(entries.get('clean'))) checkWhole('clean', seen);
    for (const { seen } of measuresOf(entries.get('sick'))) {
      if (seen['answered'] !== shape.nodes - dead.length)
        throw new Error(`not all nodes that live answered: ${JSON.stringify(seen)}`);
    }
    const clear = spreadOf(wallsOf(entries.get('clean')));
    const slow = spreadOf(wallsOf(entries.get('sick')));
    const group = `${shape.nodes} nodes, ${dead.length} hanging`;
    return [
      { group, name: 'wall, none hanging', unit: 's', ...fromSpread(clear, 1_000) },
      {
        group,
        name: 'wall, hanging',
        unit: 's',
        ...fromSpread(slow, 1_000),
        must: (NODE_TIMEOUT_MILLIS + 1.2 * clear.median) / 1_000,
        note: `deadline of a node ${NODE_TIMEOUT_MILLIS / 1_000} s; bound = it + 1.2 × the clean wall`,
      },
    ] satisfies readonly Figure[];
  },
};

/** A cluster that is far away: the wall is latency by rounds of requests, not by requests. */
export const latency: BenchCase = {
  name: 'latency',
  covers: ['160 nodes at 30 ms'],
  async run({ quick }) {
    const shape = { ...USUAL_SHAPE, nodes: 160, latencyMillis: 30 };
    await using cluster = await startCluster(shape);
    const entries = await runContest({
      shape,
      cluster,
      contestants: [
        { name: 'floor', job: 'floor' },
        { name: 'tick', job: 'tick', env: { HEAPLESS_SINK: NO_EXPORT, HEAPLESS_MAX_IN_FLIGHT: '32' } },
      ],
      warmups: 3,
      rounds: quick ? 3 : 6,
      isWarm,
    });
    for (const { seen } of measuresOf(entries.get('tick'))) checkWhole('latency', seen);
    const group = '160 nodes, 30 ms latency, 32 in flight';
    return [
      { group, name: 'wall, floor', unit: 's', ...fromSpread(spreadOf(wallsOf(entries.get('floor'))), 1_000) },
      {
        group,
        name: 'wall, whole tick',
        unit: 's',
        ...fromSpread(spreadOf(wallsOf(entries.get('tick'))), 1_000),
        must: 1,
        reach: 0.5,
      },
    ] satisfies readonly Figure[];
  },
};

function measuresOf(entry: Entry | undefined): Entry['measures'] {
  return entry?.measures ?? [];
}

function wallsOf(entry: Entry | undefined): readonly number[] {
  return measuresOf(entry).map((measure) => measure.wallMillis);
}
