import type { DialectKind } from '../../shared/dialects/dialect.ts';

/**
 * Words for UCUM units in names of Prometheus: github.com/prometheus/otlptranslator, unit tables (read 2026-11-24). Units in
 * braces are annotations and give no word.
 */
const UNIT_WORDS: Readonly<Record<string, string>> = {
  ns: 'nanoseconds',
  us: 'microseconds',
  ms: 'milliseconds',
  s: 'seconds',
  min: 'minutes',
  By: 'bytes',
  '%': 'percent',
  '1': '',
};
const PER_WORDS: Readonly<Record<string, string>> = { s: 'second', m: 'minute', h: 'hour' };

/**
 * A metric's name as Prometheus stores it by default (`UnderscoreEscapingWithSuffixes`): words joined by `_`, then the unit,
 * `_total` for counters and `_ratio` for gauges of unit 1.
 */
export function translateMetric(
  name: string,
  { unit, kind }: { readonly unit: string; readonly kind: DialectKind },
): string {
  let words = name.split(/[^a-zA-Z0-9:]+/).filter((word) => word !== '');
  const [main = '', per] = unit.split('/', 2);
  const append = (word: string): void => {
    if (word !== '' && !words.includes(word)) words.push(word);
  };
  if (!/[{}]/.test(main)) append(UNIT_WORDS[main] ?? main.replaceAll(/[^a-zA-Z0-9]/g, ''));
  if (per !== undefined && !/[{}]/.test(per) && per !== '') {
    const word = PER_WORDS[per] ?? per;
    if (!words.includes(word)) words.push('per', word);
  }
  const last = (word: string): void => {
    words = [...words.filter((one) => one !== word), word];
  };
  if (kind === 'cumulative') last('total');
  if (unit === '1' && kind === 'gauge') last('ratio');
  const text = words.join('_');
  return /^[0-9]/.test(text) ? `_${text}` : text;
}

/** A label's name as Prometheus stores it by default. */
export function translateLabel(name: string): string {
  const text = name.replaceAll(/[^a-zA-Z0-9_]/g, '_');
  if (/^[0-9]/.test(text)) return `key_${text}`;
  return text.startsWith('_') && !text.startsWith('__') ? `key${text}` : text;
}
