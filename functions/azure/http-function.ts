import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { Runtime } from '../../shared/app/runtime.ts';
import type { Deadline } from '../../shared/core/deadline.ts';
import { answerCall, type VerifyCaller } from '../http/answer-call.ts';
import { readCallerSettings } from './app-settings.ts';
import { createEntraVerifier } from './entra-caller.ts';
import { logFailure, runInvocation } from './invocation.ts';
import { azureRuntime, MOST_BYTES } from './runtime.ts';

/** Keeps the keys of the directory from one invocation to the next. Empty after a cold start: they are asked for once. */
let warm: VerifyCaller | undefined;

const verify: VerifyCaller = async (authorization) => {
  warm ??= createEntraVerifier(readCallerSettings(process.env));
  return await warm(authorization);
};

type Work<Request> = (runtime: Runtime, request: Request, deadline: Deadline) => Promise<unknown>;

/** A function that only the tick calls: the caller's identity is checked, then the runtime is opened and `work` done. */
export function createHttpFunction<Request extends { readonly version: 1; readonly endBy: number }>(
  name: string,
  work: Work<Request>,
): (request: HttpRequest, context: InvocationContext) => Promise<HttpResponseInit> {
  return async (request, context) =>
    await runInvocation(context, async (deadline) => {
      const call = {
        method: request.method,
        authorization: request.headers.get('authorization') ?? undefined,
        contentType: request.headers.get('content-type') ?? '',
        body: async () => new Uint8Array(await request.arrayBuffer()),
      };
      const { status, type, bytes } = await answerCall<Request>(call, {
        name,
        verify,
        maxBytes: MOST_BYTES,
        work: async (asked) => {
          const runtime = await azureRuntime();
          using own = deadline.within(asked.endBy - runtime.platform.clock.now());
          return await work(runtime, asked, own);
        },
        onError: (error) => logFailure(error, context),
      });
      return { status, headers: { 'content-type': type }, body: bytes };
    });
}
