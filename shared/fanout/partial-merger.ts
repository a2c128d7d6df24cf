import { freeMemory } from '../core/free-memory.ts';
import { type MergedPartial, mergePartials } from './merge.ts';
import type { Partial, PartialTable } from './partial.ts';

/** So many partials are added at once: each addition sorts the rows of all. */
const AT_ONCE = 8;

/**
 * Adds partials up while they come, so that no more than some of them are held; what comes of them is what `mergePartials` would
 * make of all, to the bit: they are added in the order of their shards' names, however they come.
 */
export class PartialMerger {
  readonly #order: readonly string[];
  /** What has come and is not added, by shard; undefined = it has nothing. */
  readonly #come = new Map<string, Partial | undefined>();
  /** How many shards of the order are added. */
  #added = 0;
  #merged: MergedPartial | undefined;

  /** `shards` are the names of all that may come. */
  constructor(shards: readonly string[]) {
    this.#order = [...shards].sort();
  }

  /**
   * Takes what a shard of this tick gave, once; undefined = nothing. Its tables belong to the merger: when they are added, their
   * memory is given back.
   */
  take(shard: string, partial: Partial | undefined): void {
    this.#come.set(shard, partial);
    let ready = this.#added;
    while (ready < this.#order.length && this.#come.has(this.#order[ready] ?? '')) ready++;
    if (ready - this.#added >= AT_ONCE) this.#addUntil(ready);
  }

  /** All that has come, as one. Nothing may come after it. */
  merged(): MergedPartial {
    this.#addUntil(this.#order.length);
    return this.#merged ?? mergePartials([]);
  }

  #addUntil(end: number): void {
    const next: Partial[] = this.#merged === undefined ? [] : [this.#merged];
    for (; this.#added < end; this.#added++) {
      const shard = this.#order[this.#added] ?? '';
      const partial = this.#come.get(shard);
      this.#come.delete(shard);
      if (partial !== undefined) next.push(partial);
    }
    this.#merged = mergePartials(next);
    for (const { cluster, namespace, workload, group } of next) {
      [cluster, namespace, workload, group].forEach(freeTable);
    }
  }
}

function freeTable({ metrics }: PartialTable): void {
  for (const { sum, count, min, max } of Object.values(metrics)) {
    for (const column of [sum, count, min, max]) if (ArrayBuffer.isView(column)) freeMemory(column);
  }
}
