import type { IncomingMessage } from 'node:http';
import type { Exchange } from './exchange.ts';
import { readBody } from './read-body.ts';

/** What came of a GET whose answer has begun: its body within the cap, or how it ended. */
export async function receive(response: IncomingMessage, maxBytes: number, signal: AbortSignal): Promise<Exchange> {
  const result = await readBody(response, maxBytes);
  switch (result.kind) {
    case 'whole': {
      const { statusCode: status = 0, headers } = response;
      return { kind: 'answer', status, headers, body: result.body, bytes: result.bytes };
    }
    case 'broken':
      if (signal.aborted) return { kind: 'aborted', bytes: result.bytes };
      return { kind: 'broken', bytes: result.bytes, error: result.error, phase: 'body', reused: false };
    case 'too_large':
    case 'garbled':
      return result;
  }
}
