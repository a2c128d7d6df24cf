import { SinkError } from '../../core/errors.ts';
import type { UnixMillis } from '../../core/units.ts';
import { classifyAnswer, type HttpRules } from '../http/classify-http.ts';
import { answerText, type HttpAnswer } from '../http/http-answer.ts';
import type { SendOutcome } from '../sink.ts';

/** What the service says of times out of its window. */
const OUT_OF_TIME = /\btime\b.*\b(older|future|past)\b/i;
const WRONG_REGION = /\b(region|location|regional endpoint)\b/i;

/**
 * What an answer means. Pure. A 400 refuses the request as a whole and stores nothing: halves are sent until the bad series
 * is found, unless it is about time or place, which all of them share. `place` is the region, or the endpoint in its place.
 */
export function classifyMetrics(
  answer: HttpAnswer,
  { rules, place, now }: { readonly rules: HttpRules; readonly place: string; readonly now: UnixMillis },
): SendOutcome {
  const said = answerText(answer);
  const refused = (what: string, code = 'sink_refused'): SinkError =>
    new SinkError(`${rules.backend} ${what}: HTTP ${answer.status}${said === '' ? '' : `: ${said}`}`, { code });
  const misplaced = `does not know the resource at ${place}; check resource_id= and region= (az resource show --query location --ids RESOURCE_ID)`;
  if (answer.status === 404) return { status: 'rejected', cause: refused(misplaced) };
  if (answer.status !== 400) return classifyAnswer(answer, rules, now);
  if (OUT_OF_TIME.test(said))
    return { status: 'rejected', cause: refused('does not take values of that time', 'sink_window') };
  if (WRONG_REGION.test(said)) return { status: 'rejected', cause: refused(misplaced) };
  return { status: 'split', cause: refused('refuses the values') };
}
