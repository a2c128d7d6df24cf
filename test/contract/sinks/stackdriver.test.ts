import { MINUTE } from '../../../shared/core/units.ts';
import type { TimeSeriesRequest } from '../../../shared/sinks/stackdriver/request.ts';
import { type MonitoringFault, startMonitoringServer } from '../../sim/monitoring-server.ts';
import { seriesIn } from '../../support/time-series.ts';
import { type BackendFault, describeSinkContract, type SinkBackend } from './sink-contract.ts';

const FAULTS: Readonly<Record<BackendFault, MonitoringFault>> = {
  throttled: { kind: 'status', code: 8, message: 'Quota exceeded' },
  'throttled for a second': { kind: 'status', code: 8, message: 'Quota exceeded', retryDelay: 1 },
  'throttled for an hour': { kind: 'status', code: 8, message: 'Quota exceeded', retryDelay: 3_600 },
  unavailable: { kind: 'status', code: 14, message: 'The service is currently unavailable' },
  forbidden: { kind: 'status', code: 7, message: 'Permission monitoring.timeSeries.create denied' },
  hangs: { kind: 'hang' },
};

async function startBackend(): Promise<SinkBackend> {
  const server = await startMonitoringServer();
  return {
    options: [`endpoint=${encodeURIComponent(server.url)}`],
    stored: () =>
      server.written.map(({ type, metricLabels, resource, resourceLabels, points }) => ({
        metric: type,
        series: JSON.stringify([metricLabels, resource, resourceLabels]),
        value: points[0]?.value ?? Number.NaN,
      })),
    get openSockets() {
      return server.openSockets;
    },
    fail: (...faults) => server.fail(...faults.map((fault) => FAULTS[fault])),
    failAlways: (fault) => server.failAlways(FAULTS[fault]),
    refuse: (series) => server.refuse(series),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function bytesOf(request: TimeSeriesRequest): string {
  return seriesIn(request)
    .map((series) => JSON.stringify(series))
    .join('\n');
}

for (const [title, options] of [
  ['stackdriver', []],
  ['stackdriver new', ['use_old_resources=false', 'use_new_resources=true']],
] as const) {
  describeSinkContract({
    title,
    key: 'stackdriver',
    options: ['project=acme', 'cluster_location=europe-west1-b', ...options],
    startBackend,
    bytesOf,
    sizeOf: ({ body }: TimeSeriesRequest) => body.length,
    notExported: new Map(),
    illTyped: { option: 'concurrency=0', says: /concurrency must be a whole number from 1 to 64, got "0"/ },
    credentialWords: /refuses the credentials or their rights \(give the identity of the Google application default/,
    module: 'shared/sinks/stackdriver/index.ts',
    quota: { requests: { most: 30_000, per: MINUTE } },
    // What is asked are the credentials, not the API.
    checkIgnores: ['forbidden', 'unavailable', 'hangs'],
    skips: {},
  });
}
