import { type ApiStatus, toApiStatus } from './api-status.ts';
import { decodeStatus } from './protobuf/decode-status.ts';
import { isProtobuf } from './protobuf/envelope.ts';

/** The Status in a body; undefined if it is something else. What a Status leaves out is an empty text. */
export function parseApiStatus(body: Buffer): ApiStatus | undefined {
  if (body[0] !== 0x7b && !isProtobuf(body)) return undefined;
  try {
    if (body[0] !== 0x7b) return decodeStatus(body);
    return toApiStatus(JSON.parse(body.toString('utf8')));
  } catch {
    return undefined; // something else, or cut: the caller shows it as it is
  }
}
