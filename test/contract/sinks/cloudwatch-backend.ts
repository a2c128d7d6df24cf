import { type CloudWatchFault, startCloudWatchServer } from '../../sim/cloudwatch-server.ts';
import type { BackendFault, SinkBackend } from './sink-contract.ts';

const FAULTS: Readonly<Record<BackendFault, CloudWatchFault>> = {
  throttled: { kind: 'throttle' },
  'throttled for a second': { kind: 'throttle', retryAfterSeconds: 1 },
  'throttled for an hour': { kind: 'throttle', retryAfterSeconds: 3_600 },
  unavailable: { kind: 'status', status: 503, name: 'ServiceUnavailable' },
  forbidden: { kind: 'status', status: 403, name: 'AccessDenied' },
  hangs: { kind: 'hang' },
};

/** The strict simulator as the contract suite drives it. */
export async function startCloudWatchBackend(): Promise<SinkBackend> {
  const server = await startCloudWatchServer();
  return {
    options: [`endpoint=${encodeURIComponent(server.url)}`, 'region=eu-west-1'],
    stored: () =>
      server.accepted.map((datum) => ({
        metric: datum.name,
        series: JSON.stringify(datum.dimensions),
        value: datum.value ?? datum.statistics?.sum ?? Number.NaN,
      })),
    get openSockets() {
      return server.openSockets;
    },
    fail: (...faults) => server.fail(...faults.map((fault) => FAULTS[fault])),
    failAlways: (fault) => server.failAlways(FAULTS[fault]),
    refuse: (series) => server.poison(({ dimensions }) => Object.values(dimensions).includes(series)),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
