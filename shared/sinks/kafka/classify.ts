import { describeError, SinkError } from '../../core/errors.ts';
import type { SendOutcome } from '../sink.ts';

/** What kafkajs's errors say, all of it optional. */
interface KafkaError {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly code?: unknown;
  readonly retriable?: unknown;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
}

/** The broker did nothing with the messages, as its answer says. https://kafka.apache.org/protocol#protocol_error_codes */
const FORBIDDEN = /AUTHORIZATION_FAILED|SASL_AUTHENTICATION_FAILED|ILLEGAL_SASL_STATE|UNSUPPORTED_SASL_MECHANISM/;
const TOO_LARGE = /MESSAGE_TOO_LARGE|RECORD_LIST_TOO_LARGE|MESSAGE_SET_SIZE_TOO_LARGE/;
/** One bad message makes the broker refuse a whole record batch. */
const BAD_RECORD = /INVALID_RECORD|CORRUPT_MESSAGE|INVALID_TIMESTAMP/;
/** The messages may be in the log. */
const AMBIGUOUS = /REQUEST_TIMED_OUT|NOT_ENOUGH_REPLICAS_AFTER_APPEND/;

/** What a failed produce means. Pure. `credentials` says where they come from, for the sentence of a refusal. */
export function classifyKafka(error: unknown, credentials: string): SendOutcome {
  const root = rootOf(error);
  const name = String(root.name ?? '');
  const type = String(root.type ?? root.code ?? '');
  const cause = (what: string): SinkError =>
    new SinkError(`Kafka ${what}: ${type === '' ? '' : `${type} `}${describeError(root)}`, {
      code: 'sink_refused',
      cause: error,
    });
  if (FORBIDDEN.test(type) || /SASL/.test(name)) {
    return { status: 'rejected', cause: cause(`refuses the credentials or their rights (${credentials})`) };
  }
  if (TOO_LARGE.test(type)) return { status: 'split', cause: cause('finds the request too large') };
  if (BAD_RECORD.test(type)) return { status: 'split', cause: cause('refuses messages') };
  if (AMBIGUOUS.test(type)) return { status: 'retryable', cause: cause('did not confirm'), ambiguous: true };
  if (/^(CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|ERR_TLS|HOSTNAME_MISMATCH)/.test(type)) {
    return { status: 'rejected', cause: cause('has no certificate to trust') };
  }
  if (name === 'KafkaJSProtocolError') {
    if (root.retriable === true) return { status: 'retryable', cause: cause('fails'), ambiguous: false };
    return { status: 'rejected', cause: cause('refuses the request') };
  }
  if (name === 'KafkaJSConnectionError' && /ECONNREFUSED|ENOTFOUND|EAI_AGAIN/.test(`${type} ${describeError(root)}`)) {
    return { status: 'retryable', cause: cause('cannot be reached'), ambiguous: false };
  }
  return { status: 'retryable', cause: cause('did not answer'), ambiguous: true };
}

/** The first error that is about the request: kafkajs wraps it when its tries are over. */
function rootOf(error: unknown): KafkaError {
  let found = asError(error);
  for (let depth = 0; depth < 5; depth++) {
    const inner = found.errors?.[0] ?? found.cause;
    if (inner === undefined || inner === null || found.type !== undefined) break;
    found = asError(inner);
  }
  return found;
}

function asError(error: unknown): KafkaError {
  return typeof error === 'object' && error !== null ? (error as KafkaError) : { name: 'Error', cause: undefined };
}
