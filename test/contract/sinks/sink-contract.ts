import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it, type TestContext, vi } from 'vitest';
import { parseUri } from '../../../shared/config/uri.ts';
import { countBatchPoints, type MetricBatch } from '../../../shared/core/batch.ts';
import { type Clock, systemClock } from '../../../shared/core/clock.ts';
import { createDeadline } from '../../../shared/core/deadline.ts';
import { METRICS, metricByKey } from '../../../shared/core/metrics.ts';
import { MINUTE, type Millis, SECOND } from '../../../shared/core/units.ts';
import { deliver, redeliver } from '../../../shared/delivery/deliver.ts';
import { createPacers } from '../../../shared/delivery/pacer.ts';
import type { SinkReport } from '../../../shared/delivery/report.ts';
import type { SinkQuota } from '../../../shared/sinks/quota.ts';
import { openSink } from '../../../shared/sinks/registry.ts';
import { selectBatch } from '../../../shared/sinks/selection.ts';
import type { EncodedRequest, EncodeRejection, Sink } from '../../../shared/sinks/sink.ts';
import { createRateLimit } from '../../sim/rate-limit.ts';
import { fingerprint, nodeBatch, nodeName, singleValueBatch, wholeCatalogBatch } from './contract-batch.ts';

/** What goes wrong at a backend, one request each. */
export type BackendFault =
  | 'throttled'
  | 'throttled for a second'
  | 'throttled for an hour'
  | 'unavailable'
  | 'forbidden'
  | 'hangs';

/** One value as the backend has it. */
export interface StoredValue {
  readonly metric: string;
  /** All labels or dimensions, as one text. */
  readonly series: string;
  readonly value: number;
}

/** The other end of a sink, real enough to refuse what the real one refuses. */
export interface SinkBackend extends AsyncDisposable {
  /** What follows `KEY:` in the URI (`http://127.0.0.1:1234`); none for sinks that take options alone. */
  readonly address?: string;
  /** Options that lead the sink to it. */
  readonly options: readonly string[];
  /** Resolves when all that was sent so far is stored; for transports without an answer. */
  settled?(): Promise<void>;
  /** Everything stored, in order; what was stored twice is here twice. */
  stored(): readonly StoredValue[];
  readonly openSockets: number;
  fail(...faults: readonly BackendFault[]): void;
  failAlways(fault: BackendFault): void;
  /** Refuses values of this series for good. */
  refuse(series: string): void;
}

/** A sink with what the suite must know of it. */
export interface SinkSubject {
  readonly title: string;
  readonly key: string;
  /** Options of every test, beside the backend's. */
  readonly options: readonly string[];
  readonly startBackend: () => Promise<SinkBackend>;
  /** The output text of a sink that writes to the terminal goes here. */
  readonly write?: (backend: SinkBackend, text: string) => void;
  /** Bytes of a request as they are compared and kept in the golden file. */
  readonly bytesOf: (request: never) => string;
  /** Size of a request's body before compression, measured without the sink; by default that of `bytesOf`. */
  readonly sizeOf?: (request: never) => number;
  /** Metrics of the catalog that are not exported, each with a reason. */
  readonly notExported: ReadonlyMap<number, string>;
  /** An option with a value that is wrong, and what the problem must say. */
  readonly illTyped: { readonly option: string; readonly says: RegExp };
  /** How a refusal of credentials names their source. */
  readonly credentialWords: RegExp;
  /** What the backend publishes of requests, points and bytes in a time; none if it says nothing. */
  readonly quota?: SinkQuota;
  /** Faults that a look at the backend does not meet, for clause 21. */
  readonly checkIgnores?: readonly BackendFault[];
  /** Module of the definition, for clause 19. */
  readonly module: string;
  /** Clauses that do not apply, each with a reason. */
  readonly skips: Readonly<Partial<Record<number, string>>>;
}

interface Opened extends AsyncDisposable {
  readonly sink: Sink;
  readonly backend: SinkBackend;
}

const LONG: Millis = 10_000;
const SHORT: Millis = 300;

