import { describe, expect, it } from 'vitest';
import { describeError } from '../../../../shared/core/errors.ts';
import { describeCredentialSource } from '../../../../shared/identity/aws-credential-source.ts';
import { classifyError as classifyAt } from '../../../../shared/sinks/cloudwatch/classify.ts';
import type { SendOutcome } from '../../../../shared/sinks/sink.ts';

const NOW = Date.UTC(2026, 10, 24, 12);

const classifyError = (error: unknown, credentials: string): SendOutcome => classifyAt(error, credentials, NOW);

interface ErrorParts {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error of the form that the SDK throws. */
function sdkError({ name = 'Error', message = 'said', code, status, headers }: ErrorParts): Error {
  return Object.assign(new Error(message), {
    name,
    ...(code === undefined ? {} : { code }),
    $metadata: status === undefined ? {} : { httpStatusCode: status },
    ...(status === undefined ? {} : { $response: { statusCode: status, headers: headers ?? {} } }),
  });
}

/** `retryable`, `retryable, ambiguous`, `split`, `rejected`. */
function verdict(outcome: SendOutcome): string {
  return outcome.status === 'retryable' && outcome.ambiguous ? 'retryable, ambiguous' : outcome.status;
}

describe('classifyError', () => {
  it.each<readonly [string, ErrorParts]>([
    ['retryable', { name: 'Throttling', status: 400 }],
    ['retryable', { name: 'ThrottlingException', status: 400 }],
    ['retryable', { name: 'RequestLimitExceeded', status: 503 }],
    ['retryable', { name: 'SyntaxError', status: 429 }],
    ['retryable', { name: 'RequestExpired', status: 400 }],
    ['retryable', { code: 'ECONNREFUSED' }],
    ['retryable', { code: 'ENOTFOUND' }],
    ['retryable', { code: 'EAI_AGAIN' }],
    ['retryable', { name: 'TimeoutError', message: 'the socket did not establish a connection in time' }],
    ['retryable, ambiguous', { name: 'TimeoutError', code: 'ECONNRESET' }],
    ['retryable, ambiguous', { name: 'TimeoutError', message: 'no answer' }],
    ['retryable, ambiguous', { code: 'EPIPE' }],
    ['retryable, ambiguous', { name: 'AbortError' }],
    ['retryable, ambiguous', { name: 'InternalServiceFault', status: 500 }],
    ['retryable, ambiguous', { name: 'SyntaxError', status: 503 }],
    ['split', { name: 'SyntaxError', status: 413 }],
    ['split', { name: 'InvalidParameterValue', status: 400 }],
    ['split', { name: 'InvalidParameterCombinationException', status: 400 }],
    ['split', { name: 'MissingRequiredParameter', status: 400 }],
    ['split', { name: 'SyntaxError', status: 400 }],
    ['rejected', { name: 'InvalidParameterValue', message: 'The value AWS/x for Namespace is invalid', status: 400 }],
    ['rejected', { name: 'AccessDenied', status: 403 }],
    ['rejected', { name: 'SyntaxError', status: 403 }],
    ['rejected', { name: 'InvalidClientTokenId', status: 400 }],
    ['rejected', { name: 'ExpiredToken', status: 400 }],
    ['rejected', { name: 'CredentialsProviderError' }],
    ['rejected', { name: 'SyntaxError', status: 404 }],
    ['rejected', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }],
    ['rejected', { name: 'TypeError', message: 'a bug' }],
  ])('says %s of %o', (expected, parts) => {
    expect(verdict(classifyError(sdkError(parts), 'the environment'))).toBe(expected);
  });

  it('reads the code of the first error when several addresses were tried', () => {
    const error = Object.assign(new AggregateError([sdkError({ code: 'ECONNREFUSED' })]), { code: undefined });

    expect(verdict(classifyError(error, 'x'))).toBe('retryable');
  });

  it('honours Retry-After in seconds and as a date, and ignores what is none', () => {
    const retryAfterOf = (text: string): SendOutcome =>
      classifyError(sdkError({ name: 'Throttling', status: 400, headers: { 'retry-after': text } }), 'x');

    expect(retryAfterOf('7')).toMatchObject({ retryAfter: 7_000 });
    expect(retryAfterOf('Tue, 24 Nov 2026 12:00:09 GMT')).toMatchObject({ retryAfter: 9_000 });
    expect(retryAfterOf('soon')).not.toHaveProperty('retryAfter');
  });

  it('names the credential source and the right that is missing', () => {
    const outcome = classifyError(sdkError({ name: 'AccessDenied', message: 'not you', status: 403 }), 'the pod role');

    expect(outcome).toMatchObject({ status: 'rejected' });
    expect('cause' in outcome && describeError(outcome.cause)).toBe(
      'CloudWatch refuses the credentials or their rights (allow cloudwatch:PutMetricData to the identity of the pod role): HTTP 403 AccessDenied: not you',
    );
  });

  it('tells an answer that is not JSON by its status, not by the parser’s words', () => {
    const outcome = classifyError(sdkError({ name: 'SyntaxError', message: 'Unexpected token <', status: 502 }), 'x');

    expect('cause' in outcome && describeError(outcome.cause)).toBe('CloudWatch fails: HTTP 502');
  });

  it.each([undefined, null, 'text', 7, {}])('survives %o', (thrown) => {
    expect(classifyError(thrown, 'x').status).toBe('rejected');
  });
});

describe('describeCredentialSource', () => {
  it.each([
    [{ CREDENTIALS_ENV_VARS: 'g' }, 'the environment (AWS_ACCESS_KEY_ID)'],
    [{ CREDENTIALS_ENV_VARS_STS_WEB_ID_TOKEN: 'h', CREDENTIALS_STS_ASSUME_ROLE_WEB_ID: 'k' }, /web identity/],
    [{ CREDENTIALS_IMDS: '0' }, /instance role/],
    [undefined, 'the default AWS credential chain'],
  ])('says where %o come from', (marks, words) => {
    expect(describeCredentialSource(marks)).toMatch(words);
  });
});
