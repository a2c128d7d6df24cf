import { deepEqual, equal, ok } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { MetricBatch } from '../../shared/core/batch.ts';
import { MetricBatchBuilder } from '../../shared/core/batch-builder.ts';
import { decodeParsed, decodeSummary } from '../../shared/sources/summary-api/decode-summary.ts';
import { createSummaryScanner } from '../../shared/sources/summary-api/scan/scan-summary.ts';
import { dumpRows } from '../support/dump-rows.ts';
import { editText } from '../support/summary-edits.ts';
import { byteChanges, changeBytes } from './byte-changes.ts';
import { type FuzzSuite, property, together } from './suite.ts';

const DATA = join(import.meta.dirname, '..', 'data', 'summary');
/** Entries that are left in each list: small documents, many changes. */
const KEPT = 2;

interface Capture {
  readonly text: string;
  readonly name: string;
  readonly now: number;
}

function cut(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, KEPT).map(cut);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cut(item)]));
}

const CAPTURES: readonly Capture[] = readdirSync(DATA)
  .filter((file) => file.endsWith('.json'))
  .map((file) => {
    const document = JSON.parse(readFileSync(join(DATA, file), 'utf8')) as {
      readonly node: {
        readonly nodeName: string;
        readonly startTime?: string;
        readonly cpu?: { readonly time?: string };
      };
    };
    const { nodeName, cpu, startTime } = document.node;
    return {
      text: JSON.stringify(cut(document)),
      name: nodeName,
      now: Date.parse(cpu?.time ?? startTime ?? '') + 5_000,
    };
  });

/** One for all inputs, so that what it learned of broken documents is tried on the next ones. */
const SCANNER = createSummaryScanner();

const newBuilder = (now: number): MetricBatchBuilder =>
  new MetricBatchBuilder({ timestamp: now, resolution: 60_000, cluster: undefined });

/** No value that a kubelet cannot have. */
function checkValues(batch: MetricBatch): void {
  for (const table of Object.values(batch.tables)) {
    for (const column of [...table.columns, table.sparse.value]) {
      for (const value of column ?? [])
        ok(Number.isNaN(value) || (value >= 0 && Number.isFinite(value)), String(value));
    }
  }
}

function check(body: Buffer, { name, now }: Capture): void {
  const node = { name, hostname: `${name}.local`, hostId: '' };
  const decoded = newBuilder(now);
  const result = decodeSummary(body, node, decoded, { now });
  ok(result.status === 'ok' || result.message.length > 0);
  checkValues(decoded.build());
  const scanned = newBuilder(now);
  const rows = SCANNER.scan(body, node, scanned, { now });
  if (rows === undefined) {
    deepEqual(scanned.build().tables, {});
    return;
  }
  const parsed = newBuilder(now);
  deepEqual(decodeParsed(body, node, parsed, { now }), { status: 'ok', rows, faults: {} });
  equal(dumpRows(scanned.build()), dumpRows(parsed.build()));
}

const capture = fc.constantFrom(...CAPTURES);
const edits = fc.array(fc.record({ kind: fc.nat(1_000), at: fc.nat(1_000_000), choice: fc.nat(1_000_000) }), {
  minLength: 1,
  maxLength: 3,
});

/** Summaries of real kubelets with changed tokens and bytes: the scanner finds what the path over JSON.parse finds. */
export const summary: FuzzSuite = {
  name: 'summary',
  share: 0.4,
  run: together(
    property(fc.tuple(capture, edits), ([one, list]) => check(editText(one.text, list), one)),
    property(fc.tuple(capture, byteChanges), ([one, list]) => check(changeBytes(Buffer.from(one.text), list), one)),
  ),
};
