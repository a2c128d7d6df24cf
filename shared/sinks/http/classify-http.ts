import { describeError, SinkError } from '../../core/errors.ts';
import type { UnixMillis } from '../../core/units.ts';
import { readRetryAfter } from '../retry-after.ts';
import type { SendOutcome } from '../sink.ts';
import { connectionFault } from './connection-fault.ts';
import { answerText, type HttpAnswer } from './http-answer.ts';

/** What a sink says of its backend; statuses it does not name are treated as RFC 9110 means them. */
export interface HttpRules {
  /** The backend's name, as the beginning of a sentence. */
  readonly backend: string;
  /** What to do about refused credentials: where they come from and which right is missing. */
  readonly credentials: string;
  /** Statuses to be tried again; else 408, 425, 429 and every 5xx but 501 and 505. */
  readonly retry?: (status: number) => boolean;
  /** True if a status leaves open whether the values were stored; else every 5xx. */
  readonly ambiguous?: (status: number) => boolean;
}

/** What an answer means. Pure. Sinks look at partial success themselves before they ask this. */
export function classifyAnswer(answer: HttpAnswer, rules: HttpRules, now: UnixMillis): SendOutcome {
  const { status } = answer;
  if (status >= 200 && status < 300) return { status: 'delivered' };
  const said = answerText(answer);
  const cause = (what: string): SinkError =>
    new SinkError(`${rules.backend} ${what}: HTTP ${status}${said === '' ? '' : `: ${said}`}`, {
      code: 'sink_refused',
    });
  if ((rules.retry ?? isTransient)(status)) {
    const retryAfter = readRetryAfter(answer.header('retry-after'), now);
    return {
      status: 'retryable',
      cause: cause(status === 429 ? 'throttles' : 'fails'),
      ambiguous: (rules.ambiguous ?? ((code) => code >= 500))(status),
      ...(retryAfter === undefined ? {} : { retryAfter }),
    };
  }
  if (status === 401 || status === 403) {
    return { status: 'rejected', cause: cause(`refuses the credentials or their rights (${rules.credentials})`) };
  }
  if (status === 413) return { status: 'split', cause: cause('finds the request too large') };
  if (status >= 300 && status < 400) {
    const to = answer.header('location');
    return {
      status: 'rejected',
      cause: cause(`redirects, which is not followed${to === undefined ? '' : ` (to ${to})`}`),
    };
  }
  if (status === 404) return { status: 'rejected', cause: cause('does not know the address; check host and path') };
  return { status: 'rejected', cause: cause('refuses the request') };
}

/** What a request that got no answer means. Pure. */
export function classifyFault(error: unknown, rules: HttpRules): SendOutcome {
  const cause = (what: string): SinkError =>
    new SinkError(`${rules.backend} ${what}: ${describeError(error)}`, { code: 'sink_unreachable', cause: error });
  switch (connectionFault(error)) {
    case 'not-sent':
      return { status: 'retryable', cause: cause('cannot be reached'), ambiguous: false };
    case 'ambiguous':
      return { status: 'retryable', cause: cause('did not answer'), ambiguous: true };
    case 'untrusted':
      return { status: 'rejected', cause: cause('has no certificate to trust') };
    case 'other':
      return { status: 'rejected', cause: cause('cannot be called') };
  }
}

function isTransient(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || (status >= 500 && status !== 501 && status !== 505);
}
