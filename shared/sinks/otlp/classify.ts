import { SinkError } from '../../core/errors.ts';
import type { UnixMillis } from '../../core/units.ts';
import { classifyAnswer, type HttpRules } from '../http/classify-http.ts';
import type { HttpAnswer } from '../http/http-answer.ts';
import type { SendOutcome } from '../sink.ts';
import { readPartialSuccess } from './read-response.ts';
import type { OtlpRequest } from './request.ts';

/** The only statuses that may be tried again: https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const LONGEST_MESSAGE = 200;

export function isRetryable(status: number): boolean {
  return RETRYABLE.has(status);
}

/**
 * What an answer to an export means. Pure. 200 with rejected points is never sent again, as the protocol wants it. `warn` is
 * told what a server says of a request that it took whole.
 */
export function classifyOtlp(
  answer: HttpAnswer,
  request: OtlpRequest,
  deps: { readonly rules: HttpRules; readonly now: UnixMillis; readonly warn: (message: string) => void },
): SendOutcome {
  const { rules, now, warn } = deps;
  if (answer.status < 200 || answer.status >= 300) {
    return classifyAnswer(answer, { ...rules, retry: isRetryable }, now);
  }
  const { rejected, message } = readPartialSuccess(answer);
  const line = message.replaceAll(/\s+/g, ' ').trim();
  const said = line.length > LONGEST_MESSAGE ? `${line.slice(0, LONGEST_MESSAGE - 1)}…` : line;
  if (rejected > 0) {
    const cause = new SinkError(`${rules.backend} rejects data points: ${said === '' ? 'it does not say why' : said}`, {
      code: 'sink_refused',
    });
    return { status: 'partial', rejected: Math.min(rejected, request.points), cause };
  }
  if (said !== '') warn(said);
  return { status: 'delivered' };
}
