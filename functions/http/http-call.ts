import type { Deadline } from '../../shared/core/deadline.ts';
import { describeError, HeaplessError } from '../../shared/core/errors.ts';
import { decodeBody, encodeBody } from './body-codec.ts';

/** Largest answer that is read, in bytes: what the platforms let through, and more than a shard ever needs. */
export const MAX_ANSWER_BYTES = 33_554_432;

/** Another function of this app, as it is reached by HTTPS. */
export interface HttpTarget {
  readonly url: URL;
  /** Largest request that the platform takes, in bytes. */
  readonly maxBytes: number;
  /** The `Authorization` header that shows who calls. Rejects if the platform gives no identity. */
  readonly authorize: (signal: AbortSignal) => Promise<string>;
  /** A second header with the same value, where the platform's own check takes the first one's signature away. */
  readonly alsoIn?: string;
  /** What to do when the platform does not let us in, by status; a sentence without a stop. */
  readonly advice: Readonly<Record<number, string>>;
}

/**
 * Calls a function and waits for its JSON answer: one attempt, because the tick counts what fails and a second try would
 * scrape the nodes twice. Redirects are not followed: the token is for this address. Rejects with a `HeaplessError`:
 * `invoke_too_large` before anything is sent, `invoke_failed` if the function failed (with its own message) or answered no
 * JSON, `invoke_refused` if it was not run or nothing came in time.
 */
export async function callFunction(
  { request, what }: { readonly request: unknown; readonly what: string },
  target: HttpTarget,
  deadline: Deadline,
): Promise<unknown> {
  const { type, bytes } = encodeBody(request);
  if (bytes.length > target.maxBytes) {
    const message = `${what} is ${bytes.length} bytes, the platform takes ${target.maxBytes}: lower HEAPLESS_SHARD_SIZE or HEAPLESS_GROUP_LIMIT`;
    throw new HeaplessError(message, { code: 'invoke_too_large' });
  }
  const name = nameOf(target.url);
  try {
    const authorization = await authorizationOf(target, name, deadline.signal);
    const answer = await fetch(target.url, {
      method: 'POST',
      headers: {
        authorization,
        'content-type': type,
        ...(target.alsoIn === undefined ? {} : { [target.alsoIn]: authorization }),
      },
      body: bytes,
      redirect: 'manual',
      signal: deadline.signal,
    });
    const body = await readBody(answer, name);
    if (answer.status !== 200) throw failure(target, answer.status, body);
    return answerOf(name, answer.headers.get('content-type') ?? '', body);
  } catch (cause) {
    if (cause instanceof HeaplessError && cause.code.startsWith('invoke_')) throw cause;
    const said = deadline.signal.aborted ? 'was not back by the deadline' : `could not be called: ${reasonOf(cause)}`;
    throw new HeaplessError(`function ${name} ${said}`, { code: 'invoke_refused', cause });
  }
}

/** The whole body, unless it is larger than any answer of ours is. */
async function readBody(answer: Response, name: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) {
      const message = `function ${name} answered more than ${MAX_ANSWER_BYTES} bytes: lower HEAPLESS_SHARD_SIZE or HEAPLESS_GROUP_LIMIT`;
      throw new HeaplessError(message, { code: 'invoke_failed' });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function authorizationOf({ authorize }: HttpTarget, name: string, signal: AbortSignal): Promise<string> {
  try {
    return await authorize(signal);
  } catch (cause) {
    if (signal.aborted) throw cause;
    const message = `function ${name} could not be called: no token of our identity: ${describeError(cause)}`;
    throw new HeaplessError(message, { code: 'invoke_refused', cause });
  }
}

function answerOf(name: string, type: string, body: Uint8Array): unknown {
  try {
    return decodeBody(type, body);
  } catch (cause) {
    const message = `function ${name} answered no JSON: ${describeError(cause)}`;
    throw new HeaplessError(message, { code: 'invoke_failed', cause });
  }
}

/** A status other than 200: by the function itself, with its message, or by the platform before it. */
function failure({ url, advice }: HttpTarget, status: number, body: Uint8Array): HeaplessError {
  const own = ownError(body);
  const name = nameOf(url);
  const what = advice[status] === undefined ? '' : `; ${advice[status]}`;
  if (own !== undefined && status >= 500) {
    return new HeaplessError(`function ${name} failed: ${own}`, { code: 'invoke_failed' });
  }
  const redirect = status >= 300 && status < 400 ? ' (a redirect, which is not followed)' : '';
  const message = `function ${name} refused with HTTP ${status}${redirect}${own === undefined ? '' : `: ${own}`}${what}`;
  return new HeaplessError(message, { code: status >= 500 ? 'invoke_failed' : 'invoke_refused' });
}

/** What a function of ours says of itself; undefined if a front of the platform answered. */
function ownError(body: Uint8Array): string | undefined {
  try {
    const document = JSON.parse(new TextDecoder().decode(body)) as { readonly error?: { readonly message?: unknown } };
    return document.error === undefined ? undefined : describeError(document.error.message);
  } catch {
    return undefined;
  }
}

/** How a function is called in messages. */
export function nameOf({ host, pathname }: URL): string {
  return `${pathname.split('/').at(-1) || pathname} at ${host}`;
}

/** `fetch` hides why behind "fetch failed". */
function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause !== undefined ? `: ${describeError(cause.cause)}` : '';
  return `${describeError(cause)}${inner}`;
}
