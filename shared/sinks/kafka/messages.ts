import type { LineRequest } from '../text/line-request.ts';

/** A message as the producer takes it. */
export interface KafkaMessage {
  readonly key: Buffer;
  readonly value: Buffer;
  /** Unix milliseconds as text. */
  readonly timestamp: string;
}

const TAB = 0x09;

/** The messages of a request: views of its bytes. A request of an earlier tick has the time that its values tell. */
export function messagesOf({ body, marks, stamp }: LineRequest): readonly KafkaMessage[] {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const timestamp = String(stamp ?? stampOf(bytes));
  const messages: KafkaMessage[] = [];
  let from = 0;
  for (const end of marks.ends) {
    const tab = bytes.indexOf(TAB, from);
    messages.push({ key: bytes.subarray(from, tab), value: bytes.subarray(tab + 1, end - 1), timestamp });
    from = end;
  }
  return messages;
}

function stampOf(bytes: Buffer): number {
  const at = bytes.indexOf('"MetricsTimestamp":"');
  return Date.parse(bytes.toString('latin1', at + 20, at + 40));
}
