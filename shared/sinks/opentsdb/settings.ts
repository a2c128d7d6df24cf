import type { Dialect } from '../../dialects/dialect.ts';

/** What the encoder needs of the options. */
export interface OpentsdbSettings {
  readonly dialect: Dialect;
  /** Value of the tag `cluster`; undefined = the batch's. */
  readonly cluster: string | undefined;
  /** Label keys that are tags; `*` = all. */
  readonly tags: ReadonlySet<string>;
  /** Most tags of a point. */
  readonly maxTags: number;
  /** Bytes of a request. */
  readonly maxBytes: number;
}
