import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { type HttpSim, type SimAnswer, type SimRequest, startHttpSim } from './http-sim.ts';

/**
 * Largest request and answer of a synchronous invocation, in bytes.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, read 2026-11-28
 */
const MOST_BYTES = 6_291_456;

/** A function as it is deployed: its handler, and how many milliseconds it may run. */
export interface LambdaFunction {
  readonly handler: (event: never, context: never, callback: never) => unknown;
  readonly timeout: number;
}

/**
 * Lambda's Invoke for functions of this process: events and answers travel as JSON, what a function throws is an answer of
 * 200 with a function error, names that there are not and payloads that are too large are refused.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html, read 2026-11-28
 */
export function startLambdaServer(functions: ReadonlyMap<string, LambdaFunction>): Promise<HttpSim> {
  return startHttpSim(async ({ method, url, headers, body }: SimRequest): Promise<SimAnswer> => {
    const [, name] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(decodeURIComponent(url.pathname)) ?? [];
    if (method !== 'POST' || name === undefined) return refusal(404, 'UnknownOperationException', url.pathname);
    if (!String(headers.authorization).startsWith('AWS4-HMAC-SHA256 ')) {
      return refusal(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
    }
    const found = functions.get(name);
    if (found === undefined) return refusal(404, 'ResourceNotFoundException', `Function not found: ${name}`);
    if ((headers['x-amz-invocation-type'] ?? 'RequestResponse') !== 'RequestResponse') {
      return refusal(400, 'InvalidParameterValueException', 'only RequestResponse is understood here');
    }
    if (body.length > MOST_BYTES)
      return refusal(413, 'RequestTooLargeException', `Request must be smaller than ${MOST_BYTES} bytes`);
    return await run(name, found, body.length === 0 ? null : JSON.parse(body.toString('utf8')));
  });
}

async function run(name: string, { handler, timeout }: LambdaFunction, event: unknown): Promise<SimAnswer> {
  const ends = performance.now() + timeout;
  const context: Context = {
    callbackWaitsForEmptyEventLoop: true,
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
    memoryLimitInMB: '1024',
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: '1',
    getRemainingTimeInMillis: () => Math.max(0, ends - performance.now()),
    done: noCallback,
    fail: noCallback,
    succeed: noCallback,
  };
  try {
    const answered = await handler(event as never, context as never, noCallback as never);
    // A runtime may clone an answer before it writes it, which loses what a class does when it is written.
    const answer = JSON.stringify(structuredClone(answered) ?? null);
    if (Buffer.byteLength(answer) <= MOST_BYTES) return { status: 200, body: answer };
    return failed('Function.ResponseSizeTooLarge', 'Response payload size exceeded maximum allowed payload size');
  } catch (error) {
    return error instanceof Error ? failed(error.name, error.message) : failed('Error', String(error));
  }
}

function failed(errorType: string, errorMessage: string): SimAnswer {
  const headers = { 'x-amz-function-error': 'Unhandled' };
  return { status: 200, headers, body: JSON.stringify({ errorType, errorMessage }) };
}

function refusal(status: number, type: string, message: string): SimAnswer {
  const headers = { 'content-type': 'application/json', 'x-amzn-errortype': type };
  return { status, headers, body: JSON.stringify({ Type: 'User', message }) };
}

function noCallback(): never {
  throw new Error('the function answers by its promise');
}
