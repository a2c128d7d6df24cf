import type { Level } from '../core/level.ts';
import type { MetricDescriptor } from '../core/metrics.ts';
import type { Millis } from '../core/units.ts';
import type { ValueReading } from '../core/value-reading.ts';

/** A parsed `KEY:REST` of `--source` or `--sink`; the grammar is Heapster's (shared/config/uri.ts). */
export interface ComponentUri {
  /** Text before the first colon, e.g. `kubernetes.summary_api`. */
  readonly key: string;
  /** Scheme of the rest, lower-case, or empty. */
  readonly scheme: string;
  /** Host with port, or empty. */
  readonly host: string;
  /** User and password before the host, decoded; undefined if there are none. */
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Path, or the opaque part (`host:2878` has scheme `host` and opaque `2878`); `''` (two quotes) counts as empty. */
  readonly path: string;
  /** Options in their order; each value decoded and expanded. */
  readonly options: ReadonlyMap<string, readonly string[]>;
  /** Options with a value from the environment or a secret: not repeated in problems, whatever their name. */
  readonly hidden?: ReadonlySet<string>;
  /** Where `${secret:NAME}` still stands: `user`, `password`, `path`, `option NAME`. Filled by `resolveSecrets`. */
  readonly secretParts?: ReadonlySet<string>;
  /** The text as it may be shown: secrets replaced by `***`. */
  readonly shown: string;
}

/** One part of `HEAPLESS_GROUP_BY`: pods with the same values of these keys make one row. */
export interface GroupKey {
  readonly kind: 'namespace' | 'node' | 'workload' | 'label' | 'node-label';
  /** Name of the label for `label` and `node-label`, else the kind. It is the key of the row's label. */
  readonly name: string;
}

export interface Grouping {
  /** The part as the user wrote it, white space removed: value of the row's label `grouping`. */
  readonly text: string;
  readonly keys: readonly GroupKey[];
}

/** What `--ignore-label`, `--store-label` and `--label-separator` say. */
export interface LabelSettings {
  readonly separator: string;
  /** Kubernetes labels that do not go into the joined `labels`. */
  readonly ignored: ReadonlySet<string>;
  /** Kubernetes label → key of the row's label. */
  readonly stored: ReadonlyMap<string, string>;
}

/** Everything Heapless was told, checked. Made once at start by `parseConfig`; nothing else reads the environment. */
export interface Config {
  readonly sources: readonly ComponentUri[];
  readonly sinks: readonly ComponentUri[];
  /** `--metric-resolution`: interval between ticks; at least 5 s. Default 60 s. */
  readonly metricResolution: Millis;
  /** `--sink-export-data-timeout`: all exporting of a tick ends this long after it began. Default 20 s. */
  readonly sinkExportDataTimeout: Millis;
  readonly labels: LabelSettings;
  readonly groupings: readonly Grouping[];
  /** Most rows a grouping may have; the rest is folded into `(other)`. */
  readonly groupLimit: number;
  /** Name of the cluster in labels and dimensions; undefined if not set. */
  readonly clusterName: string | undefined;
  /** State store URI: `memory:`, `file:DIR`, `s3://bucket/prefix`. */
  readonly state: ComponentUri;
  /** Most nodes in one scrape invocation; 1 is valid. */
  readonly shardSize: number;
  /** Most scrape invocations at once. */
  readonly shardConcurrency: number;
  /** Most requests in flight at the API server per scrape invocation. */
  readonly maxInFlight: number;
  /** Longest time for one node's answer. */
  readonly nodeTimeout: Millis;
  /** Longest time for all scraping of a tick. Heapster's is 20 s. */
  readonly scrapeTimeout: Millis;
  /** Largest summary that is read, in bytes. */
  readonly maxSummaryBytes: number;
  readonly backlog: BacklogSettings;
  /** Totals of which less was measured (0..1) are flagged or held back. 0 = never. */
  readonly minCompleteness: number;
  readonly incomplete: 'flag' | 'hold';
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug';
}

/** What is kept for a sink that does not take points in time. */
export interface BacklogSettings {
  /** Oldest points that are kept; 0 = no backlog. */
  readonly maxAge: Millis;
  /** Most bytes that are kept for a sink and a shard; 0 = no backlog. */
  readonly maxBytes: number;
  /** Keys of the sinks whose requests are stored before they are sent. */
  readonly ahead: readonly string[];
}

/** Options that every sink has (`levels=`, `metrics=`, `namespaces=`, `labels=`, `max_series=`), parsed. */
export interface SinkSelection {
  readonly levels: readonly Level[];
  /** Globs on metric names; a leading `!` excludes. */
  readonly metrics: readonly string[];
  /** Globs on namespaces; a leading `!` excludes. Rows that are in no namespace stay. Undefined = all. */
  readonly namespaces?: readonly string[] | undefined;
  /** `KEY=GLOB` on a row's labels; a leading `!` excludes. Rows without the label stay. Undefined = all. */
  readonly labels?: readonly string[] | undefined;
  /** Most series of one tick; levels that do not fit are left out whole, the least important first. Undefined = no bound. */
  readonly maxSeries?: number | undefined;
  /** False for what the sink (its dialect, its backend) has no word for. Undefined = everything. */
  readonly exports?: ((metric: MetricDescriptor, level: Level) => boolean) | undefined;
  /** How values are made that are not simply the metric's own. Undefined = all are. */
  readonly reading?: ((metric: MetricDescriptor, level: Level) => ValueReading | undefined) | undefined;
  /** Label that rows of a level must have to be exported. Undefined = none. */
  readonly needs?: ((level: Level) => string | undefined) | undefined;
}

/** Something worth saying once at start that does not stop it (an alias, an option without effect). */
export interface ConfigNotice {
  readonly where: string;
  readonly notice: string;
}
