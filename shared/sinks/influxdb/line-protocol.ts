import { toConstant } from '../text/constant.ts';
import type { LabelSyntax } from '../text/encode-row-labels.ts';
import { escapeText } from '../text/escape-text.ts';
import { createEscapes, type Escapes } from '../text/escapes.ts';

/*
 * https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/ (read 2026-11-24): commas and spaces are escaped
 * by a backslash, in keys and tag values also the equals sign; a line break cannot be said, nor a backslash at the end of
 * a tag, since it would escape the comma behind it.
 */
const BREAKS = { '\n\r': '\\ ' };
const KEY_ESCAPES: Escapes = createEscapes({ ',= ': (char) => `\\${char}`, ...BREAKS });
const MEASUREMENT_ESCAPES: Escapes = createEscapes({ ', ': (char) => `\\${char}`, ...BREAKS });
const BACKSLASH = 0x5c;

function escaped(text: string, escapes: Escapes): string {
  return escapeText(sayable(text), escapes);
}

/** The text without backslashes at its end. */
function sayable(text: string): string {
  return text.charCodeAt(text.length - 1) === BACKSLASH ? text.replace(/\\+$/, '') : text;
}

/** Key of a tag or a field. `time` is the timestamp's own and cannot be one. */
export function escapeKey(name: string): string {
  return escaped(name === 'time' ? 'time_' : name, KEY_ESCAPES);
}

/** A comment begins with `#`, so no measurement may. */
export function escapeMeasurement(name: string): string {
  return escaped(name.startsWith('#') ? `_${name}` : name, MEASUREMENT_ESCAPES);
}

/** `,name=value`; nothing for an empty value, which InfluxDB refuses with the whole line. */
export function tagText(name: string, value: string): string {
  const text = escaped(value, KEY_ESCAPES);
  return text === '' ? '' : tagStart(name) + text;
}

function tagStart(name: string): string {
  return `,${escapeKey(name)}=`;
}

export const TAG_SYNTAX: LabelSyntax = {
  before: (name) => toConstant(tagStart(name)),
  after: toConstant(''),
  escapes: KEY_ESCAPES,
  value: sayable,
};
