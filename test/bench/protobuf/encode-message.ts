import { createBackwardWriter } from './backward-writer.ts';

/** How a field of an object is encoded; nested messages by their fields. An array is a repeated field. */
export type FieldType =
  | 'text'
  | 'number'
  | 'flag'
  /** RFC 3339 as seconds since 1970. */
  | 'time'
  /** A text or a number (IntOrString). */
  | 'either'
  | 'texts'
  | 'quantities'
  /** JSON as it is (FieldsV1). */
  | 'json'
  | MessageFields;

/**
 * Field number and type by the field's name in JSON. Two numbers are a message that JSON has inline: the field of that
 * message, and the field in it.
 */
export interface MessageFields {
  readonly [name: string]: readonly [number: number | readonly [outer: number, inner: number], type: FieldType];
}

type Json = Readonly<Record<string, unknown>>;

/** Used by one message at a time: nothing here waits. */
const writer = createBackwardWriter();

/** An object of JSON as a message. Fields that the table lacks are an error: sizes would be too small. */
export function encodeMessage(value: Json, fields: MessageFields): Buffer {
  writer.clear();
  writeMessage(value, fields);
  return writer.written();
}

/** A length-delimited field. */
export function block(number: number, content: Buffer): Buffer {
  writer.clear();
  writer.head(number, content.length);
  return Buffer.concat([writer.written(), content]);
}

/** The last field first, because the writer goes backwards. */
function writeMessage(value: Json, fields: MessageFields): void {
  const names = Object.keys(value);
  for (let i = names.length - 1; i >= 0; i--) {
    const name = names[i] ?? '';
    const field = fields[name];
    if (field === undefined) throw new RangeError(`no field number for ${name}`);
    const content = value[name];
    if (content === null) continue;
    const [number, type] = field;
    if (!Array.isArray(content)) writeField(number, type, content);
    else for (let k = content.length - 1; k >= 0; k--) writeField(number, type, content[k]);
  }
}

function writeField(number: number | readonly [number, number], type: FieldType, value: unknown): void {
  if (typeof number !== 'number') writer.nest(number[0], () => writeField(number[1], type, value));
  else if (typeof type === 'string') VALUE_WRITERS[type](number, value);
  else writer.nest(number, () => writeMessage(value as Json, type));
}

const VALUE_WRITERS: Readonly<Record<Exclude<FieldType, MessageFields>, (number: number, value: unknown) => void>> = {
  text: (number, value) => writer.text(number, String(value)),
  number: (number, value) => writer.number(number, Number(value)),
  flag: (number, value) => writer.number(number, Number(value)),
  time: (number, value) => writer.nest(number, () => writer.number(1, Date.parse(String(value)) / 1_000)),
  either: (number, value) =>
    writer.nest(number, () => {
      const isText = typeof value === 'string';
      writer.text(3, isText ? value : '');
      writer.number(2, isText ? 0 : Number(value));
      writer.number(1, isText ? 1 : 0);
    }),
  texts: (number, value) => writeEntries(number, value, (text) => writer.text(2, text)),
  quantities: (number, value) => writeEntries(number, value, (text) => writer.nest(2, () => writer.text(1, text))),
  json: (number, value) => writer.nest(number, () => writer.text(1, JSON.stringify(value))),
};

function writeEntries(number: number, value: unknown, write: (text: string) => void): void {
  for (const [key, text] of Object.entries(value as Readonly<Record<string, string>>).reverse()) {
    writer.nest(number, () => {
      write(text);
      writer.text(1, key);
    });
  }
}
