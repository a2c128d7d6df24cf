// hot path: bench "decode"

const FIRST_LENGTH = 1_024;

/** A map from small numbers to small numbers that is emptied at no cost. */
export class Marks {
  #serial = 0;
  #serials = new Int32Array(FIRST_LENGTH);
  #values = new Int32Array(FIRST_LENGTH);

  /** Forgets everything. */
  begin(): void {
    this.#serial++;
  }

  /** Notes `value` for `id`. False if there was one since `begin`: it stays. */
  add(id: number, value: number): boolean {
    if (id >= this.#serials.length) this.#grow(id);
    if (this.#serials[id] === this.#serial) return false;
    this.#serials[id] = this.#serial;
    this.#values[id] = value;
    return true;
  }

  /** The value of `id`; -1 if none was noted since `begin`. */
  get(id: number): number {
    return id >= 0 && id < this.#serials.length && this.#serials[id] === this.#serial ? this.#values[id]! : -1;
  }

  #grow(id: number): void {
    const length = Math.max(this.#serials.length * 2, id + 1);
    const serials = new Int32Array(length);
    const values = new Int32Array(length);
    serials.set(this.#serials);
    values.set(this.#values);
    this.#serials = serials;
    this.#values = values;
  }
}
