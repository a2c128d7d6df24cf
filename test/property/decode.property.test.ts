import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countBatchPoints, type MetricBatch } from '../../shared/core/batch.ts';
import { MetricBatchBuilder } from '../../shared/core/batch-builder.ts';
import type { DecodeResult } from '../../shared/sources/source.ts';
import { decodeSummary } from '../../shared/sources/summary-api/decode-summary.ts';
import { dumpBatch } from '../support/dump-batch.ts';

const DATA = join(import.meta.dirname, '..', 'data', 'summary');
const CAPTURES = [
  'newrelic-minikube-k8s1.34-psi-busy.json',
  'eks-windows-2023-t0.json',
  'datadog-gke-2019-udm-nulls.json',
];
const DOCUMENTS = CAPTURES.map((file) => readFileSync(join(DATA, file), 'utf8'));

interface Node {
  readonly node: { readonly nodeName: string; readonly cpu: { readonly time: string } };
}

function decode(
  body: string | Buffer,
  name: string,
  now: number,
): { readonly result: DecodeResult; readonly batch: MetricBatch } {
  const builder = new MetricBatchBuilder({ timestamp: now, resolution: 60_000, cluster: undefined });
  const result = decodeSummary(Buffer.from(body), { name, hostname: name, hostId: '' }, builder, { now });
  return { result, batch: builder.build() };
}

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    'x',
    -1,
    1e300,
    2 ** 64,
    [],
    {},
    [null],
    '0001-01-01T00:00:00Z',
    'not a time',
  ),
  fc.double(),
  fc.string(),
);

/** Replaces, deletes or doubles something at a random place. */
function mutate(value: unknown, path: readonly number[], replacement: unknown): unknown {
  const [first = 0, ...rest] = path;
  if (path.length === 0 || value === null || typeof value !== 'object') return replacement;
  if (Array.isArray(value)) {
    if (value.length === 0) return [replacement];
    const at = first % value.length;
    const changed = mutate(value[at], rest, replacement);
    return first % 5 === 0 ? [...value, value[at]] : value.map((item, index) => (index === at ? changed : item));
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return replacement;
  const at = first % entries.length;
  if (first % 7 === 0) return Object.fromEntries(entries.filter((_, index) => index !== at));
  return Object.fromEntries(
    entries.map(([key, item], index) => [key, index === at ? mutate(item, rest, replacement) : item]),
  );
}

describe('decodeSummary', () => {
  it('never throws and never yields a negative or infinite value, whatever is wrong with a document', () => {
    const places = fc.array(fc.nat(200), { minLength: 1, maxLength: 8 });
    const changes = fc.array(fc.tuple(places, odd), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.nat(DOCUMENTS.length - 1), changes, (which, list) => {
        const text = DOCUMENTS[which]!;
        const { node } = JSON.parse(text) as Node;
        const mutated = list.reduce<unknown>((value, [path, item]) => mutate(value, path, item), JSON.parse(text));
        const { batch } = decode(JSON.stringify(mutated), node.nodeName, Date.parse(node.cpu.time));
        for (const table of Object.values(batch.tables)) {
          const values = [...table.columns.flatMap((column) => [...(column ?? [])]), ...table.sparse.value];
          for (const value of values) expect(Number.isNaN(value) || (value >= 0 && Number.isFinite(value))).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('leaves nothing behind of a document that it refuses', () => {
    const { node } = JSON.parse(DOCUMENTS[0]!) as Node;
    const now = Date.parse(node.cpu.time);
    fc.assert(
      fc.property(fc.nat(DOCUMENTS[0]!.length - 2), (length) => {
        const { result, batch } = decode(DOCUMENTS[0]!.slice(0, length), node.nodeName, now);
        expect(result.status).toBe('failed');
        expect(countBatchPoints(batch)).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  it('does not depend on the order of pods', () => {
    const document = JSON.parse(DOCUMENTS[0]!) as Node & { readonly pods: readonly unknown[] };
    const { nodeName, cpu } = document.node;
    const now = Date.parse(cpu.time);
    const sorted = (text: string): string =>
      dumpBatch(decode(text, nodeName, now).batch)
        .split('\n')
        .sort()
        .join('\n');

    expect(sorted(JSON.stringify({ ...document, pods: document.pods.toReversed() }))).toBe(sorted(DOCUMENTS[0]!));
  });

  it.each([
    ['nothing', '', 'not_json'],
    ['HTML', '<html></html>', 'not_json'],
    ['a list', '[]', 'invalid'],
    ['null', 'null', 'invalid'],
    ['an object that is no Summary', '{"kind":"Status"}', 'invalid'],
    ['another node', '{"node":{"nodeName":"other"}}', 'invalid'],
    ['deep nesting', `{"node":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, 'invalid'],
  ])('refuses %s by its reason', (_, body, reason) => {
    expect(decode(body, 'n', 0).result).toMatchObject({ status: 'failed', reason });
  });

  it('refuses a node whose clock is impossibly far from ours', () => {
    const { node } = JSON.parse(DOCUMENTS[0]!) as Node;
    const result = decode(DOCUMENTS[0]!, node.nodeName, Date.parse(node.cpu.time) - 86_400_000).result;

    expect(result).toMatchObject({ status: 'failed', reason: 'clock_skew' });
  });
});
