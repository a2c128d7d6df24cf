import { SinkError } from '../../core/errors.ts';
import type { UnixMillis } from '../../core/units.ts';
import { classifyAnswer, type HttpRules } from '../http/classify-http.ts';
import type { HttpAnswer } from '../http/http-answer.ts';
import type { SendOutcome } from '../sink.ts';
import type { LineRequest } from '../text/line-request.ts';

/** What InfluxDB says of a request in the versions' different ways, all of it optional. */
interface InfluxAnswer {
  readonly error?: unknown;
  readonly message?: unknown;
  /** InfluxDB 3: one entry per refused line. */
  readonly data?: unknown;
}

/** Refusals of lines, with the number of lines that were dropped. */
const DROPPED = /\bdropped=(\d+)/;
const UNPARSED = /unable to parse '/g;

/**
 * What an answer to a write means. Pure. InfluxDB stores the good lines of a request and refuses the others (400, in
 * version 2 also 422). Their number is exact where each line has one value; else the request is halved until it is.
 */
export function classifyInflux(
  answer: HttpAnswer,
  request: LineRequest,
  rules: HttpRules,
  now: UnixMillis,
): SendOutcome {
  if (answer.status !== 400 && answer.status !== 422) {
    if (answer.status === 500 && /retention policy not found/.test(messageOf(answer))) {
      const cause = new SinkError(`${rules.backend} refuses the request: ${messageOf(answer)}; check rp=`, {
        code: 'sink_refused',
      });
      return { status: 'rejected', cause };
    }
    return classifyAnswer(answer, rules, now);
  }
  const refused = refusedLines(answer);
  const said = messageOf(answer);
  const cause = new SinkError(`${rules.backend} refuses lines: ${said}`, { code: 'sink_refused' });
  if (refused === undefined) return request.points > 1 ? { status: 'split', cause } : { status: 'rejected', cause };
  if (refused >= request.lines) {
    return request.points > request.lines ? { status: 'split', cause } : { status: 'rejected', cause };
  }
  if (request.points > request.lines) return { status: 'split', cause };
  return { status: 'partial', rejected: refused, cause };
}

/** True if the database must be made first. */
export function isDatabaseMissing(answer: HttpAnswer): boolean {
  return answer.status === 404 && /database not found/.test(messageOf(answer));
}

/** Lines that were refused; undefined if the answer does not tell. */
function refusedLines(answer: HttpAnswer): number | undefined {
  const { error, message, data } = read(answer);
  if (Array.isArray(data)) return data.length;
  const text = String(error ?? message ?? '');
  const dropped = Number(DROPPED.exec(text)?.[1] ?? 0);
  const unparsed = [...text.matchAll(UNPARSED)].length;
  const total = dropped + unparsed;
  return total === 0 ? undefined : total;
}

function messageOf(answer: HttpAnswer): string {
  const { error, message, data } = read(answer);
  const first = (Array.isArray(data) ? data[0] : data) as { readonly error_message?: unknown } | undefined;
  const parts = [error ?? message, first?.error_message].filter((part) => typeof part === 'string');
  const said = parts.join(': ').replaceAll(/\s+/g, ' ');
  return said.length > 200 ? `${said.slice(0, 199)}…` : said;
}

function read(answer: HttpAnswer): InfluxAnswer {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(answer.body).toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    // A body that was cut at 64 KiB, or a proxy's page: its text still has the sentence.
    return { error: Buffer.from(answer.body).toString('utf8') };
  }
}
