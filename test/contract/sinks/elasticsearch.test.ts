import type { LineRequest } from '../../../shared/sinks/text/line-request.ts';
import { startElasticsearchServer, valuesOf } from '../../sim/elasticsearch-server.ts';
import { HTTP_FAULTS } from './http-faults.ts';
import { describeSinkContract, type SinkBackend } from './sink-contract.ts';

function backendOf(version: number): () => Promise<SinkBackend> {
  return async () => {
    const server = await startElasticsearchServer();
    server.version = version;
    return {
      address: server.url,
      options: ['bulkWorkers=1'],
      stored: () =>
        server.indexed
          .flatMap(valuesOf)
          .map(({ metric, labels, value }) => ({ metric, series: JSON.stringify(labels), value })),
      get openSockets() {
        return server.openSockets;
      },
      fail: (...faults) => server.fail(...faults.map((fault) => HTTP_FAULTS[fault])),
      failAlways: (fault) => server.failAlways(HTTP_FAULTS[fault]),
      refuse: (series) => server.refuse(series),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  };
}

for (const [title, version, options] of [
  ['elasticsearch', 8, []],
  ['elasticsearch 5', 5, ['ver=5']],
] as const) {
  describeSinkContract({
    title,
    key: 'elasticsearch',
    options,
    startBackend: backendOf(version),
    bytesOf: (request: LineRequest) => Buffer.from(request.body).toString('utf8'),
    notExported: new Map(),
    illTyped: { option: 'sniff=yes', says: /sniff must be true or false, got "yes"/ },
    credentialWords: /esUserName= and esUserSecret=/,
    module: 'shared/sinks/elasticsearch/index.ts',
    skips: {},
  });
}
