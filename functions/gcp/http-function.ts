import type { Request, Response } from '@google-cloud/functions-framework';
import type { Runtime } from '../../shared/app/runtime.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { createDeadline, type Deadline } from '../../shared/core/deadline.ts';
import { type Millis, SECOND, type UnixMillis } from '../../shared/core/units.ts';
import { failureLine } from '../../shared/telemetry/failure-line.ts';
import { answerCall, type HttpAnswer, type VerifyCaller } from '../http/answer-call.ts';
import { writeLog } from './function-log.ts';
import { functionTime, readCallerSettings } from './function-settings.ts';
import { createGoogleVerifier } from './google-caller.ts';
import { gcpRuntime, MOST_BYTES } from './runtime.ts';

/** Kept back from the function's time for the answer: the platform counts from before our clock does. */
const RESERVE: Millis = 2 * SECOND;

/** Keeps Google's keys from one request to the next. Empty after a cold start: they are asked for once. */
let warm: VerifyCaller | undefined;

/** Who may call this function, by its environment. */
export const verifyCaller: VerifyCaller = async (authorization) => {
  warm ??= createGoogleVerifier(readCallerSettings(process.env));
  return await warm(authorization);
};

export type Handler = (request: Request, response: Response) => Promise<void>;

/** Logs what a function threw as one line. */
export type OnError = (error: unknown) => void;

/** Answers a request with what `work` makes of it; `end` gives the absolute end of the function's time, less a reserve. */
export function createHandler(
  name: string,
  work: (request: Request, end: () => UnixMillis, onError: OnError) => Promise<HttpAnswer>,
): Handler {
  return async (request, response) => {
    const started = systemClock.now();
    const end = (): UnixMillis => started + functionTime(process.env) - RESERVE;
    const onError: OnError = (error) =>
      writeLog(failureLine(error, { function: name, request: requestId(request), time: systemClock.now() }));
    const { status, type, bytes } = await work(request, end, onError);
    response.status(status).set('content-type', type).end(bytes);
  };
}

/** A function that only the tick calls: the caller is checked, then the runtime is opened and `work` done. */
export function createHttpFunction<Asked extends { readonly version: 1; readonly endBy: number }>(
  name: string,
  work: (runtime: Runtime, asked: Asked, deadline: Deadline) => Promise<unknown>,
): Handler {
  return createHandler(name, (request, end, onError) =>
    answerCall<Asked>(
      {
        method: request.method,
        authorization: request.headers.authorization,
        contentType: request.headers['content-type'] ?? '',
        body: async () => request.rawBody ?? Buffer.alloc(0),
      },
      {
        name,
        verify: verifyCaller,
        maxBytes: MOST_BYTES,
        work: async (asked) => {
          const runtime = await gcpRuntime();
          using own = createDeadline(Math.min(asked.endBy, end()), runtime.platform.clock);
          return await work(runtime, asked, own);
        },
        onError,
      },
    ),
  );
}

/** Cloud Run's trace of the request, by which its own log entry is found. */
function requestId({ headers }: Request): string {
  const trace = headers['x-cloud-trace-context'];
  return (typeof trace === 'string' ? trace.split('/')[0] : undefined) || 'unknown';
}