async function open(subject: SinkSubject, extra: readonly string[] = []): Promise<Opened> {
  const backend = await subject.startBackend();
  const query = [...subject.options, ...backend.options, ...extra].join('&');
  const sink = await openSink(parseUri(`${subject.key}:${backend.address ?? ''}?${query}`, {}), {
    clock: systemClock,
    notice: () => {},
    write: (text) => subject.write?.(backend, text),
  });
  const send: Sink['send'] = async (request, signal) => {
    const outcome = await sink.send(request, signal);
    await backend.settled?.();
    return outcome;
  };
  return {
    sink: backend.settled === undefined ? sink : { ...sink, send },
    backend,
    async [Symbol.asyncDispose]() {
      await sink.close();
      await backend[Symbol.asyncDispose]();
    },
  };
}

/** A clock that takes no time to sleep and remembers how long it should have. */
function hastyClock(): { readonly clock: Clock; readonly slept: Millis[] } {
  const slept: Millis[] = [];
  return { slept, clock: { now: systemClock.now, sleep: async (duration) => void slept.push(duration) } };
}

/** A clock whose time passes by sleeping alone, and at once. */
function sleepingClock(): Clock {
  let now = systemClock.now();
  return {
    now: () => now,
    async sleep(duration) {
      now += duration;
    },
  };
}

async function deliverWithin(
  sink: Sink,
  batch: MetricBatch,
  time: Millis,
  clock: Clock = hastyClock().clock,
): Promise<SinkReport> {
  using deadline = createDeadline(systemClock.now() + time, systemClock);
  const report = await deliver(sink, selectBatch(batch, sink.selection), { deadline, clock, random: () => 0.5 });
  expect(report.encoded, 'encoded = delivered + rejected + dropped').toBe(
    report.delivered + report.rejected + report.dropped,
  );
  return report;
}

function encodeAll(sink: Sink, batch: MetricBatch): { requests: EncodedRequest[]; rejected: EncodeRejection[] } {
  const rejected: EncodeRejection[] = [];
  const requests = [...sink.encode(batch, (rejection) => rejected.push(rejection))];
  return { requests, rejected };
}

function sum(parts: readonly { readonly points: number }[]): number {
  return parts.reduce((total, { points }) => total + points, 0);
}

function seriesCounts(backend: SinkBackend): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { series } of backend.stored()) counts.set(series, (counts.get(series) ?? 0) + 1);
  return counts;
}

const ONLY_NODE_CPU = ['levels=node', 'metrics=cpu/usage_rate'];
const EVERYTHING = ['levels=*', 'metrics=*'];

