import type { InvokeCommandInput, InvokeCommandOutput } from '@aws-sdk/client-lambda';
import type { Deadline } from '../../shared/core/deadline.ts';
import { describeError, HeaplessError } from '../../shared/core/errors.ts';
import { packPayload, unpackPayload } from './packed-payload.ts';

/**
 * Largest request and answer of a synchronous invocation, in bytes.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, read 2026-11-23.
 */
export const MAX_PAYLOAD_BYTES = 6_291_456;

/** Lambda's Invoke, as the SDK has it. */
export type Invoke = (
  input: InvokeCommandInput,
  options: { readonly abortSignal: AbortSignal },
) => Promise<InvokeCommandOutput>;

/**
 * Runs a function of this stack by name and waits for its JSON answer (RequestResponse, one attempt).
 * Rejects with a `HeaplessError`: `invoke_too_large` before anything is sent, `invoke_failed` if the function threw
 * (with its own message) or answered no JSON, `invoke_refused` if Lambda did not run it or nothing came in time.
 */
export async function callFunction(
  call: { readonly name: string; readonly request: unknown; readonly what: string },
  deps: { readonly invoke: Invoke; readonly deadline: Deadline },
): Promise<unknown> {
  const payload = Buffer.from(JSON.stringify(packPayload(call.request)));
  if (payload.length > MAX_PAYLOAD_BYTES) throw tooLarge(call.what, payload.length);
  const answer = await send({ FunctionName: call.name, InvocationType: 'RequestResponse', Payload: payload }, deps);
  const text = Buffer.from(answer.Payload ?? []).toString('utf8');
  if (answer.FunctionError !== undefined) {
    throw new HeaplessError(`function ${call.name} failed: ${errorMessage(text)}`, { code: 'invoke_failed' });
  }
  try {
    return unpackPayload(JSON.parse(text));
  } catch (cause) {
    throw new HeaplessError(`function ${call.name} answered no JSON`, { code: 'invoke_failed', cause });
  }
}

async function send(
  input: InvokeCommandInput,
  { invoke, deadline }: { readonly invoke: Invoke; readonly deadline: Deadline },
): Promise<InvokeCommandOutput> {
  try {
    return await invoke(input, { abortSignal: deadline.signal });
  } catch (cause) {
    const said = deadline.signal.aborted
      ? 'was not back by the deadline'
      : `could not be invoked: ${describeError(cause)}${advice(cause)}`;
    throw new HeaplessError(`function ${input.FunctionName} ${said}`, { code: 'invoke_refused', cause });
  }
}

function advice(cause: unknown): string {
  const name = cause instanceof Error ? cause.name : '';
  if (name === 'TooManyRequestsException') {
    return '; raise the concurrency quota of the account or lower HEAPLESS_SHARD_CONCURRENCY';
  }
  if (name === 'ResourceNotFoundException') return '; deploy the stack again, all its functions together';
  return name.includes('AccessDenied') ? '; the role of the tick needs lambda:InvokeFunction on it' : '';
}

function tooLarge(what: string, bytes: number): HeaplessError {
  const message = `${what} is ${bytes} bytes, Lambda takes ${MAX_PAYLOAD_BYTES}: lower HEAPLESS_SHARD_SIZE or HEAPLESS_GROUP_LIMIT`;
  return new HeaplessError(message, { code: 'invoke_too_large' });
}

/** What a failed function says of itself: `errorMessage` of Lambda's error document, else the text. */
function errorMessage(text: string): string {
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document === 'object' && document !== null && 'errorMessage' in document) {
      return describeError(document.errorMessage);
    }
  } catch {
    // Not a document: the text is the message.
  }
  return describeError(text === '' ? 'no message' : text);
}
