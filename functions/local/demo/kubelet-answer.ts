import { type Answer, jsonAnswer, statusAnswer, textAnswer } from './answer.ts';
import type { NodeFault } from './demo-fault.ts';

/** How an answer travels, for faults that are not in its text. */
export type Delivery =
  | { readonly kind: 'whole'; readonly answer: Answer }
  | { readonly kind: 'delayed'; readonly answer: Answer; readonly millis: number }
  | { readonly kind: 'drip'; readonly answer: Answer; readonly bytesPerSecond: number }
  /** The connection breaks after half of the announced body. */
  | { readonly kind: 'reset'; readonly answer: Answer }
  /** Bytes that are no HTTP, then the end. */
  | { readonly kind: 'raw'; readonly text: string }
  | { readonly kind: 'never' };

/** The summary of a node as it comes through the proxy, spoilt by a fault. `summary` is made only if it is needed. */
export function kubeletDelivery(
  fault: NodeFault | undefined,
  context: { readonly node: string; readonly address: string; readonly summary: (name?: string) => string },
): Delivery {
  const { node, address, summary } = context;
  const good = (): Answer => jsonAnswer(summary(), { chunked: true });
  const whole = (answer: Answer): Delivery => ({ kind: 'whole', answer });
  const status = (
    code: number,
    message: string,
    reason: string,
    headers: Readonly<Record<string, string>> = {},
  ): Delivery => whole(statusAnswer(code, message, { reason, headers }));
  if (fault === undefined) return whole(good());
  switch (fault.kind) {
    case 'refuse':
      return whole(
        statusAnswer(500, `error trying to reach service: dial tcp ${address}:10250: connect: connection refused`),
      );
    case 'hang':
      return { kind: 'never' };
    case 'slow':
      return { kind: 'delayed', answer: good(), millis: fault.millis };
    case 'drip':
      return { kind: 'drip', answer: good(), bytesPerSecond: fault.bytesPerSecond };
    case 'truncate': {
      const text = summary();
      return whole(jsonAnswer(text.slice(0, Math.floor((text.length * 2) / 3)), { chunked: true }));
    }
    case 'reset':
      return { kind: 'reset', answer: good() };
    case 'garbage':
      return { kind: 'raw', text: '\u0016\u0003\u0001 no http at all\r\n\r\n' };
    case 'html':
      return whole({
        ...jsonAnswer('<html><body><h1>502 Bad Gateway</h1></body></html>'),
        headers: { 'Content-Type': 'text/html' },
      });
    case 'empty':
      return whole(jsonAnswer(''));
    case 'oversize':
      return whole(jsonAnswer(summary().padEnd(fault.bytes, ' '), { chunked: true }));
    case 'deep_nesting':
      return whole(jsonAnswer(`{"node":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, { chunked: true }));
    case 'wrong_node':
      return whole(jsonAnswer(summary('another-node'), { chunked: true }));
    case 'redirect':
      return whole({
        status: 307,
        headers: { Location: `https://${address}:10250/stats/summary?token=secret` },
        body: '',
      });
    case 'unauthorized':
      return whole(textAnswer(401, 'Unauthorized'));
    case 'forbidden':
      return whole(
        textAnswer(
          403,
          'Forbidden (user=kube-apiserver-kubelet-client, verb=get, resource=nodes, subresource(s)=[stats])',
        ),
      );
    case 'not_found':
      return whole(textAnswer(404, '404 page not found\n'));
    case 'server_error':
      return whole(textAnswer(500, 'Internal Error: failed to get node stats\n'));
    case 'throttled':
      return status(429, 'Too many requests, please try again later.', 'TooManyRequests', retryAfter(fault));
    case 'unavailable':
      return status(503, `the kubelet of ${node} is not ready to answer`, 'ServiceUnavailable', retryAfter(fault));
  }
}

function retryAfter(fault: { readonly retryAfter?: string }): Readonly<Record<string, string>> {
  return fault.retryAfter === undefined ? {} : { 'Retry-After': fault.retryAfter };
}
