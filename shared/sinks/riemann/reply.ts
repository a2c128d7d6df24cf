import { SinkError } from '../../core/errors.ts';
import { readVarint } from '../protobuf/read-varint.ts';
import type { SendOutcome } from '../sink.ts';

/** What Riemann answers to events: `Msg.ok`, and `Msg.error` if it is false. */
interface Reply {
  readonly ok: boolean;
  readonly error: string;
}

/**
 * What a reply means. Pure. `ok` is false for a message that could not be read or that a stream threw at: halves are sent
 * until the bad event is found.
 */
export function classifyReply(message: Uint8Array): SendOutcome {
  const reply = readReply(message);
  if (reply === undefined) {
    const cause = new SinkError('what answers is no Riemann; check host and port', { code: 'sink_refused' });
    return { status: 'rejected', cause };
  }
  if (reply.ok) return { status: 'delivered' };
  const said = reply.error === '' ? 'it does not say why' : reply.error.slice(0, 200);
  return { status: 'split', cause: new SinkError(`Riemann refuses the events: ${said}`, { code: 'sink_refused' }) };
}

/** Undefined if the bytes are no message. */
function readReply(message: Uint8Array): Reply | undefined {
  let ok = false;
  let error = '';
  try {
    for (let at = 0; at < message.length; ) {
      const tag = readVarint(message, at);
      const type = tag.value & 7;
      if (type === 1 || type === 5) {
        at = tag.next + (type === 1 ? 8 : 4);
        continue;
      }
      const { value, next } = readVarint(message, tag.next);
      const end = type === 2 ? next + value : next;
      if ((type !== 0 && type !== 2) || end > message.length) return undefined;
      if (tag.value === 0x10) ok = value === 1;
      if (tag.value === 0x1a) error = Buffer.from(message.subarray(next, end)).toString('utf8');
      at = end;
    }
  } catch {
    return undefined;
  }
  return { ok, error };
}
