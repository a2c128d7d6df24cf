import { type Figure, type FigureUnit, verdictOf } from './figure.ts';

const UNITS: Readonly<Record<FigureUnit, string>> = {
  P: ' P',
  parse: ' × parse',
  times: ' ×',
  MB: ' MB',
  KB: ' KB',
  B: ' B',
  s: ' s',
  ms: ' ms',
  'CPU-s': ' CPU-s',
  count: '',
  '%': ' %',
};

const HEAD = ['', 'figure', 'value', 'between', 'must', 'reach', 'verdict', 'note'];

/** Figures as a markdown table, in their order; a group is named in its first row. */
export function renderFigures(figures: readonly Figure[]): string {
  const rows = figures.map((figure, index) => {
    const { group, name, value, unit, between, must, reach, note } = figure;
    const number = (of: number | undefined): string => (of === undefined ? '' : `${round(of)}${UNITS[unit]}`);
    const range = between === undefined ? '' : `${round(between[0])}–${round(between[1])}`;
    const first = figures[index - 1]?.group === group ? '' : group;
    const limits = [must, reach].map((limit) => (limit === undefined ? '' : `≤ ${number(limit)}`));
    return [first, name, number(value), range, ...limits, verdictOf(figure), note ?? ''];
  });
  const widths = HEAD.map((head, column) => Math.max(...[head, ...rows.map((row) => row[column] ?? '')].map(width)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - width(cell))).join(' | ')} |`;
  return [line(HEAD), `| ${widths.map((w) => '-'.repeat(w)).join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** Three digits that count, and no more than two decimals. */
function round(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value !== 0 && Math.abs(value) < 0.01 ? value.toPrecision(1) : value.toFixed(digits);
}

function width(text: string): number {
  return [...text].length;
}
