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
  return {
    row(values, create) {
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
    },
  };
}
