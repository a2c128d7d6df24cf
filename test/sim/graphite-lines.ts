/** A line of Graphite's plaintext protocol. */
export interface GraphitePoint {
  /** The path, or the name of a tagged series. */
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly value: number;
  /** Unix seconds. */
  readonly time: number;
}

const NUMBER = /^-?\d+(\.\d+)?(e[-+]\d+)?$/;

/**
 * Reads a line as carbon does, and stricter: exactly three parts, a finite number, whole seconds, no empty element, no
 * character that a path or a tag cannot have, no tag twice. Throws with the line.
 */
export function readGraphiteLine(line: string): GraphitePoint {
  const [path = '', number = '', time = '', ...rest] = line.split(' ');
  const [name = '', ...tagTexts] = path.split(';');
  const tags: Record<string, string> = {};
  for (const text of tagTexts) {
    const equals = text.indexOf('=');
    const [key, value] = [text.slice(0, equals), text.slice(equals + 1)];
    if (equals < 1 || value === '' || value.startsWith('~') || /[!^=]/.test(key) || Object.hasOwn(tags, key))
      throw new Error(`bad tag ${text}: ${line}`);
    tags[key] = value;
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const isPath = name.split('.').every((element) => element !== '') && !/[\u0000-\u0020\u007f{}[\]*?/]/.test(name);
  if (rest.length > 0 || !isPath || !NUMBER.test(number) || !/^\d{10}$/.test(time))
    throw new Error(`bad line: ${line}`);
  return { name, tags, value: Number(number), time: Number(time) };
}
