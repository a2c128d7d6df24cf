/** Strings by id; id 0 is "absent". Readers only look up. */
export interface StringTable {
  readonly size: number;
  /** The string of an id; undefined for 0 (absent). */
  get(id: number): string | undefined;
}

/** A growing set of strings, each with a small id that starts at 1. */
export interface StringInterner extends StringTable {
  /** The id of a string; 0 for undefined. */
  intern(text: string | undefined): number;
}

export function createStringInterner(): StringInterner {
  const ids = new Map<string, number>();
  const strings: (string | undefined)[] = [undefined];
  return {
    get size() {
      return strings.length;
    },
    get: (id) => strings[id],
    intern(text) {
      if (text === undefined) return 0;
      const known = ids.get(text);
      if (known !== undefined) return known;
      const id = strings.length;
      ids.set(text, id);
      strings.push(text);
      return id;
    },
  };
}
