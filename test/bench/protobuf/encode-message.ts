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

/** Field number and type by the field's name in JSON. */
export interface MessageFields {
  readonly [name: string]: readonly [number: number, type: FieldType];
}

type Json = Readonly<Record<string, unknown>>;

/** Kinds of bytes: a length comes first, or a varint. */
const BLOCK = 2;
const VARINT = 0;

/** An object of JSON as a message. Fields that the table lacks are an error: sizes would be too small. */
export function encodeMessage(value: Json, fields: MessageFields): Buffer {
  return Buffer.concat(
    Object.entries(value).flatMap(([name, content]) => {
      const field = fields[name];
      if (field === undefined) throw new RangeError(`no field number for ${name}`);
      if (content === null) return [];
      const [number, type] = field;
      return (Array.isArray(content) ? content : [content]).flatMap((one: unknown) => encodeField(number, type, one));
    }),
  );
}

/** A length-delimited field. */
export function block(number: number, content: Buffer): Buffer {
  return Buffer.concat([varint(number * 8 + BLOCK), varint(content.length), content]);
}

function encodeField(number: number, type: FieldType, value: unknown): readonly Buffer[] {
  switch (type) {
    case 'text':
      return [textField(number, String(value))];
    case 'number':
    case 'flag':
      return [numberField(number, Number(value))];
    case 'time':
      return [block(number, numberField(1, Date.parse(String(value)) / 1_000))];
    case 'either':
      return [block(number, eitherOf(value))];
    case 'texts':
      return entries(value).map(([key, text]) => block(number, Buffer.concat([textField(1, key), textField(2, text)])));
    case 'quantities':
      return entries(value).map(([key, text]) =>
        block(number, Buffer.concat([textField(1, key), block(2, textField(1, text))])),
      );
    case 'json':
      return [block(number, textField(1, JSON.stringify(value)))];
    default:
      return [block(number, encodeMessage(value as Json, type))];
  }
}

function eitherOf(value: unknown): Buffer {
  const isText = typeof value === 'string';
  return Buffer.concat([
    numberField(1, isText ? 1 : 0),
    numberField(2, isText ? 0 : Number(value)),
    textField(3, isText ? value : ''),
  ]);
}

function entries(value: unknown): readonly (readonly [string, string])[] {
  return Object.entries(value as Readonly<Record<string, string>>);
}

function textField(number: number, text: string): Buffer {
  return block(number, Buffer.from(text));
}

function numberField(number: number, value: number): Buffer {
  return Buffer.concat([varint(number * 8 + VARINT), varint(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}
