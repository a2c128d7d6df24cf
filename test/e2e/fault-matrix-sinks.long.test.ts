import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TickReport } from '../../shared/app/tick-report.ts';
import type { SinkReport } from '../../shared/delivery/report.ts';
import { startCloudWatchServer } from '../sim/cloudwatch-server.ts';
import { RESOURCE_ID, startCustomMetricsServer } from '../sim/custom-metrics-server.ts';
import { startElasticsearchServer } from '../sim/elasticsearch-server.ts';
import { startFaultProxy } from '../sim/fault-proxy.ts';
import { startInfluxServer } from '../sim/influx-server.ts';
import { startOpentsdbServer } from '../sim/opentsdb-server.ts';
import { startOtlpServer } from '../sim/otlp-server.ts';
import { startRemoteWriteServer } from '../sim/remote-write-server.ts';
import { FAULT_NAMES, type FaultName, heal, inject } from '../support/fault-cells.ts';
import { startMatrixWorld } from '../support/matrix-world.ts';
import { sinkOf } from '../support/suffer.ts';

/** Values that replace themselves, so that a copy is no harm. */
const WHAT = 'levels=cluster,node,pod&metrics=memory/working_set,up,node/count';
/** Ticks after a fault, within which what waits must have gone out. */
const MOST_TICKS_TO_RECOVER = 6;

interface Backend extends AsyncDisposable {
  readonly url: string;
  /** Points that are stored, each as a text of its series and time. */
  places(): readonly string[];
}

