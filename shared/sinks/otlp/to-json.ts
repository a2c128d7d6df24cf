import { readVarint } from '../protobuf/read-varint.ts';

type Kind = 'text' | 'double' | 'unsigned' | 'signed' | 'number' | 'flag';

/** A field of a message: its JSON name, and what it holds: a number or text, or messages. */
interface Field {
  readonly name: string;
  readonly many?: boolean;
  readonly holds: Kind | Message;
}

/** Fields by tag. */
interface Message {
  readonly [tag: number]: Field;
}

/*
 * The JSON form of the messages in wire.ts: lowerCamelCase, 64-bit whole numbers as strings, enums as numbers
 * (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding, read 2026-11-24).
 */
const anyValue: Message = { 10: { name: 'stringValue', holds: 'text' } };
const keyValue: Message = { 10: { name: 'key', holds: 'text' }, 18: { name: 'value', holds: anyValue } };
const dataPoint: Message = {
  17: { name: 'startTimeUnixNano', holds: 'unsigned' },
  25: { name: 'timeUnixNano', holds: 'unsigned' },
  33: { name: 'asDouble', holds: 'double' },
  49: { name: 'asInt', holds: 'signed' },
  58: { name: 'attributes', many: true, holds: keyValue },
};
const points: Message = {
  10: { name: 'dataPoints', many: true, holds: dataPoint },
  16: { name: 'aggregationTemporality', holds: 'number' },
  24: { name: 'isMonotonic', holds: 'flag' },
};
const metric: Message = {
  10: { name: 'name', holds: 'text' },
  18: { name: 'description', holds: 'text' },
  26: { name: 'unit', holds: 'text' },
  42: { name: 'gauge', holds: points },
  58: { name: 'sum', holds: points },
};
const scope: Message = { 10: { name: 'name', holds: 'text' } };
const scopeMetrics: Message = {
  10: { name: 'scope', holds: scope },
  18: { name: 'metrics', many: true, holds: metric },
};
const resource: Message = { 10: { name: 'attributes', many: true, holds: keyValue } };
const resourceMetrics: Message = {
  10: { name: 'resource', holds: resource },
  18: { name: 'scopeMetrics', many: true, holds: scopeMetrics },
};
const request: Message = { 10: { name: 'resourceMetrics', many: true, holds: resourceMetrics } };

/** An export request of ours as OTLP/JSON. Throws `RangeError` for a field that we do not write. */
export function toOtlpJson(message: Buffer): string {
  return messageText(message, request);
}

function messageText(message: Buffer, fields: Message): string {
  const values = new Map<string, string[]>();
  const many = new Set<string>();
  for (let at = 0; at < message.length; ) {
    const field = fields[message[at] ?? 0];
    if (field === undefined) throw new RangeError(`no such field: tag ${message[at]}`);
    const { text, next } = fieldText(message, at, field.holds);
    const known = values.get(field.name);
    if (known === undefined) values.set(field.name, [text]);
    else known.push(text);
    if (field.many === true) many.add(field.name);
    at = next;
  }
  const members = [...values].map(([name, texts]) => `"${name}":${many.has(name) ? `[${texts.join(',')}]` : texts[0]}`);
  return `{${members.join(',')}}`;
}

function fieldText(message: Buffer, at: number, holds: Kind | Message): { text: string; next: number } {
  const from = at + 1;
  switch (holds) {
    case 'double':
      return { text: doubleText(message.readDoubleLE(from)), next: from + 8 };
    case 'unsigned':
      return { text: `"${message.readBigUInt64LE(from)}"`, next: from + 8 };
    case 'signed':
      return { text: `"${message.readBigInt64LE(from)}"`, next: from + 8 };
    case 'number':
    case 'flag': {
      const { value, next } = readVarint(message, from);
      return { text: holds === 'flag' ? String(value === 1) : String(value), next };
    }
    default: {
      const { value, next } = readVarint(message, from);
      const inner = message.subarray(next, next + value);
      const text = holds === 'text' ? JSON.stringify(inner.toString('utf8')) : messageText(inner, holds);
      return { text, next: next + value };
    }
  }
}

/** A double as JSON; `JSON.stringify` would drop the sign of -0. */
function doubleText(value: number): string {
  return Object.is(value, -0) ? '-0' : JSON.stringify(value);
}