/** The clauses that every sink keeps. A clause is left out only by its number, with a reason that the run shows. */
export function describeSinkContract(subject: SinkSubject): void {
  const clause = (number: number, name: string, test: () => Promise<void> | void): void => {
    it(`${number}: ${name}`, async (context: TestContext) => {
      const reason = subject.skips[number];
      if (reason !== undefined) context.skip(reason);
      await test();
    });
  };

  describe(`sink contract: ${subject.title}`, () => {
    clause(1, 'sends nothing for an empty batch', async () => {
      await using opened = await open(subject, ONLY_NODE_CPU);

      const report = await deliverWithin(opened.sink, nodeBatch(0), LONG);
      const unselected = await deliverWithin(
        opened.sink,
        nodeBatch(3, () => Number.NaN),
        LONG,
      );

      expect([report.encoded, report.requests, unselected.encoded, unselected.requests]).toEqual([0, 0, 0, 0]);
      expect(opened.backend.stored()).toEqual([]);
    });

    clause(2, 'never writes into the batch', async () => {
      await using opened = await open(subject, EVERYTHING);
      const batch = wholeCatalogBatch();
      const before = fingerprint(batch);

      encodeAll(opened.sink, selectBatch(batch, opened.sink.selection));
      await deliverWithin(opened.sink, batch, LONG);

      expect(fingerprint(batch)).toBe(before);
    });

    clause(3, 'makes no request of more than maxPoints, at n-1, n, n+1 and 2n+1', async () => {
      await using opened = await open(subject, ONLY_NODE_CPU);
      const most = opened.sink.limits.maxPoints;

      for (const points of [most - 1, most, most + 1, 2 * most + 1]) {
        const { requests, rejected } = encodeAll(opened.sink, nodeBatch(points));

        expect(Math.max(...requests.map((request) => request.points))).toBeLessThanOrEqual(most);
        expect(sum(requests) + sum(rejected)).toBe(points);
        expect(requests.length).toBeGreaterThanOrEqual(Math.ceil(points / most));
      }
    });

    clause(4, 'makes no request of more than maxBytes, and gets past a point with an enormous name', async () => {
      await using opened = await open(subject, ONLY_NODE_CPU);
      const { maxBytes } = opened.sink.limits;
      const batch = nodeBatch(3_000);
      const builderText = (batch.strings as { intern?(text: string): number }).intern?.('x'.repeat(3 * maxBytes));
      const hostname = batch.tables.node?.labels.find((column) => column !== undefined);
      if (hostname !== undefined && builderText !== undefined) hostname[1_500] = builderText;

      const { requests, rejected } = encodeAll(opened.sink, batch);

      for (const request of requests) {
        expect(request.bytes).toBeLessThanOrEqual(maxBytes);
        const size = subject.sizeOf?.(request as never) ?? Buffer.byteLength(subject.bytesOf(request as never));
        expect(size).toBeLessThanOrEqual(request.bytes);
      }
      expect(builderText).toBeDefined();
      expect(sum(requests) + sum(rejected)).toBe(3_000);
      expect(sum(rejected)).toBeLessThanOrEqual(1);
    });

    clause(5, 'accounts for every point of a batch with all metrics and levels', async () => {
      await using opened = await open(subject, EVERYTHING);
      const batch = selectBatch(wholeCatalogBatch(), opened.sink.selection);

      const { requests, rejected } = encodeAll(opened.sink, batch);
      const unselected = encodeAll(opened.sink, wholeCatalogBatch());

      expect(sum(requests) + sum(rejected)).toBe(countBatchPoints(batch));
      expect(sum(unselected.requests) + sum(unselected.rejected)).toBe(countBatchPoints(wholeCatalogBatch()));
    });

    clause(6, 'brings each point to the backend exactly once', async () => {
      await using opened = await open(subject, ONLY_NODE_CPU);

      const report = await deliverWithin(opened.sink, nodeBatch(2_500), LONG);

      expect(report.delivered).toBe(2_500);
      const counts = seriesCounts(opened.backend);
      expect(counts.size).toBe(2_500);
      expect(Math.max(...counts.values())).toBe(1);
    });

    clause(7, 'abandons a hung backend at the deadline, with its sockets closed and its points dropped', async () => {
      await using opened = await open(subject, ONLY_NODE_CPU);
      opened.backend.failAlways('hangs');

      const report = await deliverWithin(opened.sink, nodeBatch(1_500), SHORT);

      expect(report).toMatchObject({ delivered: 0, rejected: 0, dropped: 1_500 });
      expect(report.millis).toBeLessThan(SHORT + 3_000);
      await vi.waitFor(() => expect(opened.backend.openSockets).toBe(0), { timeout: 5_000, interval: 20 });
    });

    clause(8, 'sends nothing after the deadline, nor after a back-off that passes it', async () => {
      await using opened = await open(subject, ONLY_NODE_CPU);
      opened.backend.failAlways('throttled');
      const begun: number[] = [];
      const watched: Sink = {
        ...opened.sink,
        send: (request, signal) => {
          begun.push(systemClock.now());
          return opened.sink.send(request, signal);
        },
      };
      const end = systemClock.now() + 2 * SHORT;

      const report = await deliverWithin(watched, nodeBatch(10), 2 * SHORT, systemClock);
      const late = await deliverWithin(watched, nodeBatch(10), -1);

      expect(report).toMatchObject({ delivered: 0, dropped: 10 });
      expect(late).toMatchObject({ dropped: 10, requests: 0 });
      expect(Math.max(...begun)).toBeLessThanOrEqual(end + 20);
    });

    clause(9, 'repeats what was throttled or met a fault, and honours Retry-After', async () => {
      await using opened = await open(subject, ONLY_NODE_CPU);
      const { clock, slept } = hastyClock();
      opened.backend.fail('throttled', 'unavailable', 'throttled for a second');

      const report = await deliverWithin(opened.sink, nodeBatch(10), LONG, clock);

      expect(report).toMatchObject({ delivered: 10, requests: 4, retries: 3 });
      expect(Math.max(...slept)).toBeGreaterThanOrEqual(990);
      expect(seriesCounts(opened.backend).size).toBe(10);
    });

    clause(9, 'refuses at once a Retry-After that ends past the deadline', async () => {
      await using opened = await open(subject, ONLY_NODE_CPU);
      const { clock, slept } = hastyClock();
      opened.backend.failAlways('throttled for an hour');

      const report = await deliverWithin(opened.sink, nodeBatch(10), LONG, clock);

      expect(report).toMatchObject({ dropped: 10, requests: 1, retries: 0 });
      expect(slept).toEqual([]);
    });

    clause(10, 'does not repeat a refusal, and names the credential source of a forbidden one', async () => {
      await using opened = await open(subject, ONLY_NODE_CPU);
      opened.backend.failAlways('forbidden');

      const report = await deliverWithin(opened.sink, nodeBatch(10), LONG);

      expect(report).toMatchObject({ rejected: 10, requests: 1, retries: 0 });
      expect(report.problems[0]?.problem).toMatch(subject.credentialWords);
    });

    clause(11, 'counts exactly the refused points when the rest is taken', async () => {
      await using opened = await open(subject, ONLY_NODE_CPU);
      opened.backend.refuse(nodeName(777));

      const report = await deliverWithin(opened.sink, nodeBatch(1_500), LONG);

      expect(report).toMatchObject({ delivered: 1_499, rejected: 1, dropped: 0, retries: 0 });
      expect(opened.backend.stored().length).toBe(1_499);
    });

    clause(12, 'sends zero, and nothing for what is absent', async () => {
      await using opened = await open(subject, ONLY_NODE_CPU);

      const report = await deliverWithin(
        opened.sink,
        nodeBatch(4, (index) => [0, Number.NaN, 7, Number.NaN][index] ?? 0),
        LONG,
      );

      expect(report).toMatchObject({ encoded: 2, delivered: 2 });
      expect(opened.backend.stored().map(({ value }) => value)).toEqual([0, 7]);
    });

    clause(12, 'rejects what is not a finite number', async () => {
      await using opened = await open(subject, ONLY_NODE_CPU);

      const report = await deliverWithin(
        opened.sink,
        nodeBatch(2, (index) => [Number.POSITIVE_INFINITY, 1][index] ?? 0),
        LONG,
      );

      expect(report).toMatchObject({ delivered: 1, rejected: 1 });
    });

    clause(
      20,
      'saves its requests for a later tick, and loads them as they were (shared/sinks/sink.ts SinkBacklog)',
      async () => {
        await using opened = await open(subject, EVERYTHING);
        const { sink } = opened;
        const { backlog } = sink;
        if (backlog === undefined)
          throw new Error('the sink has no backlog: give it one, or skip clause 20 with a reason');
        const shape = (request: EncodedRequest): readonly unknown[] => [
          request.points,
          request.bytes,
          request.idempotent,
          subject.bytesOf(request as never),
        ];
        const { requests } = encodeAll(sink, selectBatch(wholeCatalogBatch(), sink.selection));

        const loaded = requests.map((request) => backlog.load(backlog.save(request)));

        expect(requests.length).toBeGreaterThan(0);
        expect(loaded.map(shape)).toEqual(requests.map(shape));
        expect(loaded.map((request) => request.split()?.map(shape))).toEqual(
          requests.map((request) => request.split()?.map(shape)),
        );
      },
    );

    clause(20, 'brings to the backend what was saved in an earlier process', async () => {
      await using opened = await open(subject, ONLY_NODE_CPU);
      const { sink } = opened;
      const bytes = encodeAll(sink, nodeBatch(25)).requests.map((request) => sink.backlog?.save(request));
      const requests = bytes.flatMap((saved) => (saved === undefined ? [] : (sink.backlog?.load(saved) ?? [])));

      using deadline = createDeadline(systemClock.now() + LONG, systemClock);
      const report = await redeliver(sink, requests, { deadline, clock: systemClock, random: () => 0.5 });

      expect(report).toMatchObject({ encoded: 25, delivered: 25 });
      expect(seriesCounts(opened.backend).size).toBe(25);
    });

    clause(13, 'maps every metric of the catalog at each of its levels, or says why not', async () => {
      await using opened = await open(subject, EVERYTHING);

      for (const metric of METRICS) {
        for (const level of metric.levels) {
          const { requests, rejected } = encodeAll(opened.sink, singleValueBatch(metric, level, 5));
          const expected = subject.notExported.has(metric.id) ? [0, 1] : [1, 0];
          expect([sum(requests), sum(rejected)], `${metric.key} at ${level}`).toEqual(expected);
        }
      }
    });

    clause(14, 'keeps integers whole up to 2^53, and fractions exact', async () => {
      await using opened = await open(subject, ['levels=node', 'metrics=memory/usage,cpu/usage_rate']);
      const whole = 2 ** 53;
      const fraction = 0.1 + 0.2;

      await deliverWithin(opened.sink, singleValueBatch(metricByKey('memory/usage'), 'node', whole), LONG);
      await deliverWithin(opened.sink, singleValueBatch(metricByKey('cpu/usage_rate'), 'node', fraction), LONG);

      expect(opened.backend.stored().map(({ value }) => value)).toEqual([whole, fraction]);
    });

    clause(15, 'encodes the same batch to the same bytes, those of the golden file', async () => {
      await using opened = await open(subject, EVERYTHING);
      const bytes = (): string =>
        encodeAll(opened.sink, selectBatch(wholeCatalogBatch(), opened.sink.selection))
          .requests.map((request) => subject.bytesOf(request as never))
          .join('\n');

      expect(bytes()).toBe(bytes());
      // A line for each datum, so that a difference can be read.
      const golden = bytes().replaceAll('},{"MetricName"', '},\n{"MetricName"');
      await expect(golden).toMatchFileSnapshot(`../../golden-sinks/${subject.title.replaceAll(/\W+/g, '-')}.txt`);
    });

    clause(16, 'has no series twice in a batch', async () => {
      await using opened = await open(subject, EVERYTHING);
      const batch = wholeCatalogBatch();
      const now = { ...batch, timestamp: nodeBatch(0).timestamp };

      const report = await deliverWithin(opened.sink, now, LONG);

      const names = opened.backend.stored().map(({ metric, series }) => `${metric} ${series}`);
      expect(report.rejected).toBe(0);
      expect(names.length).toBeGreaterThan(100);
      expect(new Set(names).size).toBe(names.length);
    });

    clause(17, 'refuses unknown and ill-typed options by name, with what is allowed', async () => {
      const bad = open(subject, ['nosuchoption=1', subject.illTyped.option]);

      await expect(bad).rejects.toThrow(/unknown option "nosuchoption".*allowed are .*levels/);
      await expect(open(subject, [subject.illTyped.option])).rejects.toThrow(subject.illTyped.says);
      await expect(open(subject, ['levels=nodes'])).rejects.toThrow(/"nodes".*did you mean "node"/);
      await expect(open(subject, ['metrics=cpu/usge'])).rejects.toThrow(/"cpu\/usge".*did you mean "cpu\/usage"/);
    });

    clause(18, 'shows no secret of its URI', async () => {
      const secret = 'hunter2hunter2';
      const context = { clock: systemClock, notice: () => {}, write: () => {} };
      const uris = [
        `${subject.key}://me:${secret}@host`,
        `${subject.key}:?token=${secret}`,
        `${subject.key}:?pw=${secret}`,
      ];

      for (const text of uris) {
        const uri = parseUri(text, {});
        const problem = await openSink(uri, context).then(
          async (sink) => {
            await sink.close();
            return sink.shown;
          },
          (error: Error) => error.message,
        );
        expect(problem).not.toContain(secret);
        expect(uri.shown).not.toContain(secret);
      }
    });

    clause(21, 'looks at its backend without writing: good, refused, failing, hung', async () => {
      await using opened = await open(subject);
      const { sink, backend } = opened;
      if (sink.check === undefined) return;

      const good = await sink.check(AbortSignal.timeout(LONG));
      expect([good.outcome.status, good.seen]).toEqual(['delivered', expect.stringMatching(/\w/)]);
      await backend.settled?.();
      expect(backend.stored()).toEqual([]);
      for (const [fault, without] of [
        ['forbidden', 10],
        ['unavailable', 9],
      ] as const) {
        if (without in subject.skips || subject.checkIgnores?.includes(fault)) continue;
        backend.fail(fault);
        const { outcome } = await sink.check(AbortSignal.timeout(LONG));
        expect([fault, outcome.status]).not.toEqual([fault, 'delivered']);
      }
      if (7 in subject.skips || subject.checkIgnores?.includes('hangs')) return;
      backend.failAlways('hangs');
      const hung = await sink.check(AbortSignal.timeout(SHORT));
      expect(hung.outcome.status).not.toBe('delivered');
    });

    clause(22, 'states what its backend takes in a time, or that it says nothing', async () => {
      await using opened = await open(subject);
      const { maxPoints, maxBytes, concurrency, quota } = opened.sink.limits;

      expect(quota).toEqual(subject.quota);
      for (const bound of [maxPoints, maxBytes, concurrency]) expect(bound).toBeGreaterThanOrEqual(1);
    });

    clause(22, 'keeps within a quota, in each window of it, and brings every point once', async () => {
      await using opened = await open(subject, [
        ...ONLY_NODE_CPU,
        'max_requests_per_sec=20',
        'max_points_per_sec=1000',
      ]);
      const limits = {
        requests: createRateLimit({ most: 20, per: SECOND }),
        points: createRateLimit({ most: 1_000, per: SECOND }),
      };
      const clock = sleepingClock();
      const began = clock.now();
      const counted: Sink = {
        ...opened.sink,
        send(request, signal) {
          limits.requests.admit(1, clock.now());
          limits.points.admit(request.points, clock.now());
          return opened.sink.send(request, signal);
        },
      };
      using deadline = createDeadline(began + MINUTE, clock);
      using pace = createPacers([opened.sink], clock).lease(opened.sink, undefined);

      const report = await deliver(counted, nodeBatch(2_500), { deadline, clock, random: () => 0.5, pace });

      expect(report).toMatchObject({ encoded: 2_500, delivered: 2_500, retries: 0 });
      expect([limits.requests.refusals, limits.points.refusals]).toEqual([0, 0]);
      // 200 at once, the rest at 700 a second.
      expect(clock.now() - began).toBeGreaterThanOrEqual(3_200);
      const counts = seriesCounts(opened.backend);
      expect([counts.size, Math.max(...counts.values())]).toEqual([2_500, 1]);
    });

    clause(19, 'loads no vendor SDK before it is opened', () => {
      const module = resolve(import.meta.dirname, '../../..', subject.module);
      const script = `
        import { registerHooks } from 'node:module';
        const loaded = [];
        registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
        await import(${JSON.stringify(module)});
        process.stdout.write(JSON.stringify(loaded));`;

      const output = execFileSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], {
        encoding: 'utf8',
      });
      const loaded = JSON.parse(output) as readonly string[];

      expect(loaded.some((url) => url.endsWith('/define-sink.ts'))).toBe(true);
      expect(
        loaded.filter((url) => /node_modules\/(@aws-sdk|@smithy|@azure|@google-cloud|google-|kafkajs)/.test(url)),
      ).toEqual([]);
    });
  });
}
