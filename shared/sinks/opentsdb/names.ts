import { toConstant } from '../text/constant.ts';
import type { LabelSyntax } from '../text/encode-row-labels.ts';
import { escapeText } from '../text/escape-text.ts';
import { createEscapes, type Escapes } from '../text/escapes.ts';

/*
 * http://opentsdb.net/docs/build/html/user_guide/writing/index.html (read 2026-11-24): letters of any language, digits and
 * `-_./`; nothing else, white space neither.
 */
const ILLEGAL = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code))
  .filter((char) => !/[\w\-./]/.test(char))
  .join('');
export const ESCAPES: Escapes = createEscapes({ [ILLEGAL]: '_' });

/** A text as OpenTSDB takes it: what is illegal becomes `_`, beyond ASCII everything that is no letter. */
export function sayable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: everything beyond ASCII is what is looked for
  return /^[\u0000-\u007f]*$/.test(text) ? text : text.replaceAll(/[^\p{L}\u0000-\u007f]/gu, '_');
}

function nameText(name: string): string {
  return escapeText(sayable(name), ESCAPES);
}

/** Heapster's name of a metric: `cpu/usage` becomes `cpu_usage_cumulative`. */
export function metricName(name: string, kind: string, isHeapster: boolean): string {
  const text = nameText(name);
  return isHeapster ? `${text.replaceAll('/', '_')}_${kind}` : text;
}

export const TAG_SYNTAX: LabelSyntax = {
  before: (name) => toConstant(`,"${nameText(name)}":"`),
  after: toConstant('"'),
  escapes: ESCAPES,
  value: sayable,
};

/** `,"name":"value"`; empty for an empty value. */
export function tagText(name: string, value: string): string {
  return value === '' ? '' : `,"${nameText(name)}":"${nameText(value)}"`;
}
