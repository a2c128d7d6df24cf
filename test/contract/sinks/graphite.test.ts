import type { LineRequest } from '../../../shared/sinks/text/line-request.ts';
import { readGraphiteLine } from '../../sim/graphite-lines.ts';
import { type LineFault, startLineServer } from '../../sim/line-server.ts';
import { type BackendFault, describeSinkContract, type SinkBackend } from './sink-contract.ts';

/** A service without answers can break a connection or leave it hanging; it cannot say why. */
const FAULTS: Readonly<Partial<Record<BackendFault, LineFault>>> = { throttled: 'reset', hangs: 'hang' };

function faultOf(fault: BackendFault): LineFault {
  const found = FAULTS[fault];
  if (found === undefined) throw new Error(`Graphite cannot be ${fault}`);
  return found;
}

async function startBackend(): Promise<SinkBackend> {
  const server = await startLineServer();
  return {
    address: `tcp://127.0.0.1:${server.port}`,
    options: [],
    stored: () =>
      server.lines.map(readGraphiteLine).map(({ name, tags, value }) => ({
        metric: name,
        series: `${name} ${JSON.stringify(tags)}`,
        value,
      })),
    get openSockets() {
      return server.openSockets;
    },
    fail: (...faults) => server.fail(...faults.map(faultOf)),
    failAlways: (fault) => server.failAlways(faultOf(fault)),
    refuse: () => {
      throw new Error('Graphite refuses nothing');
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const NO_ANSWER = 'Graphite answers nothing: it cannot throttle, forbid or refuse a point in a way that is heard';

for (const [title, options] of [
  ['graphite', []],
  ['graphite tagged', ['form=tagged']],
] as const) {
  describeSinkContract({
    title,
    key: 'graphite',
    options,
    startBackend,
    bytesOf: (request: LineRequest) => Buffer.from(request.body).toString('utf8'),
    notExported: new Map(),
    illTyped: { option: 'wait_for_close=maybe', says: /wait_for_close must be true or false, got "maybe"/ },
    credentialWords: /never/,
    module: 'shared/sinks/graphite/index.ts',
    // Whoever hangs takes connections too.
    checkIgnores: ['hangs'],
    skips: { 9: NO_ANSWER, 10: NO_ANSWER, 11: NO_ANSWER },
  });
}
