import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planShards, rememberGone, retiredShards, settlePlan } from '../../../shared/fanout/plan.ts';
import type { ShardPlan } from '../../../shared/fanout/shard-plan.ts';
import { parseShardPlan } from '../../../shared/fanout/shard-plan.ts';

const nodes = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `node-${String(i).padStart(3, '0')}`);
const allAnswered = (plan: ShardPlan): ShardPlan => settlePlan(plan, new Set(plan.shards.map((shard) => shard.name)));
const shardOf = (plan: ShardPlan, node: string) => plan.shards.find((shard) => shard.nodes.includes(node));

describe('planShards', () => {
  it('fills shards up to the size', () => {
    const plan = planShards(nodes(250), undefined, 100);

    expect(plan.shards.map((shard) => shard.nodes.length)).toEqual([100, 100, 50]);
  });

  it('gives every node a shard of its own at size 1', () => {
    const plan = planShards(nodes(5), undefined, 1);

    expect(plan.shards.map((shard) => shard.nodes)).toEqual(nodes(5).map((node) => [node]));
  });

  it('leaves nodes where they are when others come and go', () => {
    const first = allAnswered(planShards(nodes(10), undefined, 4));

    const second = planShards([...nodes(10).filter((node) => node !== 'node-001'), 'new'], first, 4);

    const moved = nodes(10).filter((n) => n !== 'node-001' && shardOf(first, n)?.name !== shardOf(second, n)?.name);
    expect(moved).toEqual([]);
    expect(shardOf(second, 'new')?.inherit).toEqual([]);
  });

  it('inherits the counters of nodes that move when the size changes', () => {
    const first = allAnswered(planShards(nodes(8), undefined, 8));

    const second = planShards(nodes(8), first, 4);

    expect(second.shards.map((shard) => shard.inherit)).toEqual([[], ['s0']]);
  });

  it('keeps inheriting until the shard has answered', () => {
    const first = allAnswered(planShards(nodes(8), undefined, 8));
    const second = planShards(nodes(8), first, 4);

    const third = planShards(nodes(8), settlePlan(second, new Set(['s0'])), 4);

    expect(third.shards.map((shard) => shard.inherit)).toEqual([[], ['s0']]);
    expect(allAnswered(third).shards.map((shard) => shard.inherit)).toEqual([[], []]);
  });

  it('remembers a node that is gone for an hour, and gives it its counters when it returns', () => {
    const T0 = Date.UTC(2026, 0, 1);
    const first = allAnswered(planShards(nodes(6), undefined, 2));
    const less = nodes(6).filter((node) => node !== 'node-005' && node !== 'node-004');

    const second = allAnswered(rememberGone(planShards(less, first, 2), first, T0));
    const third = allAnswered(rememberGone(planShards(less, second, 2), second, T0 + 60_000));
    const back = rememberGone(planShards([...less, 'node-004'], third, 3), third, T0 + 120_000);
    const later = rememberGone(planShards(less, third, 2), third, T0 + 3_600_001);

    expect(third.gone).toEqual([
      { name: 'node-004', shard: 's2', since: T0 },
      { name: 'node-005', shard: 's2', since: T0 },
    ]);
    expect(retiredShards(first, second)).toEqual([]);
    expect(shardOf(back, 'node-004')?.inherit).toContain('s2');
    expect(back.gone?.map(({ name }) => name)).toEqual(['node-005']);
    expect(later.gone).toBeUndefined();
    expect(retiredShards(third, later)).toEqual(['s2']);
  });

  it('names the shards that nobody needs any more', () => {
    const many = allAnswered(planShards(nodes(8), undefined, 2));
    const few = planShards(nodes(8), many, 8);

    expect(retiredShards(many, few)).toEqual([]);
    expect(retiredShards(few, planShards(nodes(8), allAnswered(few), 8))).toEqual(['s1', 's2', 's3']);
  });

  it('places every node once, within the size, and can find the counters of every node it had before', () => {
    const names = fc.uniqueArray(
      fc.integer({ min: 0, max: 60 }).map((n) => `n${n}`),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(names, fc.integer({ min: 1, max: 9 }), fc.boolean()), { maxLength: 5 }),
        (steps) => {
          let plan: ShardPlan | undefined;
          const holder = new Map<string, string>();
          for (const [list, size, answered] of steps) {
            plan = planShards(list, plan, size);
            expect(plan.shards.flatMap((shard) => shard.nodes).sort()).toEqual([...list].sort());
            for (const shard of plan.shards) {
              expect(shard.nodes.length).toBeLessThanOrEqual(size);
              for (const node of shard.nodes) {
                const at = holder.get(node);
                if (at !== undefined) expect([shard.name, ...shard.inherit]).toContain(at);
              }
            }
            for (const node of holder.keys()) if (!list.includes(node)) holder.delete(node);
            if (answered) {
              for (const shard of plan.shards) for (const node of shard.nodes) holder.set(node, shard.name);
              plan = allAnswered(plan);
            }
          }
        },
      ),
    );
  });
});

describe('parseShardPlan', () => {
  it('reads what was written and refuses anything else', () => {
    const plan = planShards(nodes(3), undefined, 2);

    expect(parseShardPlan(Buffer.from(JSON.stringify(plan)))).toEqual(plan);
    expect(parseShardPlan(Buffer.from('{"version":2}'))).toBeUndefined();
    expect(parseShardPlan(Buffer.from('{"vers'))).toBeUndefined();
  });
});
