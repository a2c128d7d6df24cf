// hot path: bench "sinks"
import { anyBatch } from '../../core/any-batch.ts';
import type { MetricBatch, MetricTable, OwnLabels } from '../../core/batch.ts';
import { keepShape } from '../../core/keep-shape.ts';
import { LEVELS } from '../../core/level.ts';
import type { BufferPool } from '../buffer-pool.ts';
import type { EncodeRejection, SinkLimits } from '../sink.ts';
import { ByteWriter } from './byte-writer.ts';
import { LineChunk } from './encode-chunk.ts';
import { type DensePart, type LinePlan, OUT_OF_INT64, planLines, SPANS } from './encode-line-plan.ts';
import { createRowIndex } from './encode-row-index.ts';
import type { LineFormat, LinePart, LineWriter, TableFormat } from './line-format.ts';
import type { LineRequest } from './line-request.ts';

const NOT_FINITE = 'a value that is not a finite number is not sent';
const NOT_INT64 = 'a whole number of more than 64 bits is not sent';
const NO_LABELS: OwnLabels = [];
const NO_BYTES = new Uint8Array(0);
const TOO_LARGE = 'a line larger than the backend takes is not sent';

type Reject = (rejection: EncodeRejection) => void;

/** Parts that share a line. */
interface Group<Part> {
  readonly members: readonly DensePart<Part>[];
  readonly variant: number;
  readonly room: number;
}

/**
 * The batch as requests of lines, each within the limits, in the order of levels, rows and metrics. What the rows' lines
 * share is written once per row and copied.
 */
export function* encodeLines<Part extends LinePart>(
  batch: MetricBatch,
  format: LineFormat<Part>,
  limits: SinkLimits,
  reject: Reject,
  pool?: BufferPool,
): Generator<LineRequest> {
  keepShape(TableEncoder, () => anyEncoder(format, limits));
  const chunk = new LineChunk(limits, format.rules, pool);
  for (const level of LEVELS) {
    const table = batch.tables[level];
    if (table === undefined) continue;
    const encoder = new TableEncoder(batch, table, format, chunk, reject);
    for (let row = 0; row < table.rows; row++) {
      encoder.row(row);
      if (chunk.full.length > 0) yield* chunk.full.splice(0);
    }
  }
  chunk.flush();
  yield* chunk.full;
}

/** An encoder of no use. */
function anyEncoder<Part extends LinePart>(format: LineFormat<Part>, limits: SinkLimits): TableEncoder<Part> {
  const batch = anyBatch();
  const table = batch.tables.pod;
  if (table === undefined) throw new RangeError('a batch without its table');
  return new TableEncoder(batch, table, format, new LineChunk(limits, format.rules), () => {});
}

class TableEncoder<Part extends LinePart> {
  readonly #batch: MetricBatch;
  readonly #table: MetricTable;
  readonly #format: LineFormat<Part>;
  readonly #rows: TableFormat<Part>;
  readonly #chunk: LineChunk;
  readonly #reject: Reject;
  readonly #groups: readonly Group<Part>[];
  /** Undefined if the lines of groups are not planned. */
  readonly #plan: LinePlan | undefined;
  readonly #sparseAt: (row: number) => Int32Array;
  readonly #sparseParts = new Map<number, Part | undefined>();
  readonly #scratch = new ByteWriter();
  readonly #views: (Uint8Array | undefined)[] = [];

  constructor(batch: MetricBatch, table: MetricTable, format: LineFormat<Part>, chunk: LineChunk, reject: Reject) {
    this.#batch = batch;
    this.#table = table;
    this.#format = format;
    this.#rows = format.open(batch, table);
    this.#chunk = chunk;
    this.#reject = reject;
    this.#groups = this.#group();
    this.#plan = planLines(this.#groups.flatMap(({ members }) => members));
    this.#sparseAt = createRowIndex(table);
  }

