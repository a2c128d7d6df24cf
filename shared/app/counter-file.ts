import { describeError } from '../core/errors.ts';
import { freeMemory } from '../core/free-memory.ts';
import { HOUR } from '../core/units.ts';
import type { ShardRequest } from '../fanout/invoker.ts';
import { decodeCounters, encodeCounters, type NodeCounters } from '../state/counters.ts';
import type { ObjectStore, PutCondition } from '../state/object-store.ts';

/** Samples older than this are dropped: a rate over so long a gap says nothing. */
const MAX_AGE = HOUR;

/** The saved counters of one shard, and of the shards that it inherits nodes from. */
export interface CounterFile {
  /** Reads what was saved. Trouble is a warning: rates then start anew, nothing else is lost. */
  load(signal: AbortSignal): Promise<readonly string[]>;
  /** The saved samples of a node; undefined if there are none. */
  of(node: string): NodeCounters | undefined;
  /**
   * Saves the counters of the nodes that answered, and keeps those of nodes of this shard that did not or are gone. Writes only if
   * nobody else wrote since `load`: a run that overlaps cannot put older samples over newer ones. Nothing of what was loaded may be
   * read afterwards.
   */
  save(
    answered: ReadonlyMap<string, NodeCounters>,
    tick: Pick<ShardRequest, 'nodes' | 'gone' | 'timestamp'>,
    signal: AbortSignal,
  ): Promise<readonly string[]>;
}

export function counterKey(cluster: string, shard: string): string {
  return `counters/${encodeURIComponent(cluster)}/${shard}`;
}

export function createCounterFile(
  store: ObjectStore,
  options: { readonly cluster: string; readonly shard: string; readonly inherit: readonly string[] },
): CounterFile {
  const saved = new Map<string, NodeCounters>();
  /** What the columns of `saved` lie in. */
  const loaded: Buffer[] = [];
  let condition: PutCondition = { if: 'absent' };

  async function read(shard: string, signal: AbortSignal): Promise<readonly string[]> {
    const key = counterKey(options.cluster, shard);
    try {
      const object = await store.get(key, signal);
      if (object === undefined) return [];
      if (shard === options.shard) condition = { if: 'version', version: object.version };
      const decoded = decodeCounters(object.body);
      if (decoded.status === 'unreadable') {
        await store.put(key.replace(/^counters/, 'counters-set-aside'), object.body, { if: 'any' }, signal);
        return [`saved counters ${key} set aside: ${decoded.reason}; rates start anew`];
      }
      loaded.push(object.body);
      for (const node of decoded.nodes) {
        const known = saved.get(node.node);
        if (known === undefined || known.stamp < node.stamp) saved.set(node.node, node);
      }
      return [];
    } catch (error) {
      return [`saved counters ${key} could not be read: ${describeError(error)}; rates start anew`];
    }
  }

  return {
    async load(signal) {
      const warnings = await Promise.all([options.shard, ...options.inherit].map((shard) => read(shard, signal)));
      return warnings.flat();
    },
    of: (node) => saved.get(node),
    async save(answered, { nodes, gone = [], timestamp }, signal) {
      const kept = [...nodes, ...gone]
        .map(({ name }) => answered.get(name) ?? saved.get(name))
        .filter((node) => node !== undefined)
        .filter((node) => timestamp - node.stamp <= MAX_AGE);
      const key = counterKey(options.cluster, options.shard);
      try {
        const body = encodeCounters(kept);
        for (const bytes of loaded.splice(0)) freeMemory(bytes);
        saved.clear();
        const outcome = await store.put(key, body, condition, signal);
        freeMemory(body);
        return outcome.status === 'stored' ? [] : [`counters ${key} not saved: another run wrote them in the meantime`];
      } catch (error) {
        return [`counters ${key} not saved: ${describeError(error)}; the next rates span two ticks`];
      }
    },
  };
}
