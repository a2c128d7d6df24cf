const SPACE = 0x20;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

/**
 * Where the fields of a line are: after the first space without a backslash before it, up to the last space. InfluxDB
 * takes a backslash for an escape by what follows it alone, so two of them before a space escape it too.
 */
function fieldRange(line: Uint8Array): { readonly from: number; readonly to: number } {
  let at = line.indexOf(SPACE);
  while (at > 0 && line[at - 1] === BACKSLASH) at = line.indexOf(SPACE, at + 1);
  return { from: at + 1, to: line.lastIndexOf(SPACE) };
}

/** Starts of the fields of a line (all of them numbers, so a comma that is not escaped parts them). */
function fieldStarts(line: Uint8Array): readonly number[] {
  const { from, to } = fieldRange(line);
  const starts = [from];
  for (let at = from; at < to; at++) {
    if (line[at] === COMMA && line[at - 1] !== BACKSLASH) starts.push(at + 1);
  }
  return starts;
}

export function countFields(line: Uint8Array): number {
  return fieldStarts(line).length;
}

/** A line as two, each with half of the fields; undefined if it has one. InfluxDB drops a whole line for one bad field. */
export function splitFields(line: Uint8Array): readonly [Uint8Array, Uint8Array] | undefined {
  const starts = fieldStarts(line);
  const middle = starts[starts.length >> 1];
  if (starts.length < 2 || middle === undefined) return undefined;
  const { from, to } = fieldRange(line);
  const head = line.subarray(0, from);
  const tail = line.subarray(to);
  return [
    Buffer.concat([head, line.subarray(from, middle - 1), tail]),
    Buffer.concat([head, line.subarray(middle, to), tail]),
  ];
}
