/**
 * The fields of one CSV record, as Go's list flags take them: commas between fields, `"…"` around a field with commas,
 * `""` for a quote in it. Undefined if a quote is misplaced or open.
 */
export function parseCsv(text: string): readonly string[] | undefined {
  if (text === '') return [];
  const fields: string[] = [];
  let rest = text;
  for (;;) {
    const match = /^(?:"((?:[^"]|"")*)"|([^",]*))(?=,|$)/.exec(rest);
    if (match === null) return undefined;
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[0].length === rest.length) return fields;
    rest = rest.slice(match[0].length + 1);
  }
}
