import { uncompress } from 'snappyjs';
import type { RemoteWriteRequest } from '../../../shared/sinks/prometheus/request.ts';
import { type ReceivedSample, readRequestV2, readWriteRequest } from '../../sim/remote-write-messages.ts';
import { type ReceiverKind, startRemoteWriteServer } from '../../sim/remote-write-server.ts';
import { HTTP_FAULTS } from './http-faults.ts';
import { describeSinkContract, type SinkBackend } from './sink-contract.ts';

async function startBackend(kind: ReceiverKind): Promise<SinkBackend> {
  const server = await startRemoteWriteServer(kind);
  return {
    address: server.url,
    options: [],
    stored: () =>
      server.stored.map(({ labels, value }) => ({
        metric: labels.find(([name]) => name === '__name__')?.[1] ?? '',
        series: JSON.stringify(labels),
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

/** A series as text, for the golden file. */
function show({ labels, value, timestamp, start, metadata }: ReceivedSample): string {
  const metric = labels.find(([name]) => name === '__name__')?.[1];
  const others = labels.filter(([name]) => name !== '__name__').map(([name, text]) => `${name}=${text}`);
  const rest = metadata === undefined ? '' : ` ${start ?? ''} ${metadata.type} ${metadata.unit}`;
  return `${metric}{${others.join(',')}} ${value} ${timestamp}${rest}`;
}

for (const [title, kind, options] of [
  ['prometheus', 'prometheus-2', []],
  ['prometheus counted', 'prometheus-3', []],
  ['prometheus 2.0', 'prometheus-3', ['version=2.0', 'external_label=zone=a']],
] as const) {
  describeSinkContract({
    title,
    key: 'prometheus',
    options,
    startBackend: () => startBackend(kind),
    bytesOf: ({ body, version }: RemoteWriteRequest) => {
      const message = Buffer.from(uncompress(body));
      return (version === '1.0' ? readWriteRequest(message) : readRequestV2(message)).map(show).join('\n');
    },
    sizeOf: ({ body }: RemoteWriteRequest) => uncompress(body).length,
    notExported: new Map(),
    illTyped: { option: 'concurrency=0', says: /concurrency must be a whole number from 1 to 64, got "0"/ },
    credentialWords: /refuses the credentials or their rights \((no credentials \(auth=none\)|token=)/,
    module: 'shared/sinks/prometheus/index.ts',
    skips: title === 'prometheus counted' ? { 15: 'the bytes are those of the other receiver' } : {},
  });
}
