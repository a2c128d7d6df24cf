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

export function createKeyTree(): KeyTree {
  const root = createBranch();
  const find = (values: readonly string[], create: () => number): number => {
    let branch = root;
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
  };
  // Pods of one node come together: by its labels it is the row of the last one.
  let latest: readonly string[] | undefined;
  let latestRow = 0;
  return {
    row(values, create) {
      if (latest !== undefined && isSame(latest, values)) return latestRow;
      latestRow = find(values, create);
      latest = [...values];
      return latestRow;
    },
  };
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return one.length === other.length;
}
