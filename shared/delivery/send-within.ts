import type { EncodedRequest, SendOutcome, Sink } from '../sinks/sink.ts';

/** `late`: the signal aborted before the sink answered; `threw`: the sink broke its promise not to. */
export type Attempt = SendOutcome | { readonly status: 'late' } | { readonly status: 'threw'; readonly cause: unknown };

async function guarded(sink: Sink, request: EncodedRequest, signal: AbortSignal): Promise<Attempt> {
  try {
    return await sink.send(request, signal);
  } catch (cause) {
    return { status: 'threw', cause };
  }
}

/**
 * Sends a request once and never waits longer than the signal: a sink that ignores it is abandoned, and what it says
 * later is not heard.
 */
export function sendWithin(sink: Sink, request: EncodedRequest, signal: AbortSignal): Promise<Attempt> {
  return new Promise((resolve) => {
    const expire = (): void => resolve({ status: 'late' });
    if (signal.aborted) return expire();
    signal.addEventListener('abort', expire, { once: true });
    void guarded(sink, request, signal).then((attempt) => {
      signal.removeEventListener('abort', expire);
      resolve(attempt);
    });
  });
}
