import type { SimFault } from '../../sim/http-sim.ts';
import type { BackendFault } from './sink-contract.ts';

const throttled = (headers: Readonly<Record<string, string>> = {}): SimFault => ({
  kind: 'answer',
  answer: { status: 429, headers, body: 'too many requests' },
});

/** The suite's faults as plain HTTP services have them. */
export const HTTP_FAULTS: Readonly<Record<BackendFault, SimFault>> = {
  throttled: throttled(),
  'throttled for a second': throttled({ 'retry-after': '1' }),
  'throttled for an hour': throttled({ 'retry-after': '3600' }),
  unavailable: { kind: 'answer', answer: { status: 503, body: 'no leader' } },
  forbidden: { kind: 'answer', answer: { status: 403, body: 'forbidden' } },
  hangs: { kind: 'hang' },
};
