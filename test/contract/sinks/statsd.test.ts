import type { LineRequest } from '../../../shared/sinks/text/line-request.ts';
import { startLineServer } from '../../sim/line-server.ts';
import { readGauges } from '../../sim/statsd-lines.ts';
import { describeSinkContract, type SinkBackend } from './sink-contract.ts';

async function startBackend(): Promise<SinkBackend> {
  const server = await startLineServer();
  const unsupported = (): never => {
    throw new Error('StatsD answers nothing');
  };
  return {
    address: `udp://127.0.0.1:${server.port}`,
    options: [],
    settled: server.settled,
    stored: () =>
      readGauges(server.lines).map(({ name, tags, value }) => ({
        metric: name,
        series: `${name} ${JSON.stringify(tags)}`,
        value,
      })),
    openSockets: 0,
    fail: unsupported,
    failAlways: unsupported,
    refuse: unsupported,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const NO_ANSWER = 'StatsD is asked by datagrams and answers nothing: no fault of it is ever heard';

for (const [title, options] of [
  ['statsd', ['protocolType=etsystatsd']],
  ['statsd influx', ['protocolType=influxstatsd']],
] as const) {
  describeSinkContract({
    title,
    key: 'statsd',
    options,
    startBackend,
    bytesOf: (request: LineRequest) => Buffer.from(request.body).toString('utf8'),
    notExported: new Map(),
    illTyped: { option: 'numMetricsPerMsg=0', says: /numMetricsPerMsg must be a whole number from 1 to 1000, got "0"/ },
    credentialWords: /never/,
    module: 'shared/sinks/statsd/index.ts',
    skips: {
      7: NO_ANSWER,
      8: NO_ANSWER,
      9: NO_ANSWER,
      10: NO_ANSWER,
      11: NO_ANSWER,
      20: 'StatsD has no times: late values would be taken for those of now',
    },
  });
}
