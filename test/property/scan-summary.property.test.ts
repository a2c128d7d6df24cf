import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MetricBatchBuilder } from '../../shared/core/batch-builder.ts';
import { decodeParsed } from '../../shared/sources/summary-api/decode-summary.ts';
import { createSummaryScanner, type SummaryScanner } from '../../shared/sources/summary-api/scan/scan-summary.ts';
import { dumpRows } from '../support/dump-rows.ts';
import { editBytes, editText } from '../support/summary-edits.ts';

/** Cases of all properties together. More of them by `HEAPLESS_FUZZ_RUNS`. */
const RUNS = Number(process.env['HEAPLESS_FUZZ_RUNS'] ?? 10_000);
const DATA = join(import.meta.dirname, '..', 'data', 'summary');
/** Pods and list entries of the documents that are changed: small documents, many changes. */
const KEPT = 2;

interface Summary {
  readonly node: {
    readonly nodeName: string;
    readonly startTime?: string;
    readonly cpu?: { readonly time?: string };
  };
}

interface Sample {
  readonly file: string;
  readonly text: string;
  readonly name: string;
  readonly now: number;
}

/** A document with at most `KEPT` entries in each list, its keys turned around if so asked. */
function reduced(value: unknown, isTurned: boolean): unknown {
  if (Array.isArray(value)) return value.slice(0, KEPT).map((item) => reduced(item, isTurned));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, reduced(item, isTurned)] as const);
  return Object.fromEntries(isTurned ? entries.toReversed() : entries);
}

const WHOLE: readonly Sample[] = readdirSync(DATA)
  .filter((file) => file.endsWith('.json'))
  .map((file) => {
    const text = readFileSync(join(DATA, file), 'utf8');
    const { node } = JSON.parse(text) as Summary;
    const at = Date.parse(node.cpu?.time ?? node.startTime ?? '');
    return { file, text, name: node.nodeName, now: at + 5_000 };
  });

const SMALL: readonly Sample[] = WHOLE.flatMap((sample) =>
  [false, true].flatMap((isTurned) => {
    const document = reduced(JSON.parse(sample.text), isTurned);
    return [0, 1, '\t'].map((indent) => ({ ...sample, text: JSON.stringify(document, null, indent) }));
  }),
);

/** One for all cases, so that what it learned of broken documents is tried on the next ones. */
const SCANNER = createSummaryScanner();

/** Scans a document and checks that the other decoder finds the same in it. True if it was scanned. */
function agrees(body: Buffer, { name, now }: Sample, scanner: SummaryScanner = SCANNER): boolean {
  const node = { name, hostname: `${name}.local`, hostId: '' };
  const [scanned, parsed] = [1, 2].map(
    () => new MetricBatchBuilder({ timestamp: now, resolution: 60_000, cluster: undefined }),
  ) as [MetricBatchBuilder, MetricBatchBuilder];
  const rows = scanner.scan(body, node, scanned, { now });
  if (rows === undefined) {
    expect(scanned.build().tables).toEqual({});
    return false;
  }
  expect(decodeParsed(body, node, parsed, { now })).toEqual({ status: 'ok', rows, faults: {} });
  expect(dumpRows(scanned.build())).toBe(dumpRows(parsed.build()));
  return true;
}

const edit = fc.record({ kind: fc.nat(1_000), at: fc.nat(1_000_000), choice: fc.nat(1_000_000) });
const sample = fc.constantFrom(...SMALL);

