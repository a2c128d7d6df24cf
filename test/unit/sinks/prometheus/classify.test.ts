import { describe, expect, it } from 'vitest';
import { describeError } from '../../../../shared/core/errors.ts';
import type { HttpAnswer } from '../../../../shared/sinks/http/http-answer.ts';
import { classifyRemoteWrite } from '../../../../shared/sinks/prometheus/classify.ts';
import { createRemoteWriteRequest } from '../../../../shared/sinks/prometheus/request.ts';
import type { RemoteWriteVersion } from '../../../../shared/sinks/prometheus/settings.ts';
import type { SendOutcome } from '../../../../shared/sinks/sink.ts';

const WRITTEN = 'x-prometheus-remote-write-samples-written';
const RULES = { backend: 'The receiver', credentials: 'token=' };

interface Said {
  readonly version?: RemoteWriteVersion;
  readonly points?: number;
  readonly series?: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function classify(status: number, { version = '1.0', points = 10, series = 10, body = '', headers = {} }: Said = {}) {
  const answer: HttpAnswer = { status, header: (name) => headers[name], body: Buffer.from(body) };
  const request = createRemoteWriteRequest({ version, points, series, timestamp: 0, bytes: 1, body: Buffer.alloc(0) });
  return classifyRemoteWrite(answer, request, RULES, 0);
}

const causeOf = (outcome: SendOutcome): string => ('cause' in outcome ? describeError(outcome.cause) : '');

describe('an answer to a remote write', () => {
  it.each([200, 202, 204])('of %i is delivery', (status) => {
    expect(classify(status)).toEqual({ status: 'delivered' });
    expect(classify(status, { version: '2.0', headers: { [WRITTEN]: '10' } })).toEqual({ status: 'delivered' });
  });

  it('of version 2.0 without a count says that nothing was stored', () => {
    const outcome = classify(204, { version: '2.0' });

    expect(outcome.status).toBe('rejected');
    expect(causeOf(outcome)).toMatch(/it knows 1\.0 only; set version=1\.0/);
  });

  it('counts what was not written, and no more than there is', () => {
    expect(classify(200, { version: '2.0', headers: { [WRITTEN]: '7' } })).toMatchObject({
      status: 'partial',
      rejected: 3,
    });
    expect(classify(400, { headers: { [WRITTEN]: '9' }, body: 'bad' })).toMatchObject({
      status: 'partial',
      rejected: 1,
    });
    expect(classify(400, { headers: { [WRITTEN]: '99' }, body: 'bad' })).toMatchObject({
      status: 'partial',
      rejected: 0,
    });
    expect(classify(204, { headers: { [WRITTEN]: 'x' } })).toEqual({ status: 'delivered' });
  });

  it.each([
    ['out of order sample', /has newer samples of these series already/],
    ['err: duplicate sample for timestamp', /has another value of the same time already/],
    ['timestamp is too far in the future', /too far ahead; check the clocks/],
    ['out of bounds', /finds the time too old/],
    ['err-mimir-sample-out-of-order', /has newer samples/],
  ])('of 400 with %j is told apart and not halved', (body, words) => {
    const outcome = classify(400, { body });

    expect(outcome.status).toBe('rejected');
    expect(causeOf(outcome)).toMatch(words);
  });

  it('of 400 for another reason finds the bad series by halves', () => {
    expect(classify(400, { body: 'label name too long' }).status).toBe('split');
    expect(classify(400, { body: 'label name too long', series: 1, points: 1 }).status).toBe('rejected');
    expect(classify(400, { body: 'label name too long', points: 0 }).status).toBe('rejected');
    expect(classify(413).status).toBe('split');
  });

  it.each([429, 500, 502, 503])('of %i is tried again', (status) => {
    expect(classify(status, { headers: { 'retry-after': '2' } })).toMatchObject({
      status: 'retryable',
      retryAfter: 2_000,
    });
  });

  it.each([
    [415, /does not take version 1\.0/],
    [404, /--web\.enable-remote-write-receiver/],
    [401, /refuses the credentials or their rights \(token=\)/],
    [302, /redirects, which is not followed/],
  ])('of %i is a refusal with what to do', (status, words) => {
    const outcome = classify(status);

    expect(outcome.status).toBe('rejected');
    expect(causeOf(outcome)).toMatch(words);
  });
});
