import { protos } from '@google-cloud/monitoring';
import { Metadata } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { SinkError } from '../../../../shared/core/errors.ts';
import type { SendOutcome } from '../../../../shared/sinks/sink.ts';
import { classifyFailure } from '../../../../shared/sinks/stackdriver/classify.ts';
import { readStatusDetails } from '../../../../shared/sinks/stackdriver/status-details.ts';

interface Refused {
  readonly code: number;
  readonly message: string;
  readonly points: number;
}

const SUMMARY = protos.google.monitoring.v3.CreateTimeSeriesSummary;
const ORDER = 'Points must be written in order. One or more of the points specified had an older end time';
const OFTEN = 'One or more points were written more frequently than the maximum sampling period';

function trailer(...errors: readonly Refused[]): Buffer {
  const value = SUMMARY.encode({
    totalPointCount: 200,
    successPointCount: 200 - errors.reduce((sum, { points }) => sum + points, 0),
    errors: errors.map(({ code, message, points }) => ({ status: { code, message }, pointCount: points })),
  }).finish();
  const type_url = 'type.googleapis.com/google.monitoring.v3.CreateTimeSeriesSummary';
  return Buffer.from(
    protos.google.rpc.Status.encode({ code: 3, message: 'm', details: [{ type_url, value }] }).finish(),
  );
}

function classify(code: number, details = 'said', bytes?: Buffer): SendOutcome {
  const metadata = new Metadata();
  if (bytes !== undefined) metadata.set('grpc-status-details-bin', bytes);
  return classifyFailure({ code, details, metadata }, { points: 200, project: 'acme' });
}

describe('a failed CreateTimeSeries', () => {
  it.each([
    [9, OFTEN],
    [3, ORDER],
  ])('counts as delivered where all that was refused is there already: inner code %i', (code, message) => {
    expect(classify(3, 'part', trailer({ code, message, points: 200 }))).toEqual({ status: 'delivered' });
  });

  it('counts what was refused for another reason, with the reason, and not what is there already', () => {
    const kind = { code: 3, message: 'Value type for metric x must be INT64', points: 7 };

    const outcome = classify(3, 'part', trailer({ code: 9, message: OFTEN, points: 100 }, kind));

    expect(outcome).toMatchObject({ status: 'partial', rejected: 7 });
    expect(outcome.status === 'partial' && outcome.cause).toMatchObject({
      message: expect.stringMatching(/invalidArgument: Value type for metric x must be INT64/),
    });
  });

  it.each([4, 8, 10, 13, 14])('is repeated whole where a part may pass later: inner code %i', (code) => {
    const outcome = classify(code, 'part', trailer({ code, message: 'Internal error', points: 3 }));

    expect(outcome).toMatchObject({ status: 'retryable', ambiguous: true });
  });

  it.each([
    [1, { status: 'retryable', ambiguous: true }],
    [2, { status: 'retryable', ambiguous: true }],
    [3, { status: 'split' }],
    [4, { status: 'retryable', ambiguous: true }],
    [5, { status: 'rejected' }],
    [7, { status: 'rejected' }],
    [8, { status: 'retryable', ambiguous: false }],
    [12, { status: 'rejected' }],
    [13, { status: 'retryable', ambiguous: true }],
    [14, { status: 'retryable', ambiguous: true }],
    [16, { status: 'rejected' }],
  ])('with code %i alone is %o', (code, outcome) => {
    expect(classify(code)).toMatchObject(outcome);
  });

  it('names project and role where rights are missing', () => {
    const outcome = classify(7, 'Permission denied');

    expect(outcome.status === 'rejected' && (outcome.cause as Error).message).toMatch(
      /roles\/monitoring\.metricWriter on project acme\): permissionDenied: Permission denied/,
    );
  });

  it('waits for credentials that are out of reach, and for no others', () => {
    const failure = (retryable: boolean): SendOutcome =>
      classifyFailure(new SinkError('no credentials', { code: 'sink_credentials', retryable }), {
        points: 1,
        project: 'acme',
      });

    expect(failure(true)).toMatchObject({ status: 'retryable', ambiguous: false });
    expect(failure(false)).toMatchObject({ status: 'rejected' });
  });
});

describe('the details of a status', () => {
  it('are none where the trailer is absent, cut off or something else', () => {
    const whole = trailer({ code: 9, message: OFTEN, points: 2 });
    const none = { summary: undefined, retryDelay: undefined };

    expect(readStatusDetails(undefined)).toEqual(none);
    expect(readStatusDetails(whole.subarray(0, whole.length - 3))).toEqual(none);
    expect(readStatusDetails(Buffer.from('hello'))).toEqual(none);
  });

  it('hold totals and each kind of error', () => {
    expect(readStatusDetails(trailer({ code: 9, message: OFTEN, points: 2 })).summary).toEqual({
      total: 200,
      written: 198,
      errors: [{ code: 9, message: OFTEN, points: 2 }],
    });
  });
});
