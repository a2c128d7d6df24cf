import { toBody } from '../../../shared/sinks/opentsdb/encode.ts';
import type { LineRequest } from '../../../shared/sinks/text/line-request.ts';
import { startOpentsdbServer } from '../../sim/opentsdb-server.ts';
import { HTTP_FAULTS } from './http-faults.ts';
import { describeSinkContract, type SinkBackend } from './sink-contract.ts';

async function startBackend(): Promise<SinkBackend> {
  const server = await startOpentsdbServer();
  return {
    address: server.url,
    options: ['concurrency=1'],
    stored: () => server.stored.map(({ metric, tags, value }) => ({ metric, series: JSON.stringify(tags), value })),
    get openSockets() {
      return server.openSockets;
    },
    fail: (...faults) => server.fail(...faults.map((fault) => HTTP_FAULTS[fault])),
    failAlways: (fault) => server.failAlways(HTTP_FAULTS[fault]),
    refuse: (series) => server.refuse(series),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

describeSinkContract({
  title: 'opentsdb',
  key: 'opentsdb',
  options: [],
  startBackend,
  bytesOf: (request: LineRequest) => toBody(request.body).toString('utf8'),
  notExported: new Map(),
  illTyped: { option: 'max_tags=1', says: /max_tags must be a whole number from 2 to 255, got "1"/ },
  credentialWords: /user and password of the address/,
  module: 'shared/sinks/opentsdb/index.ts',
  skips: {},
});
