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
  /** Forgets how to find strings, not the strings: a batch that waits for its sinks is only read. Who interns again pays for it. */
  seal(): void;
}

/** A class, so that its methods outlive a batch: code that was compiled against a closure dies with it. */
class InternedStrings implements StringInterner {
  #ids: Map<string, number> | undefined = new Map<string, number>();
  readonly #strings: (string | undefined)[] = [undefined];

  get size(): number {
    return this.#strings.length;
  }

  get(id: number): string | undefined {
    return this.#strings[id];
  }

  intern(text: string | undefined): number {
    if (text === undefined) return 0;
    const ids = this.#ids ?? this.#unseal();
    const known = ids.get(text);
    if (known !== undefined) return known;
    const id = this.#strings.length;
    ids.set(text, id);
    this.#strings.push(text);
    return id;
  }

  seal(): void {
    this.#ids = undefined;
  }

  #unseal(): Map<string, number> {
    const ids = new Map<string, number>();
    for (const [id, text] of this.#strings.entries()) if (text !== undefined) ids.set(text, id);
    this.#ids = ids;
    return ids;
  }
}

export function createStringInterner(): StringInterner {
  return new InternedStrings();
}
