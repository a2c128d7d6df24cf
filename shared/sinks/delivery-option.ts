import type { Option } from '../config/option.ts';
import { choiceOption } from '../config/option-types.ts';
import type { EncodedRequest, Sink } from './sink.ts';

const DELIVERIES = ['at-least-once', 'at-most-once'] as const;
export type Delivery = (typeof DELIVERIES)[number];

/** The option `delivery` of a sink whose backend may keep a second copy. `copy` says what it does with one. */
export function deliveryOption(copy: string): Option<Delivery> {
  return choiceOption(DELIVERIES, { default: 'at-least-once' }).describe(
    `After a failure that leaves open whether values were stored: \`at-least-once\` sends them again (${copy}), \`at-most-once\` does not`,
  );
}

/** The sink as `delivery` wants it: at most once, no request of it may be sent again after a doubt. */
export function withDelivery<Request extends EncodedRequest>(sink: Sink<Request>, delivery: Delivery): Sink<Request> {
  if (delivery === 'at-least-once') return sink;
  const { backlog } = sink;
  return {
    ...sink,
    *encode(batch, reject) {
      for (const request of sink.encode(batch, reject)) yield once(request);
    },
    ...(backlog === undefined ? {} : { backlog: { ...backlog, load: (bytes) => once(backlog.load(bytes)) } }),
  };
}

function once<Request extends EncodedRequest>(request: Request): Request {
  return {
    ...request,
    idempotent: false,
    split() {
      const halves = request.split();
      return halves && [once(halves[0]), once(halves[1])];
    },
  };
}
