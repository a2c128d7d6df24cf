import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

const PAGE = resolve(import.meta.dirname, '../../docs/performance.md');
const BEGIN = '<!-- bench:begin -->';
const END = '<!-- bench:end -->';

/** Puts `text` between the markers of a page; the rest stays. Throws if the page has no markers. */
export function replaceBetween(page: string, text: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`the page has no ${BEGIN} … ${END}`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${text.trim()}\n\n${page.slice(end)}`;
}

/** Writes the figures into docs/performance.md. */
export async function publish(text: string): Promise<string> {
  await writeFile(PAGE, replaceBetween(await readFile(PAGE, 'utf8'), text));
  return PAGE;
}
