/** Stands for what is computed at deployment. */
export const EXPRESSION = '<expression>';

export type BicepValue = string | number | boolean | readonly BicepValue[] | { readonly [key: string]: BicepValue };

export interface BicepResource {
  readonly symbol: string;
  readonly type: string;
  readonly apiVersion: string;
  readonly conditional: boolean;
  readonly body: { readonly [key: string]: BicepValue };
}

/** What a Bicep file declares, as far as it can be read without its compiler. */
export interface Bicep {
  readonly params: Readonly<
    Record<string, { readonly type: string; readonly secure: boolean; readonly value?: BicepValue }>
  >;
  readonly vars: Readonly<Record<string, BicepValue>>;
  readonly resources: readonly BicepResource[];
  readonly outputs: readonly string[];
}

/** Reads the part of Bicep that infra/azure uses: one property or element a line. Throws on what it does not know. */
export function readBicep(text: string): Bicep {
  const lines = text.split('\n').map((line) => line.trim());
  const at = { line: 0 };
  const params: Record<string, { type: string; secure: boolean; value?: BicepValue }> = {};
  const vars: Record<string, BicepValue> = {};
  const resources: BicepResource[] = [];
  const outputs: string[] = [];
  let secure = false;
  while (at.line < lines.length) {
    const line = lines[at.line] ?? '';
    const [, param, type = '', set] = /^param (\w+) (\w+)(?: = (.+))?$/.exec(line) ?? [];
    const [, variable, value] = /^var (\w+) = (.+)$/.exec(line) ?? [];
    const [, symbol, kind = '', version = '', condition] =
      /^resource (\w+) '([^@']+)@([^']+)' = (if \(\w+\) )?\{$/.exec(line) ?? [];
    const [, output] = /^output (\w+) \w+ = .+$/.exec(line) ?? [];
    if (param !== undefined) {
      params[param] = { type, secure, ...(set === undefined ? {} : { value: readValue(set, lines, at) }) };
      secure = false;
    } else if (variable !== undefined) vars[variable] = readValue(value ?? '', lines, at);
    else if (symbol !== undefined) {
      const body = readValue('{', lines, at) as BicepResource['body'];
      resources.push({ symbol, type: kind, apiVersion: version, conditional: condition !== undefined, body });
    } else if (output !== undefined) outputs.push(output);
    else if (line === '@secure()') secure = true;
    else if (!/^($|\/\/|@|\d+$|\]\))/.test(line)) throw new Error(`line ${at.line + 1} is not understood: ${line}`);
    at.line++;
  }
  return { params, vars, resources, outputs };
}

/** The value that begins with `text` on the present line; moves to its last line. */
function readValue(text: string, lines: readonly string[], at: { line: number }): BicepValue {
  if (text === '{}') return {};
  if (text === '{') return objectOf(lines, at);
  if (text === '[') return arrayOf(lines, at);
  if (/^'[^'$]*'$/.test(text)) return text.slice(1, -1);
  if (/^\d+$/.test(text)) return Number(text);
  if (text === 'true' || text === 'false') return text === 'true';
  // A call that goes on over lines, as union(settings, { … }).
  if (text.endsWith('{')) objectOf(lines, at);
  return EXPRESSION;
}

function objectOf(lines: readonly string[], at: { line: number }): { readonly [key: string]: BicepValue } {
  const found: Record<string, BicepValue> = {};
  for (at.line++; !/^\}\)?$/.test(lines[at.line] ?? '}'); at.line++) {
    const [, key, quoted, rest] = /^(?:(\w+)|'([^']+)'): (.+)$/.exec(lines[at.line] ?? '') ?? [];
    if (rest === undefined) throw new Error(`line ${at.line + 1} is no property: ${lines[at.line]}`);
    found[key ?? (quoted?.includes('${') ? EXPRESSION : (quoted ?? ''))] = readValue(rest, lines, at);
  }
  return found;
}

function arrayOf(lines: readonly string[], at: { line: number }): readonly BicepValue[] {
  const found: BicepValue[] = [];
  for (at.line++; (lines[at.line] ?? ']') !== ']'; at.line++) found.push(readValue(lines[at.line] ?? '', lines, at));
  return found;
}
