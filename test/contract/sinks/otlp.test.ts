import { SECOND } from '../../../shared/core/units.ts';
import type { OtlpRequest } from '../../../shared/sinks/otlp/request.ts';
import { type ReceivedPoint, readExportRequest } from '../../sim/otlp-messages.ts';
import { startOtlpServer } from '../../sim/otlp-server.ts';
import { HTTP_FAULTS } from './http-faults.ts';
import { describeSinkContract, type SinkBackend } from './sink-contract.ts';

async function startBackend(limits: { readonly maxPoints?: number; readonly maxBytes?: number }): Promise<SinkBackend> {
  const server = await startOtlpServer();
  Object.assign(server, limits);
  return {
    address: server.url,
    options: [],
    stored: () =>
      server.stored.map(({ metric, resource, attributes, value }) => ({
        metric,
        series: JSON.stringify([resource, attributes]),
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

const pairs = (attributes: ReceivedPoint['attributes']): string =>
  attributes.map(([key, value]) => `${key}=${value}`).join(',');

/** Points as text, for the golden file: a line for a resource, and one for each of its points. */
function show(points: readonly ReceivedPoint[]): string {
  let resource = '';
  return points
    .map((point) => {
      const own = pairs(point.resource);
      const head = own === resource ? '' : `resource ${own}\n`;
      resource = own;
      const { metric, unit, kind, type, attributes, value, start, time } = point;
      return `${head}  ${metric}{${pairs(attributes)}} ${value} ${type} ${kind} ${unit} ${start} ${time}`;
    })
    .join('\n');
}

for (const [title, options, limits] of [
  ['otlp', [], {}],
  ['otlp json', ['encoding=json', 'compression=none'], {}],
  ['otlp points', ['attributes=point', 'instances=true', 'resource_attribute=service.name=heapless'], {}],
  ['otlp cloudwatch', ['preset=cloudwatch', 'auth=bearer', 'token=t'], { maxPoints: 1_000, maxBytes: 1_000_000 }],
] as const) {
  describeSinkContract({
    title,
    key: 'otlp',
    options,
    startBackend: () => startBackend(limits),
    bytesOf: ({ message }: OtlpRequest) => show(readExportRequest(message)),
    sizeOf: ({ body }: OtlpRequest) => body.length,
    notExported: new Map(),
    illTyped: { option: 'max_points=0', says: /max_points must be a whole number from 1 to 1000000, got "0"/ },
    credentialWords: /refuses the credentials or their rights \((no credentials \(auth=none\)|token=)/,
    module: 'shared/sinks/otlp/index.ts',
    ...(title === 'otlp cloudwatch' ? { quota: { requests: { most: 500, per: SECOND } } } : {}),
    skips: title === 'otlp json' ? { 15: 'the message is that of protobuf' } : {},
  });
}
