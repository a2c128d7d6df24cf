import type { MetricBatch, MetricTable, OwnLabels } from '../../core/batch.ts';
import type { MetricDescriptor } from '../../core/metrics.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { Constant } from './constant.ts';
import type { LineRequestRules } from './line-request.ts';

/** A line in constants: `head`, the row's bytes, `first`, a value; `next` and a value for each other one; `end`. */
export interface LineConstants {
  readonly head: Constant;
  readonly first: Constant;
  readonly next: Constant;
  /** Behind a value that others follow. */
  readonly behind: Constant;
  /** Behind the last value. */
  readonly end: Constant;
}

/** What is the same for all values of a metric (with the same own labels) in a table: made once, written often. */
export interface LinePart {
  /** Dense parts of the same group share a line; undefined = a line of its own. */
  readonly group: string | undefined;
  /** Which form of the row's bytes it goes with (`RowLabels.variantOf`). */
  readonly variant: number;
  /** Most bytes of its share of a line, the number included, the row's bytes not. */
  readonly room: number;
  /** Value in the line = value of the catalog × scale. */
  readonly scale: number;
  /** True if the value is written as an integer: it is rounded, and must fit 64 bits. */
  readonly whole: boolean;
  /** Undefined if the format's writer writes the line. */
  readonly constants?: LineConstants;
}

/** Writes lines that are more than constants and numbers. Nothing in it allocates per value. */
export interface LineWriter<Part extends LinePart> {
  /** Writes what stands before the values of a line. `first` is the first part that has a value. */
  begin(out: ByteWriter, first: Part, row: Uint8Array): void;
  value(out: ByteWriter, part: Part, value: number, index: number): void;
  /** Writes what stands behind the values, the line's end included. */
  end(out: ByteWriter, first: Part, row: Uint8Array): void;
}

/** A format for the rows of one table. */
export interface TableFormat<Part extends LinePart> {
  /** How the format says a metric; `own` are labels beside the metric's fixed ones. Undefined if it has no word for it. */
  part(metric: MetricDescriptor, own: OwnLabels): Part | undefined;
  /** Writes what the lines of a row share. */
  row(out: ByteWriter, row: number, variant: number): void;
  /** Undefined if all parts have constants. */
  readonly writer?: LineWriter<Part>;
}

/** A text format of lines with one value, or several of one row. */
export interface LineFormat<Part extends LinePart> {
  readonly rules: LineRequestRules;
  /** The table's rows in this format. */
  open(batch: MetricBatch, table: MetricTable): TableFormat<Part>;
  /** Why `part` has no word for a metric. */
  reason(metric: MetricDescriptor): string;
}
