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

/** A class, so that its methods outlive a batch: code that was compiled against a closure dies with it. */
class InternedStrings implements StringInterner {
  readonly #ids = new Map<string, number>();
  readonly #strings: (string | undefined)[] = [undefined];

  get size(): number {
    return this.#strings.length;
  }

  get(id: number): string | undefined {
    return this.#strings[id];
  }

  intern(text: string | undefined): number {
    if (text === undefined) return 0;
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#strings.length;
    this.#ids.set(text, id);
    this.#strings.push(text);
    return id;
  }
}

export function createStringInterner(): StringInterner {
  return new InternedStrings();
}