interface Kind {
  start(now: () => number): Promise<Backend>;
  uri(url: string): string;
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}` : part));

function backend<S extends AsyncDisposable & { readonly url: string }>(
  server: S,
  points: (server: S) => readonly unknown[],
): Backend {
  return {
    url: server.url,
    places: () => points(server).map(text),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const KINDS: Readonly<Record<string, Kind>> = {
  influxdb: {
    start: async () => backend(await startInfluxServer(), ({ stored }) => stored),
    uri: (url) => `influxdb:${url}?${WHAT}`,
  },
  prometheus: {
    start: async (now) => backend(await startRemoteWriteServer('prometheus-3', now), ({ stored }) => stored),
    uri: (url) => `prometheus:${url}/api/v1/write?${WHAT}`,
  },
  otlp: {
    start: async () => backend(await startOtlpServer(), ({ stored }) => stored),
    uri: (url) => `otlp:${url}?${WHAT}`,
  },
  elasticsearch: {
    start: async () => backend(await startElasticsearchServer(), ({ found }) => [...found.keys()]),
    uri: (url) => `elasticsearch:${url}?${WHAT}`,
  },
  opentsdb: {
    start: async () => backend(await startOpentsdbServer(), ({ stored }) => stored),
    uri: (url) => `opentsdb:${url}?${WHAT}`,
  },
  azuremonitor: {
    start: async (now) => backend(await startCustomMetricsServer({}, now), ({ stored }) => stored),
    uri: (url) =>
      `azuremonitor:?endpoint=${encodeURIComponent(url)}&resource_id=${RESOURCE_ID}&token=publisher&totals=value&${WHAT}`,
  },
  cloudwatch: {
    start: async (now) => backend(await startCloudWatchServer(now), ({ accepted }) => accepted),
    uri: (url) => `cloudwatch:?endpoint=${encodeURIComponent(url)}&region=eu-west-1&totals=value&${WHAT}`,
  },
};

/** What a fault does to the points that meet it. */
type Fate =
  /** They reach the backend: at once, by a repeat, or from the backlog. */
  | 'kept'
  /** They are counted as rejected: nobody would take them later. */
  | 'refused';

/** `rejected` faults are the operator's: address, credentials, rights. OTLP forbids to repeat a 500. */
function fateOf(kind: string, fault: FaultName): Fate {
  if (fault === '401' || fault === '403' || fault === '404') return 'refused';
  return kind === 'otlp' && fault === '500' ? 'refused' : 'kept';
}

/** What the report must say where something did not go out in its own tick. */
const TOLD: Readonly<Record<FaultName, RegExp>> = {
  refuse: /cannot be reached.*ECONNREFUSED/,
  reset: /did not answer.*(ECONNRESET|hang up)|by the deadline/,
  hang: /not answered by the deadline/,
  'slow drip': /not answered by the deadline/,
  truncate: /did not answer|by the deadline/,
  'no HTTP': /did not answer.*Parse Error|by the deadline/,
  'HTML page': /a proxy or a sign-in page answers for it|by the deadline/,
  '401': /credentials.*|HTTP 401/,
  '403': /credentials.*|HTTP 403/,
  '404': /does not know the address|check region and endpoint|check resource_id= and region=/,
  '429': /asked to wait past the deadline.*429/,
  '500': /HTTP 500/,
  '503': /HTTP 503|not answered by the deadline/,
  'clock off': /^$/,
};

beforeAll(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not-a-secret');
});

afterAll(() => {
  vi.unstubAllEnvs();
});

const CELLS = FAULT_NAMES.flatMap((fault) => [
  { fault, ticks: 1, once: true, when: 'one request' },
  { fault, ticks: 5, once: false, when: 'five ticks' },
]);

describe.concurrent.each(Object.entries(KINDS))('%s meets', (name, kind) => {
  it.each(CELLS)(
    '$fault for $when',
    async ({ fault, ticks, once }) => {
      let now = (): number => Date.now();
      await using server = await kind.start(() => now());
      await using proxy = await startFaultProxy({ target: server.url });
      await using world = await startMatrixWorld(() => ({ HEAPLESS_SINK: `${kind.uri(proxy.url)} log:?${WHAT}` }));
      now = world.clock.now;
      const reports: TickReport[] = [...(await world.tick())];

      await inject(proxy, fault, { once });
      for (let tick = 0; tick < ticks; tick++) reports.push(...(await world.tick()));
      await heal(proxy, fault);
      let waiting = 1;
      for (let tick = 0; tick < MOST_TICKS_TO_RECOVER && waiting > 0; tick++) {
        const back = await world.tick();
        reports.push(...back);
        waiting = back.reduce((sum, report) => sum + (sinkOf(report, name).backlog?.waiting ?? 0), 0);
      }

      const sick = reports.map((report) => sinkOf(report, name));
      const well = reports.map((report) => sinkOf(report, 'log'));
      const sum = (of: (sink: SinkReport) => number): number => sick.reduce((total, sink) => total + of(sink), 0);
      // Each report's books, and those of all together: what was kept went out later, and nothing waits.
      for (const { encoded, delivered, rejected, dropped, spilled } of sick)
        expect(delivered + rejected + dropped + spilled).toBe(encoded);
      const encoded = sum((sink) => sink.encoded);
      const rejected = sum((sink) => sink.rejected);
      expect(waiting).toBe(0);
      expect(sum((sink) => sink.spilled)).toBe(sum((sink) => sink.backlog?.replayed ?? 0));
      expect(sum((sink) => sink.dropped + (sink.backlog?.expired ?? 0) + (sink.backlog?.rejected ?? 0))).toBe(0);
      // What the backend has is what the reports say, each point in one place.
      expect(new Set(server.places()).size).toBe(encoded - rejected);
      expect(rejected > 0).toBe(fateOf(name, fault) === 'refused');
      // The fault is told where it cost anything, and cost nobody else anything.
      const told = sick.flatMap(({ problems }) => problems.map(({ problem }) => problem)).join('\n');
      if (rejected + sum((sink) => sink.spilled) > 0) expect(told).toMatch(TOLD[fault]);
      else expect(told).toBe('');
      if (!once && fault !== 'clock off') expect(rejected + sum((sink) => sink.spilled)).toBeGreaterThan(0);
      expect(well.every((sink) => sink.delivered === sink.encoded && sink.encoded > 0)).toBe(true);
      expect(reports.every(({ nodes }) => nodes.planned > 0 && nodes.answered === nodes.planned)).toBe(true);
    },
    60_000,
  );
});
