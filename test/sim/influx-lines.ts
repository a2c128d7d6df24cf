/** One field of a line, as InfluxDB stores it. */
export interface InfluxField {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly field: string;
  readonly type: 'integer' | 'float';
  readonly value: number;
  /** Unix milliseconds. */
  readonly time: number;
}

/** Why a line is refused, in InfluxDB's words. */
export class LineRefusal extends Error {}

const INTEGER = /^-?\d+i$/;
const FLOAT = /^-?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$/;
const LARGEST = 2n ** 63n - 1n;

/** Parts of a text at a character that no backslash stands right before (InfluxDB 1.6: `\\\\=` is a backslash and `=`). */
function parts(text: string, at: string): string[] {
  const found: string[] = [];
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== at || text[i - 1] === '\\') continue;
    found.push(text.slice(from, i));
    from = i + 1;
  }
  return [...found, text.slice(from)];
}

function unescaped(text: string): string {
  return text.replaceAll(/\\([,= ])/g, '$1');
}

/**
 * Reads a line of line protocol as strictly as InfluxDB 1.6 does: empty tag values, duplicate tags, tags named `time`,
 * numbers that are none, integers of more than 64 bits and missing times are refused. Throws `LineRefusal`.
 */
export function readInfluxLine(line: string): readonly InfluxField[] {
  const refuse = (why: string): never => {
    throw new LineRefusal(`unable to parse '${line}': ${why}`);
  };
  const [head = '', fields = '', time = '', ...rest] = parts(line, ' ');
  if (rest.length > 0 || fields === '') refuse('missing fields');
  if (!/^\d+$/.test(time)) refuse('bad timestamp');
  const [measurement = '', ...tagTexts] = parts(head, ',');
  if (measurement === '') refuse('missing measurement');
  const tags: Record<string, string> = {};
  for (const text of tagTexts) {
    const [key = '', value = '', ...more] = parts(text, '=');
    if (key === '') refuse('missing tag key');
    if (value === '' || more.length > 0) refuse('missing tag value');
    if (unescaped(key) === 'time') refuse('time is reserved');
    if (Object.hasOwn(tags, unescaped(key))) refuse('duplicate tags');
    tags[unescaped(key)] = unescaped(value);
  }
  return parts(fields, ',').map((text) => {
    const [field = '', number = '', ...more] = parts(text, '=');
    if (field === '' || more.length > 0) refuse('missing field key');
    const whole = INTEGER.test(number);
    if (!whole && !FLOAT.test(number)) refuse('invalid number');
    if (whole && BigInt(number.slice(0, -1)) > LARGEST) refuse('value out of range');
    return {
      measurement: unescaped(measurement),
      tags,
      field: unescaped(field),
      type: whole ? 'integer' : 'float',
      value: Number(whole ? number.slice(0, -1) : number),
      time: Number(time),
    };
  });
}
