import type { OtlpRequest } from '../../../shared/sinks/otlp/request.ts';
import { readExportRequest } from '../../sim/otlp-messages.ts';
import { startOtlpServer } from '../../sim/otlp-server.ts';
import { HTTP_FAULTS } from './http-faults.ts';
import { describeSinkContract, type SinkBackend } from './sink-contract.ts';

async function startBackend(): Promise<SinkBackend> {
  const server = await startOtlpServer();
  return {
    options: [`apihost=${encodeURIComponent(server.url)}`],
    stored: () => {
      for (const { headers } of server.requests) {
        const sent = [headers['x-honeycomb-team'], headers['x-honeycomb-dataset']];
        if (sent.join(' ') !== 'key heapster') throw new Error(`Honeycomb refuses ${sent.join(' ')}`);
      }
      return server.stored.map(({ metric, resource, attributes, value }) => ({
        metric,
        series: JSON.stringify([resource, attributes]),
        value,
      }));
    },
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
  title: 'honeycomb',
  key: 'honeycomb',
  options: ['writekey=key'],
  startBackend,
  bytesOf: ({ message }: OtlpRequest) =>
    readExportRequest(message)
      .map(({ metric, value, attributes }) => `${metric} ${value} ${JSON.stringify(attributes)}`)
      .join('\n'),
  sizeOf: ({ body }: OtlpRequest) => body.length,
  notExported: new Map(),
  illTyped: { option: 'concurrency=0', says: /concurrency must be a whole number from 1 to 64, got "0"/ },
  credentialWords: /writekey= or HONEYCOMB_WRITEKEY/,
  module: 'shared/sinks/honeycomb/index.ts',
  skips: { 15: 'the bytes are those of otlp:' },
});
