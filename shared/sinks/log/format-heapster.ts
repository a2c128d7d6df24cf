import type { MetricBatch } from '../../core/batch.ts';
import type { UnixMillis } from '../../core/units.ts';
import type { RowValue } from '../row-values.ts';
import type { LogRow } from './row.ts';

const PAD = '   ';

/** A time as Go prints it: `2018-05-07 13:05:10 +0000 UTC`. */
function goTime(time: UnixMillis): string {
  const text = new Date(time).toISOString();
  const fraction = text.slice(19, 23).replace(/\.?0+$/, '');
  return `${text.slice(0, 10)} ${text.slice(11, 19)}${fraction} +0000 UTC`;
}

function timeLine(name: string, time: UnixMillis | undefined): string {
  if (time === undefined) return '';
  return `${PAD}${name}: ${goTime(time)} ${BigInt(Math.round(time)) * 1_000_000n}\n`;
}

/** Integers in full, floats with six digits; a fraction of a metric that should be whole is shown as it is. */
function numberText({ metric, value }: RowValue): string {
  if (metric.valueType === 'double') return value.toFixed(6);
  return Number.isInteger(value) ? BigInt(value).toString() : String(value);
}

/** Line breaks and other control characters of a label stay inside its line. */
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replaceAll(/[\u0000-\u001f\u007f\u2028\u2029]/g, (char) => JSON.stringify(char).slice(1, -1));
}

const byName = (a: RowValue, b: RowValue): number =>
  a.metric.name < b.metric.name ? -1 : a.metric.name > b.metric.name ? 1 : 0;

export function heapsterHeader(batch: MetricBatch): string {
  const cluster = batch.cluster === undefined ? '' : `     Cluster: ${oneLine(batch.cluster)}`;
  return `DataBatch     Timestamp: ${goTime(batch.timestamp)}${cluster}\n\n`;
}

/** A metric set as Heapster's log sink prints it. */
export function heapsterRow(row: LogRow): string {
  const plain = row.values.filter(({ own }) => own.length === 0).sort(byName);
  const labelled = row.values.filter(({ own }) => own.length > 0);
  let text = `MetricSet: ${oneLine(row.key)}\n`;
  text += timeLine('Scrape time', row.scraped) + timeLine('Create time', row.created);
  text += `${PAD}Labels:\n`;
  for (const [key, value] of row.labels) text += `${PAD}${PAD}${oneLine(key)} = ${oneLine(value)}\n`;
  text += `${PAD}Metrics:\n`;
  for (const value of plain) text += `${PAD}${PAD}${oneLine(value.metric.name)} = ${numberText(value)}\n`;
  text += `${PAD}Labeled Metrics:\n`;
  for (const value of labelled) {
    text += `${PAD}${PAD}${oneLine(value.metric.name)} = ${numberText(value)}\n`;
    for (const [key, own] of value.own) text += `${PAD}${PAD}${PAD}${oneLine(key)} = ${oneLine(own)}\n`;
  }
  return `${text}\n`;
}
