import type { IncomingMessage } from 'node:http';
import { ERROR_BODY_BYTES } from './http/http-client.ts';
import { unpackBody } from './http/unpack-body.ts';

export type BodyResult =
  | { readonly kind: 'whole'; readonly body: Buffer; readonly bytes: number }
  | { readonly kind: 'too_large'; readonly bytes: number; readonly announced: number | undefined }
  | { readonly kind: 'garbled'; readonly bytes: number; readonly error: Error }
  | { readonly kind: 'broken'; readonly bytes: number; readonly error: Error };

/**
 * Gathers an answer's body, and unpacks it if it is gzip. Stops reading and ends the socket at more than `maxBytes`, packed
 * or unpacked; an error's body is cut at 64 KiB instead. `bytes` counts what came over the wire.
 */
export function readBody(response: IncomingMessage, maxBytes: number): Promise<BodyResult> {
  const isError = response.statusCode !== 200;
  const limit = isError ? ERROR_BODY_BYTES : maxBytes;
  const announced = contentLength(response);
  if (!isError && announced !== undefined && announced > limit) {
    response.destroy();
    return Promise.resolve({ kind: 'too_large', bytes: 0, announced });
  }
  const isPacked = response.headers['content-encoding'] === 'gzip';
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let size = 0;
    const finish = (result: BodyResult): void => {
      if (result.kind !== 'whole') response.destroy();
      resolve(result);
    };
    const whole = (): void => {
      const body = joined(chunks, size);
      const unpacked = isPacked ? unpackBody(body, { limit, isError }) : ({ kind: 'whole', body } as const);
      finish(unpacked.kind === 'too_large' ? { ...unpacked, bytes, announced } : { ...unpacked, bytes });
    };
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      size += chunk.length;
      if (size <= limit) {
        chunks.push(chunk);
        return;
      }
      if (isError) whole();
      else finish({ kind: 'too_large', bytes, announced });
      response.destroy();
    });
    response.on('error', (error) => finish({ kind: 'broken', bytes, error }));
    // A socket that is destroyed from our side, by the deadline, may end without an error event of the answer.
    response.on('close', () => {
      if (!response.complete) finish({ kind: 'broken', bytes, error: new Error('the connection was closed') });
    });
    response.on('end', whole);
  });
}

function joined(chunks: readonly Buffer[], size: number): Buffer {
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, size);
}

function contentLength(response: IncomingMessage): number | undefined {
  const text = response.headers['content-length'];
  return text === undefined ? undefined : Number(text);
}
