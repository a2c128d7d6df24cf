import { afterAll, beforeAll, vi } from 'vitest';
import type { EmfRequest } from '../../../shared/sinks/cloudwatch/emf-request.ts';
import { NOT_EXPORTED } from '../../../shared/sinks/cloudwatch/mapping.ts';
import { acceptEmfLine } from '../../sim/emf-lines.ts';
import { describeSinkContract, type SinkBackend } from './sink-contract.ts';

beforeAll(() => {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'scrape');
});
afterAll(() => {
  vi.unstubAllEnvs();
});

interface Log extends SinkBackend {
  readonly writes: string[];
}

/** The log of a function: each write is one event. */
async function startLog(): Promise<Log> {
  const unsupported = (): never => {
    throw new Error('a log has no faults');
  };
  const writes: string[] = [];
  return {
    writes,
    options: [],
    stored: () =>
      writes
        .flatMap(acceptEmfLine)
        .flatMap(({ name, dimensions, values }) =>
          values.map((value) => ({ metric: name, series: JSON.stringify(dimensions), value })),
        ),
    openSockets: 0,
    fail: unsupported,
    failAlways: unsupported,
    refuse: unsupported,
    async [Symbol.asyncDispose]() {},
  };
}

const LOG = 'it writes to the log: there is no service that could fail or answer';

describeSinkContract({
  title: 'cloudwatch emf',
  key: 'cloudwatch',
  options: ['mode=emf'],
  startBackend: startLog,
  write: (backend, text) => {
    (backend as Log).writes.push(text);
  },
  bytesOf: ({ lines }: EmfRequest) => lines.map(({ text }) => text).join(''),
  notExported: NOT_EXPORTED,
  illTyped: { option: 'resolution=5', says: /resolution must be one of 60, 1, got "5"/ },
  credentialWords: /never/,
  module: 'shared/sinks/cloudwatch/index.ts',
  skips: { 7: LOG, 8: LOG, 9: LOG, 10: LOG, 11: LOG, 20: LOG, 22: LOG },
});