  row(row: number): void {
    this.#scratch.at = 0;
    for (let at = 0; at < this.#views.length; at++) this.#views[at] = undefined;
    if (this.#plan !== undefined) this.#planned(row, this.#plan);
    else for (const group of this.#groups) this.#line(row, group);
    const { sparse } = this.#table;
    if (sparse.length === 0) return;
    for (const at of this.#sparseAt(row)) {
      const metric = sparse.metric[at]!;
      const own = sparse.own[at]!;
      const part = this.#sparsePart(metric, own);
      if (part === undefined) this.#reject({ points: 1, reason: this.#reason(metric) });
      else this.#single(row, part, sparse.value[at]!);
    }
  }

  /** The lines of all dense metrics that are there. */
  #planned(row: number, plan: LinePlan): void {
    const { columns, scales, wholes, bounds, variants, rooms, spans, words } = plan;
    const chunk = this.#chunk;
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index]!;
      const given = column[row]!;
      if (Number.isNaN(given)) continue;
      const scale = scales[index]!;
      const isWhole = wholes[index] === 1;
      if (!(Math.abs(given * scale) < bounds[index]!) && this.#isRefused(given * scale, isWhole)) continue;
      const shared = this.#shared(row, variants[index]!);
      const out = chunk.open(rooms[index]! + shared.length);
      const at = SPANS * index;
      out.words(words, spans[at]!, spans[at + 1]!);
      out.at -= spans[at + 2]!;
      out.bytes(shared);
      out.words(words, spans[at + 3]!, spans[at + 4]!);
      out.at -= spans[at + 5]!;
      out.number(column, row, scale, isWhole);
      out.words(words, spans[at + 6]!, spans[at + 7]!);
      out.at -= spans[at + 8]!;
      if (!chunk.close(1)) this.#reject({ points: 1, reason: TOO_LARGE });
    }
  }

  /** The line of a group of dense metrics, if one of them is there. */
  #line(row: number, group: Group<Part>): void {
    const { members } = group;
    let count = 0;
    let first: Part | undefined;
    let last: Part | undefined;
    let shared: Uint8Array = NO_BYTES;
    let out = this.#scratch;
    for (let at = 0; at < members.length; at++) {
      const { part, column } = members[at]!;
      const given = column[row]!;
      if (Number.isNaN(given)) continue;
      const value = this.#number(given, part);
      if (Number.isNaN(value)) continue;
      if (first === undefined) {
        first = part;
        shared = this.#shared(row, group.variant);
        out = this.#chunk.open(group.room + shared.length);
        this.#begin(out, part, shared);
      } else if (last?.constants !== undefined && part.constants !== undefined) {
        out.constant(last.constants.behind);
        out.constant(part.constants.next);
      }
      this.#value(out, part, value, count++);
      last = part;
    }
    if (first === undefined || last === undefined) return;
    if (last.constants === undefined) this.#written.end(out, first, shared);
    else out.constant(last.constants.end);
    if (!this.#chunk.close(count)) this.#reject({ points: count, reason: TOO_LARGE });
  }

  #single(row: number, part: Part, given: number): void {
    const value = this.#number(given, part);
    if (Number.isNaN(value)) return;
    const shared = this.#shared(row, part.variant);
    const out = this.#chunk.open(part.room + shared.length);
    this.#begin(out, part, shared);
    this.#value(out, part, value, 0);
    if (part.constants === undefined) this.#written.end(out, part, shared);
    else out.constant(part.constants.end);
    if (!this.#chunk.close(1)) this.#reject({ points: 1, reason: TOO_LARGE });
  }

  #begin(out: ByteWriter, part: Part, shared: Uint8Array): void {
    const { constants } = part;
    if (constants === undefined) {
      this.#written.begin(out, part, shared);
      return;
    }
    out.constant(constants.head);
    out.bytes(shared);
    out.constant(constants.first);
  }

  #value(out: ByteWriter, part: Part, value: number, index: number): void {
    if (part.constants === undefined) this.#written.value(out, part, value, index);
    else if (part.whole) out.whole(value);
    else out.double(value);
  }

  get #written(): LineWriter<Part> {
    const { writer } = this.#rows;
    if (writer === undefined) throw new RangeError('a format of lines has neither constants nor a writer');
    return writer;
  }

  /** The number to write, NaN for none; what cannot be written is rejected here. */
  #number(given: number, part: Part): number {
    const scaled = given * part.scale;
    const value = part.whole ? Math.round(scaled) : scaled;
    return Number.isNaN(given) || this.#isRefused(value, part.whole) ? Number.NaN : value;
  }

  /** True if a number cannot be written: then it is rejected. */
  #isRefused(value: number, isWhole: boolean): boolean {
    const inRange = !isWhole || (value < OUT_OF_INT64 && value >= -OUT_OF_INT64);
    if (Number.isFinite(value) && inRange) return false;
    this.#reject({ points: 1, reason: Number.isFinite(value) ? NOT_INT64 : NOT_FINITE });
    return true;
  }

  /** What the lines of a row share; written when the first line needs it. */
  #shared(row: number, variant: number): Uint8Array {
    const known = this.#views[variant];
    if (known !== undefined) return known;
    const from = this.#scratch.at;
    this.#rows.row(this.#scratch, row, variant);
    const view = this.#scratch.view(from);
    this.#views[variant] = view;
    return view;
  }

  #group(): readonly Group<Part>[] {
    const groups = new Map<string, DensePart<Part>[]>();
    for (const metric of this.#batch.metrics) {
      const column = this.#table.columns[metric.id];
      if (column === undefined) continue;
      const part = this.#rows.part(metric, NO_LABELS);
      if (part === undefined) {
        const points = column.reduce((sum, value) => (Number.isNaN(value) ? sum : sum + 1), 0);
        if (points > 0) this.#reject({ points, reason: this.#reason(metric.id) });
        continue;
      }
      const key = part.group ?? `\0${metric.id}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [{ part, column }]);
      else group.push({ part, column });
    }
    return [...groups.values()].map((members) => ({
      members,
      variant: members[0]!.part.variant,
      room: members.reduce((sum, { part }) => sum + part.room, 0),
    }));
  }

  #sparsePart(metric: number, own: number): Part | undefined {
    const key = metric * this.#batch.ownLabels.length + own;
    if (!this.#sparseParts.has(key)) {
      const part = this.#rows.part(this.#batch.metrics[metric]!, this.#batch.ownLabels[own]!);
      this.#sparseParts.set(key, part);
    }
    return this.#sparseParts.get(key);
  }

  #reason(metric: number): string {
    return this.#format.reason(this.#batch.metrics[metric]!);
  }
}
