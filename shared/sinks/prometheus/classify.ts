import { SinkError } from '../../core/errors.ts';
import type { UnixMillis } from '../../core/units.ts';
import { classifyAnswer, type HttpRules } from '../http/classify-http.ts';
import { answerText, type HttpAnswer } from '../http/http-answer.ts';
import type { SendOutcome } from '../sink.ts';
import type { RemoteWriteRequest } from './request.ts';

/** How many samples a receiver has written; version 2.0 wants it in every answer. */
const WRITTEN = 'x-prometheus-remote-write-samples-written';

/** What receivers say of samples that come at the wrong time, and what it means. */
const TIMING: readonly (readonly [RegExp, string])[] = [
  [/duplicate sample|overrides not allowed|new-value-for-timestamp/i, 'has another value of the same time already'],
  [/out of order|out-of-order/i, 'has newer samples of these series already'],
  [/too far in (the )?future|too-far-in-future/i, 'finds the time too far ahead; check the clocks'],
  [/out of bounds|too old|older than|out-of-bounds/i, 'finds the time too old'],
];

/**
 * What an answer to a write means. Pure. Receivers store the good series of a request and answer 400 for the others: how
 * many is known where they say it; else the request is halved until the bad series are found, as a copy of a stored sample
 * does no harm. Samples at the wrong time are wrong all together, so that halving would not help.
 */
export function classifyRemoteWrite(
  answer: HttpAnswer,
  request: RemoteWriteRequest,
  rules: HttpRules,
  now: UnixMillis,
): SendOutcome {
  const { status } = answer;
  const accepted = status >= 200 && status < 300;
  const error = (what: string): SinkError => {
    const said = answerText(answer);
    return new SinkError(`${rules.backend} ${what}: HTTP ${status}${said === '' ? '' : `: ${said}`}`, {
      code: 'sink_refused',
    });
  };
  const written = readWritten(answer);
  if (accepted && request.version === '2.0' && written === undefined) {
    const what = 'took a message of version 2.0 without saying what it wrote: it knows 1.0 only; set version=1.0';
    return { status: 'rejected', cause: error(what) };
  }
  const refused = Math.min(request.points, Math.max(0, request.series - (written ?? request.series)));
  if (accepted) {
    return refused === 0
      ? { status: 'delivered' }
      : { status: 'partial', rejected: refused, cause: error('did not write all samples') };
  }
  if (status === 415) {
    return { status: 'rejected', cause: error(`does not take version ${request.version}; set version=`) };
  }
  if (status === 404) {
    const advice = 'check host and path; Prometheus itself needs --web.enable-remote-write-receiver';
    return { status: 'rejected', cause: error(`does not know the address (${advice})`) };
  }
  if (status !== 400 && status !== 409 && status !== 422) return classifyAnswer(answer, rules, now);
  const text = Buffer.from(answer.body).toString('utf8');
  const mistimed = TIMING.find(([pattern]) => pattern.test(text))?.[1];
  const cause = error(mistimed ?? 'refuses series');
  if (written !== undefined && written > 0) return { status: 'partial', rejected: refused, cause };
  if (mistimed !== undefined || request.series < 2 || request.points === 0) return { status: 'rejected', cause };
  return { status: 'split', cause };
}

function readWritten(answer: HttpAnswer): number | undefined {
  const text = answer.header(WRITTEN) ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
