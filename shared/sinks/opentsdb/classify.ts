import { SinkError } from '../../core/errors.ts';
import type { UnixMillis } from '../../core/units.ts';
import { classifyAnswer, type HttpRules } from '../http/classify-http.ts';
import { answerText, type HttpAnswer } from '../http/http-answer.ts';
import type { EncodedRequest, SendOutcome } from '../sink.ts';

/** What `/api/put?details` answers, all of it optional. */
interface PutDetails {
  readonly failed?: unknown;
  readonly errors?: unknown;
}

/**
 * What an answer to `/api/put?details` means. Pure. OpenTSDB stores the good points of a request and tells the number of
 * the others with 400, or with 200 in some versions. A 400 without a number is about the request as a whole.
 */
export function classifyPut(
  answer: HttpAnswer,
  request: EncodedRequest,
  rules: HttpRules,
  now: UnixMillis,
): SendOutcome {
  const { failed, why } = readDetails(answer);
  if (failed > 0 && (answer.status < 300 || answer.status === 400)) {
    const cause = new SinkError(`${rules.backend} refuses points: ${why}`, { code: 'sink_refused' });
    return failed < request.points ? { status: 'partial', rejected: failed, cause } : { status: 'rejected', cause };
  }
  if (answer.status === 400) {
    const cause = new SinkError(`${rules.backend} refuses the request: ${answerText(answer)}`, {
      code: 'sink_refused',
    });
    return { status: 'split', cause };
  }
  return classifyAnswer(answer, rules, now);
}

function readDetails(answer: HttpAnswer): { readonly failed: number; readonly why: string } {
  try {
    const details = JSON.parse(Buffer.from(answer.body).toString('utf8')) as PutDetails | null;
    const [first] = Array.isArray(details?.errors) ? (details.errors as readonly { readonly error?: unknown }[]) : [];
    return {
      failed: typeof details?.failed === 'number' ? details.failed : 0,
      why: typeof first?.error === 'string' ? first.error.slice(0, 200) : 'it does not say why',
    };
  } catch {
    // The list of errors may be longer than what is kept of an answer; the number stands apart from it.
    const text = Buffer.from(answer.body).toString('utf8');
    return {
      failed: Number(/"failed":(\d+)/.exec(text)?.[1] ?? 0),
      why: /"error":"([^"]{1,200})/.exec(text)?.[1] ?? 'it does not say why',
    };
  }
}
