/** Rows [from, to) of a table. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** Where one node's rows lie in a batch builder; each level's rows are contiguous. */
export interface NodeRows {
  /** Row of the node. */
  readonly node: number;
  readonly sysContainers: RowRange;
  readonly pods: RowRange;
  readonly containers: RowRange;
  readonly volumes: RowRange;
}

/** What the node list says of a node, as far as decoding needs it. */
export interface NodeIdentity {
  readonly name: string;
  readonly hostname: string;
  readonly hostId: string;
}

/** Oddities that cost a field or a row but not the node, by name: `bad_time`, `negative_value`, `duplicate_container` … */
export type DecodeFaults = Readonly<Record<string, number>>;

/** A decoded document: rows in the builder, or nothing at all in it and a reason. */
export type DecodeResult =
  | { readonly status: 'ok'; readonly rows: NodeRows; readonly faults: DecodeFaults }
  | { readonly status: 'failed'; readonly reason: 'not_json' | 'invalid' | 'clock_skew'; readonly message: string };
