/** How a value is made where it is not simply the metric's own; NaN where what it is made of is absent. */
export interface ValueReading {
  /** True if 0 says that there is none (limits and requests): such values are left out. */
  readonly zeroIsAbsent?: boolean;
  /** `of ÷ by` or `of + by`, by keys of the catalog; `ratio-to-node` takes `by` from the row's node. */
  readonly made?: {
    readonly how: 'ratio' | 'ratio-to-node' | 'sum';
    readonly of: string;
    readonly by: string;
  };
}
