import type { LineRequest } from '../../../shared/sinks/text/line-request.ts';
import { startInfluxServer } from '../../sim/influx-server.ts';
import { HTTP_FAULTS } from './http-faults.ts';
import { describeSinkContract, type SinkBackend } from './sink-contract.ts';

async function startBackend(): Promise<SinkBackend> {
  const server = await startInfluxServer();
  return {
    address: server.url,
    options: [],
    stored: () =>
      server.stored.map(({ measurement, field, tags, value }) => ({
        metric: field === 'value' ? measurement : `${measurement}/${field}`,
        series: JSON.stringify(tags),
        value,
      })),
    get openSockets() {
      return server.openSockets;
    },
    fail: (...faults) => server.fail(...faults.map((fault) => HTTP_FAULTS[fault])),
    failAlways: (fault) => server.failAlways(HTTP_FAULTS[fault]),
    refuse: (series) => server.refuse(series),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

for (const [title, options] of [
  ['influxdb', []],
  ['influxdb with fields', ['withfields=true']],
  ['influxdb v2', ['api=v2', 'org=acme', 'bucket=k8s', 'token=t', 'compression=gzip']],
  ['influxdb v3', ['api=v3', 'token=t']],
] as const) {
  describeSinkContract({
    title,
    key: 'influxdb',
    options,
    startBackend,
    bytesOf: (request: LineRequest) => Buffer.from(request.body).toString('utf8'),
    notExported: new Map(),
    illTyped: { option: 'concurrency=0', says: /concurrency must be a whole number from 1 to 64, got "0"/ },
    credentialWords: /refuses the credentials or their rights \((user= and pw=|token=), with write rights/,
    module: 'shared/sinks/influxdb/index.ts',
    skips: title === 'influxdb v3' || title === 'influxdb v2' ? { 15: 'the bytes are those of version 1' } : {},
  });
}
