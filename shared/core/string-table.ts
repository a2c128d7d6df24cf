/** Strings by id; id 0 is "absent". Readers only look up. */
export interface StringTable {
  readonly size: number;
  /** The string of an id; undefined for 0 (absent). */
  get(id: number): string | undefined;
}

/** A growing list of strings, each with a small id that starts at 1. */
export interface StringInterner extends StringTable {
  /** A new id for a string that hardly comes again: it is not looked for, now or later. So one string may have several ids. */
  add(text: string): number;
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

  add(text: string): number {
    return this.#strings.push(text) - 1;
  }

  intern(text: string | undefined): number {
    if (text === undefined) return 0;
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.add(text);
    this.#ids.set(text, id);
    return id;
  }
}

export function createStringInterner(): StringInterner {
  return new InternedStrings();
}
