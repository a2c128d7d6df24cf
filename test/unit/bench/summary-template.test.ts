import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../shared/config/parse-config.ts';
import { valueAt } from '../../../shared/core/batch.ts';
import { metricId } from '../../../shared/core/metrics.ts';
import { decodePod } from '../../../shared/kube/decode-objects.ts';
import { createPodIndex, podOfRow } from '../../../shared/processors/pod-index.ts';
import { digestPod } from '../../../shared/processors/pod-meta.ts';
import type { NodeCounters } from '../../../shared/state/counters.ts';
import { createBodies } from '../../bench/bodies.ts';
import { USUAL_SHAPE } from '../../bench/cluster-shape.ts';
import { createBuilder, decodeAll, rateAll } from '../../bench/fold.ts';

const SHAPE = { ...USUAL_SHAPE, nodes: 3 };
const MINUTE = 60_000;

describe('the generated Summary', () => {
  it('decodes without a fault: one node, its system containers, pods, containers and volumes', () => {
    const bodies = createBodies(SHAPE);
    const builder = createBuilder(0);

    decodeAll(builder, bodies.nodes, bodies.render(0), Date.now());

    const { tables } = builder.build();
    const rows = Object.fromEntries(Object.entries(tables).map(([level, table]) => [level, table.rows]));
    expect(rows).toEqual({ node: 3, sys_container: 9, pod: 90, pod_container: 180, volume: 120 });
  });

  it('has the size of a real one with 30 pods of 2 containers: 190 to 205 kB', () => {
    const [body] = createBodies(SHAPE).render(0);

    expect(body?.length).toBeGreaterThan(190_000);
    expect(body?.length).toBeLessThan(205_000);
  });

  it('moves: a minute later every row has rates, and they are those it was made with', () => {
    const bodies = createBodies(SHAPE);
    const saved: NodeCounters[] = [];
    const first = createBuilder(0);
    rateAll(first, decodeAll(first, bodies.nodes, bodies.render(0), Date.now()), saved);
    const second = createBuilder(MINUTE);

    const computed = rateAll(
      second,
      decodeAll(second, bodies.nodes, bodies.render(MINUTE), Date.now() + MINUTE),
      saved,
    );

    const { pod, node } = second.build().tables;
    expect(computed).toBeGreaterThan(3 * 90);
    if (pod === undefined || node === undefined) throw new Error('no rows');
    expect(valueAt(node, metricId('cpu/usage_rate'), 0)).toBeCloseTo(90, 6);
    expect(valueAt(pod, metricId('cpu/usage_rate'), 0)).toBeCloseTo(20, 6);
  });

  it('has the pods that the pod list has', () => {
    const bodies = createBodies(SHAPE);
    const { config } = parseConfig({ env: {} });
    const builder = createBuilder(0);
    const [rows] = decodeAll(builder, bodies.nodes, bodies.render(0), Date.now());
    const pods = bodies
      .pods(0)
      .flatMap((text) => digestPod(decodePod(JSON.parse(text) as unknown), config.labels) ?? []);
    const index = createPodIndex(pods);

    const found = Array.from({ length: 30 }, (_, pod) => podOfRow(builder, index, (rows?.pods.from ?? 0) + pod));

    expect(found.map((pod) => pod?.traits.containers.length)).toEqual(Array.from({ length: 30 }, () => 2));
  });
});
