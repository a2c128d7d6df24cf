/** How a value is said to Cloud Monitoring, in one of Heapster's resource models. */
export interface SeriesRule {
  /** Metric type behind the prefix: `container/cpu/usage_time`. */
  readonly name: string;
  readonly kind: 'gauge' | 'cumulative';
  readonly valueType: 'int64' | 'double';
  /** UCUM. */
  readonly unit: string;
  /** Value sent = value of the catalog × `scale`. */
  readonly scale: number;
  /** Since when a cumulative value counts: since the entity's start, or since its creation (restarts of a container). */
  readonly since?: 'created';
  /** Fixed metric labels. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Own labels of the value under another key: `resource_id` → `device_name`. */
  readonly rename?: Readonly<Record<string, string>>;
  /**
   * The value sent is the rest when the metric of this key is taken away: memory in use without the working set. Where the
   * row does not have that other value, the whole is sent under `undivided` in place of `labels`.
   */
  readonly minus?: { readonly key: string; readonly undivided: Readonly<Record<string, string>> };
}
