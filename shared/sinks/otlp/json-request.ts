import type { EncodeRejection } from '../sink.ts';
import type { OtlpRequest } from './request.ts';
import { toOtlpJson } from './to-json.ts';

/** A request that is sent as JSON. */
export function toJsonRequest(request: OtlpRequest): OtlpRequest {
  const body = Buffer.from(toOtlpJson(request.message));
  return {
    ...request,
    body,
    bytes: body.length,
    split() {
      const halves = request.split();
      return halves === undefined ? undefined : [toJsonRequest(halves[0]), toJsonRequest(halves[1])];
    },
  };
}

/** Requests as JSON. JSON is some four times larger: what is too large is halved until it fits. */
export function* encodeOtlpJson(
  requests: Iterable<OtlpRequest>,
  maxBytes: number,
  reject: (rejection: EncodeRejection) => void,
): Generator<OtlpRequest> {
  for (const request of requests) {
    const pending = [toJsonRequest(request)];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const halves = next.bytes > maxBytes ? next.split() : undefined;
      if (halves !== undefined) pending.push(halves[1], halves[0]);
      else if (next.bytes <= maxBytes) yield next;
      else reject({ points: next.points, reason: 'a data point larger than a whole request is not sent' });
    }
  }
}
