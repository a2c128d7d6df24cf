/** Rows by a list of key values, found by one map look-up a value and without making a string. */
export interface KeyTree {
  /** The row of these values; `create` makes it if there is none. `values` is read only during the call. */
  row(values: readonly string[], create: () => number): number;
}

interface Branch {
  readonly branches: Map<string, Branch>;
  readonly rows: Map<string, number>;
}

function createBranch(): Branch {
  return { branches: new Map(), rows: new Map() };
}

/** A class, so that its methods outlive a shard: code that was compiled against a closure dies with it. */
class Tree implements KeyTree {
  readonly #root = createBranch();
  // Pods of one node come together: by its labels it is the row of the last one.
  #latest: readonly string[] = [];
  #latestRow = -1;

  row(values: readonly string[], create: () => number): number {
    if (this.#latestRow >= 0 && isSame(this.#latest, values)) return this.#latestRow;
    this.#latestRow = this.#find(values, create);
    this.#latest = [...values];
    return this.#latestRow;
  }

  #find(values: readonly string[], create: () => number): number {
    let branch = this.#root;
    const last = values.length - 1;
    for (let i = 0; i < last; i++) {
      const value = values[i]!;
      let next = branch.branches.get(value);
      if (next === undefined) {
        next = createBranch();
        branch.branches.set(value, next);
      }
      branch = next;
    }
    const value = values[last] ?? '';
    const known = branch.rows.get(value);
    if (known !== undefined) return known;
    const row = create();
    branch.rows.set(value, row);
    return row;
  }
}

export function createKeyTree(): KeyTree {
  return new Tree();
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return one.length === other.length;
}
