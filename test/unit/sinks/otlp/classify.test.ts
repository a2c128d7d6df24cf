import { describe, expect, it } from 'vitest';
import { describeError } from '../../../../shared/core/errors.ts';
import type { HttpAnswer } from '../../../../shared/sinks/http/http-answer.ts';
import { classifyOtlp } from '../../../../shared/sinks/otlp/classify.ts';
import { createOtlpRequest } from '../../../../shared/sinks/otlp/request.ts';
import type { SendOutcome } from '../../../../shared/sinks/sink.ts';

const RULES = { backend: 'The server', credentials: 'token=' };
const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

function classify(
  status: number,
  body: string | Buffer = '',
  headers: Readonly<Record<string, string>> = PROTOBUF,
): { readonly outcome: SendOutcome; readonly warnings: readonly string[] } {
  const warnings: string[] = [];
  const answer: HttpAnswer = { status, header: (name) => headers[name], body: Buffer.from(body) };
  const warn = (message: string): void => void warnings.push(message);
  const outcome = classifyOtlp(answer, createOtlpRequest(Buffer.alloc(0), 10, 0), { rules: RULES, now: 0, warn });
  return { outcome, warnings };
}

/** `partial_success { rejected_data_points: 3, error_message: "no" }`. */
const PARTIAL = Buffer.from('0a0608031202', 'hex');

describe('an answer to an export', () => {
  it.each(['', '{}', 'ok', '\u0000\u0001'])('of 200 with %j is delivery', (body) => {
    expect(classify(200, body).outcome).toEqual({ status: 'delivered' });
    expect(classify(200, body, JSON_TYPE).outcome).toEqual({ status: 'delivered' });
  });

  it('of 200 counts the rejected points and is never sent again', () => {
    const protobuf = classify(200, Buffer.concat([PARTIAL, Buffer.from('no')]));
    const json = classify(200, '{"partialSuccess":{"rejectedDataPoints":"3","errorMessage":"no"}}', JSON_TYPE);

    for (const { outcome } of [protobuf, json]) {
      expect(outcome).toMatchObject({ status: 'partial', rejected: 3 });
      expect(describeError('cause' in outcome ? outcome.cause : '')).toBe('The server rejects data points: no');
    }
  });

  it('of 200 rejects no more points than there are', () => {
    const { outcome } = classify(200, '{"partialSuccess":{"rejectedDataPoints":99}}', JSON_TYPE);

    expect(outcome).toMatchObject({ status: 'partial', rejected: 10 });
  });

  it('of 200 with words alone is a warning', () => {
    const { outcome, warnings } = classify(200, '{"partialSuccess":{"errorMessage":"old\\nversion"}}', JSON_TYPE);

    expect(outcome).toEqual({ status: 'delivered' });
    expect(warnings).toEqual(['old version']);
  });

  it.each([429, 502, 503, 504])('of %i is tried again', (status) => {
    expect(classify(status, '', { 'retry-after': '3' }).outcome).toMatchObject({
      status: 'retryable',
      retryAfter: 3_000,
    });
  });

  it.each([400, 401, 403, 404, 408, 500, 501])('of %i is never tried again', (status) => {
    expect(classify(status).outcome.status).toBe('rejected');
  });

  it('of 413 sends the halves', () => {
    expect(classify(413).outcome.status).toBe('split');
  });
});
