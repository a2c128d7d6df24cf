import { describe, expect, it } from 'vitest';
import type { HttpAnswer } from '../../../../shared/sinks/http/http-answer.ts';
import { classifyInflux, isDatabaseMissing } from '../../../../shared/sinks/influxdb/classify.ts';
import { createLineRequest, type LineRequest } from '../../../../shared/sinks/text/line-request.ts';

const RULES = { backend: 'InfluxDB', credentials: 'user= and pw=' };

function answer(status: number, body: unknown): HttpAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, header: () => undefined, body: Buffer.from(text) };
}

function request(lines: number, pointsPerLine = 1): LineRequest {
  const ends = Int32Array.from({ length: lines }, (_, line) => (line + 1) * 2);
  const points = new Int32Array(lines).fill(pointsPerLine);
  return createLineRequest(Buffer.alloc(lines * 2), { ends, points }, { idempotent: true });
}

function outcomeOf(status: number, body: unknown, of = request(10)): unknown {
  const outcome = classifyInflux(answer(status, body), of, RULES, 0);
  return outcome.status === 'partial' ? [outcome.status, outcome.rejected] : [outcome.status];
}

describe('classifyInflux', () => {
  it('takes 204 for delivered', () => {
    expect(outcomeOf(204, '')).toEqual(['delivered']);
  });

  it('counts dropped lines and lines that could not be read', () => {
    expect(outcomeOf(400, { error: 'partial write: field type conflict: … dropped=3' })).toEqual(['partial', 3]);
    expect(
      outcomeOf(400, { error: "partial write: unable to parse 'a': missing fields\nunable to parse 'b': x dropped=0" }),
    ).toEqual(['partial', 2]);
    expect(outcomeOf(422, { code: 'unprocessable entity', message: 'partial write: … dropped=1' })).toEqual([
      'partial',
      1,
    ]);
    expect(outcomeOf(400, { error: 'partial write of line protocol occurred', data: [{}, {}] })).toEqual([
      'partial',
      2,
    ]);
  });

  it('halves a request when the number does not tell which values were dropped', () => {
    expect(outcomeOf(400, { error: 'partial write: … dropped=1' }, request(10, 5))).toEqual(['split']);
    expect(outcomeOf(400, { error: 'something is wrong' })).toEqual(['split']);
    expect(outcomeOf(400, { error: 'partial write: … dropped=1' }, request(1, 5))).toEqual(['split']);
  });

  it('rejects all when all lines were refused', () => {
    expect(outcomeOf(400, { error: 'partial write: points beyond retention policy dropped=10' })).toEqual(['rejected']);
    expect(outcomeOf(400, { error: "unable to parse 'a'" }, request(1))).toEqual(['rejected']);
  });

  it('does not repeat what a server error says is for good', () => {
    expect(outcomeOf(500, { error: 'retention policy not found: x' })).toEqual(['rejected']);
    expect(outcomeOf(500, { error: 'timeout' })).toEqual(['retryable']);
  });

  it('divides what is too large, and waits when it is told to', () => {
    expect(outcomeOf(413, '')).toEqual(['split']);
    expect(outcomeOf(429, '')).toEqual(['retryable']);
  });

  it('knows a database that is not there', () => {
    expect(isDatabaseMissing(answer(404, { error: 'database not found: "k8s"' }))).toBe(true);
    expect(isDatabaseMissing(answer(404, '404 page not found'))).toBe(false);
  });
});