describe('the scanner of summaries', () => {
  it('agrees with JSON.parse on every capture, cold and warm, and reads those without oddities', () => {
    const scanner = createSummaryScanner();

    const left = WHOLE.filter((one) => {
      const first = agrees(Buffer.from(one.text), one, scanner);
      expect(agrees(Buffer.from(one.text), one, scanner)).toBe(first);
      return !first;
    });

    expect(left.map(({ file }) => file)).toEqual([
      'beats-gke-2017-k8s1.6-trimmed.json',
      'metrics-server-kind-k8s1.17-cpu-and-memory-only.json',
      'newrelic-minikube-k8s1.16-no-pod-network.json',
      'splunk-unit-single-pod-2018.json',
      'telegraf-2016-two-pods.json',
      'utilitywarehouse-eks-pvcref-min-node.json',
    ]);
  });

  it('agrees with JSON.parse whatever stands where in a document', () => {
    let scans = 0;
    fc.assert(
      fc.property(sample, fc.array(edit, { minLength: 1, maxLength: 2 }), (one, edits) => {
        if (agrees(editText(one.text, edits), one)) scans++;
      }),
      { numRuns: Math.ceil(RUNS * 0.7) },
    );
    expect(scans).toBeGreaterThan(RUNS * 0.05);
  });

  it('agrees with JSON.parse whatever becomes of single bytes', () => {
    let scans = 0;
    fc.assert(
      fc.property(sample, fc.array(edit, { minLength: 1, maxLength: 2 }), (one, edits) => {
        if (agrees(editBytes(Buffer.from(one.text), edits), one)) scans++;
      }),
      { numRuns: Math.ceil(RUNS * 0.3) },
    );
    expect(scans).toBeGreaterThan(RUNS * 0.02);
  });

  it('agrees with JSON.parse on identities, networks and claims of every kind', () => {
    const time = fc.constantFrom('2026-01-13T18:40:14Z', '2026-01-13T18:40:10Z', '0001-01-01T00:00:00Z');
    const traffic = {
      rxBytes: fc.constantFrom(0, 1_000, 1_010, 1_200, 5_000),
      rxErrors: fc.nat(1),
      txBytes: fc.constantFrom(0, 1_000, 1_010, 1_200),
      txErrors: fc.nat(1),
    };
    const some = { requiredKeys: [] };
    const list = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(item, { maxLength: 4, size: 'max' });
    const name = fc.constantFrom('eth0', 'eth1', 'ens5', 'docker0', 'veth1');
    const network = fc.record(
      {
        time,
        name: fc.constantFrom('', 'eth0', 'veth1'),
        ...traffic,
        interfaces: fc.uniqueArray(fc.record({ name, ...traffic }, { requiredKeys: ['name'] }), {
          maxLength: 4,
          selector: (item) => item.name,
        }),
      },
      some,
    );
    const text = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'runtime', 'docker-daemon', 'misc');
    const container = fc.record({ name: text, startTime: time }, { requiredKeys: ['name'] });
    const claim = fc.record({ name: text, namespace: text }, some);
    const volume = fc.record({ name: text, pvcRef: claim, usedBytes: fc.nat(9) }, { requiredKeys: ['name'] });
    const podRef = fc.record(
      { name: text, namespace: text, uid: text },
      { requiredKeys: ['name', 'namespace', 'uid'] },
    );
    const pod = fc.record({ podRef, network, containers: list(container), volume: list(volume) }, some);
    const node = fc.record(
      { nodeName: fc.constant('n'), network, systemContainers: list(container), startTime: time },
      { requiredKeys: ['nodeName'] },
    );
    const one = { file: '', text: '', name: 'n', now: Date.parse('2026-01-13T18:40:20Z') };
    let scans = 0;
    fc.assert(
      fc.property(fc.record({ node, pods: list(pod) }), (document) => {
        if (agrees(Buffer.from(JSON.stringify(document)), one)) scans++;
      }),
      { numRuns: Math.ceil(RUNS * 0.3) },
    );
    expect(scans).toBeGreaterThan(RUNS * 0.02);
  });

  it('agrees with JSON.parse on numbers of every form', () => {
    const digits = fc.stringMatching(/^\d{1,20}$/);
    const text = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.tuple(fc.nat(2 ** 31 - 1), fc.nat(99)).map(([whole, part]) => `${whole}.${part}`),
      fc.maxSafeNat().map(String),
      fc.tuple(fc.maxSafeNat(), fc.nat(999)).map(([whole, part]) => `${whole}.${part}`),
      fc.bigInt({ min: 0n, max: 2n ** 64n }).map(String),
      fc.tuple(digits, digits).map(([whole, part]) => `${whole}.${part}`),
      fc.tuple(digits, fc.integer({ min: -30, max: 30 })).map(([whole, power]) => `${whole}e${power}`),
      digits,
    );
    const one = { file: '', text: '', name: 'n', now: 0 };
    let scans = 0;
    fc.assert(
      fc.property(text, text, (first, second) => {
        const cpu = `{"usageNanoCores":${first},"usageCoreNanoSeconds":${second}}`;
        const padding = `"padding":"so that the numbers are far from the end of the document"`;
        if (agrees(Buffer.from(`{"node":{"nodeName":"n","cpu":${cpu}},${padding}}`), one)) scans++;
      }),
      { numRuns: Math.ceil(RUNS * 0.3) },
    );
    expect(scans).toBeGreaterThan(RUNS * 0.01);
  });
});
