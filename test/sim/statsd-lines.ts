/** A gauge as a StatsD server has it. */
export interface StatsdGauge {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * Reads the lines of a StatsD client in order, as strictly as a server may be: one colon, one bar, type `g`, no white space,
 * no empty element, tags with names and values. A signed number changes the gauge that is there, as StatsD says, so its
 * name is looked up. Throws with the line.
 */
export function readGauges(lines: readonly string[]): readonly StatsdGauge[] {
  const gauges: StatsdGauge[] = [];
  for (const line of lines) {
    const [, bucket = '', number = ''] = /^([^:|@\s]+):([-+]?[0-9.]+(?:e[-+]\d+)?)\|g$/.exec(line) ?? [];
    const [name = '', ...tagTexts] = bucket.split(',');
    const value = Number(number);
    if (name === '' || number === '' || Number.isNaN(value) || name.split('.').includes(''))
      throw new Error(`bad ${line}`);
    const tags: Record<string, string> = {};
    for (const text of tagTexts) {
      const [key = '', tag = '', ...rest] = text.split('=');
      if (key === '' || tag === '' || rest.length > 0 || Object.hasOwn(tags, key))
        throw new Error(`bad tag ${text}: ${line}`);
      tags[key] = tag;
    }
    if (!/^[-+]/.test(number)) gauges.push({ name, tags, value });
    else {
      const last = gauges.at(-1);
      if (last === undefined || last.name !== name) throw new Error(`a change of no gauge: ${line}`);
      gauges.splice(-1, 1, { name, tags, value: last.value + value });
    }
  }
  return gauges;
}
