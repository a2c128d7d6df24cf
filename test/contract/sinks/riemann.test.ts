import type { LineRequest } from '../../../shared/sinks/text/line-request.ts';
import { readEvents } from '../../sim/riemann-messages.ts';
import { type RiemannFault, startRiemannServer } from '../../sim/riemann-server.ts';
import { type BackendFault, describeSinkContract, type SinkBackend } from './sink-contract.ts';

/** Riemann can break a connection or leave it hanging; it throttles and forbids nothing. */
const FAULTS: Readonly<Partial<Record<BackendFault, RiemannFault>>> = { throttled: 'reset', hangs: 'hang' };

function faultOf(fault: BackendFault): RiemannFault {
  const found = FAULTS[fault];
  if (found === undefined) throw new Error(`Riemann cannot be ${fault}`);
  return found;
}

async function startBackend(): Promise<SinkBackend> {
  const server = await startRiemannServer();
  return {
    address: `tcp://127.0.0.1:${server.port}`,
    options: ['concurrency=1'],
    stored: () =>
      server.events.map(({ service, host, attributes, metric }) => ({
        metric: service,
        series: JSON.stringify([host, attributes]),
        value: metric,
      })),
    get openSockets() {
      return server.openSockets;
    },
    fail: (...faults) => server.fail(...faults.map(faultOf)),
    failAlways: (fault) => server.failAlways(faultOf(fault)),
    refuse: (series) => server.refuse(series),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const NO_WORD = 'Riemann has no word for throttling or missing rights';

for (const [title, options] of [
  ['riemann', []],
  ['riemann by row', ['host=row']],
] as const) {
  describeSinkContract({
    title,
    key: 'riemann',
    options,
    startBackend,
    bytesOf: ({ body }: LineRequest) =>
      readEvents(Buffer.from(body))
        .map((event) => JSON.stringify(event))
        .join('\n'),
    sizeOf: ({ body }: LineRequest) => body.length + 4,
    notExported: new Map(),
    illTyped: { option: 'ttl=soon', says: /ttl must be a number of seconds above 0, got "soon"/ },
    credentialWords: /never/,
    module: 'shared/sinks/riemann/index.ts',
    skips: { 9: NO_WORD, 10: NO_WORD },
  });
}
