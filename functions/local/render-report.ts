import { styleText } from 'node:util';
import { getBorderCharacters, table } from 'table';
import type { TickReport, TickResult, TickStatus } from '../../shared/app/tick-report.ts';
import type { NodeOutcome } from '../../shared/fanout/partial.ts';
import type { TotalRow } from '../../shared/fanout/reducer.ts';
import { formatBytes, formatCores, formatCount, formatMillis, formatPercent } from './format.ts';

const MAX_LISTED = 12;
const STAGE_ORDER = [
  'claim',
  'connect',
  'list',
  'route',
  'scrape',
  'fold',
  'export leaf rows',
  'save',
  'shards',
  'reduce',
  'export totals',
  'total',
];

const STATUS_COLOR = {
  whole: 'green',
  partial: 'yellow',
  nothing: 'red',
  skipped: 'gray',
} as const satisfies Record<TickStatus, string>;

/** One tick for a terminal: what was asked, what came, where it went, and the namespaces and label groups. */
export function renderReport(result: TickResult, options: { readonly color: boolean }): string {
  const { report } = result;
  const paint = (format: Parameters<typeof styleText>[0], text: string): string =>
    options.color ? styleText(format, text, { validateStream: false }) : text;
  const parts = [
    paint('bold', `${new Date(report.timestamp).toISOString()}  ${report.cluster}  `) +
      paint(['bold', STATUS_COLOR[report.status]], report.status) +
      (report.reason === undefined ? '' : `: ${report.reason}`),
  ];
  if (report.status === 'skipped') return `${parts.join('\n')}\n`;
  parts.push(counts(report));
  parts.push(...failures(result.nodes).map((line) => paint('yellow', line)));
  parts.push(...report.warnings.slice(0, MAX_LISTED).map((warning) => paint('yellow', `warning  ${warning}`)));
  parts.push(grid(SINK_HEADER, report.sinks.map(sinkRow)));
  for (const { sink, resting } of report.sinks) {
    if (resting !== undefined) parts.push(`${sink} rests: ${formatCount(resting)} points of this tick are not for it`);
  }
  for (const { sink, leftOut } of report.sinks) {
    if (leftOut !== undefined) parts.push(`${sink}: ${formatCount(leftOut)} points did not fit its max_series`);
  }
  for (const sink of report.sinks) {
    for (const { problem, points } of sink.problems.slice(0, 3)) {
      parts.push(paint('yellow', `${sink.sink}  ${formatCount(points)} points: ${problem}`));
    }
  }
  const totals = (level: TotalRow['level']): readonly TotalRow[] => result.view.filter((row) => row.level === level);
  parts.push(
    grid(totalHeader('namespace'), [
      ...totals('namespace')
        .slice(0, MAX_LISTED)
        .map((row) => totalCells(row.labels['namespace_name'] ?? '', row)),
      ...totals('cluster').map((row) => totalCells('cluster', row)),
    ]),
  );
  const groups = totals('group');
  if (groups.length > 0) {
    parts.push(
      grid(
        totalHeader('label group'),
        groups.slice(0, MAX_LISTED).map((row) => totalCells(groupName(row), row)),
      ),
    );
    if (groups.length > MAX_LISTED) parts.push(paint('gray', `… and ${groups.length - MAX_LISTED} more groups`));
  }
  return `${parts.filter((part) => part !== '').join('\n')}\n`;
}

function counts(report: TickReport): string {
  const { nodes, rates, apiServer, kubelets } = report;
  const reasons = Object.entries(nodes.reasons).map(([reason, count]) => `${count} ${reason}`);
  const rows = Object.entries(report.rows).map(([level, count]) => `${formatCount(count)} ${level}`);
  const faults = Object.entries(report.faults).map(([fault, count]) => `${count} ${fault}`);
  const known = STAGE_ORDER.filter((stage) => report.stages[stage] !== undefined);
  const others = Object.keys(report.stages).filter((stage) => !STAGE_ORDER.includes(stage));
  const lines: readonly (readonly [string, string])[] = [
    [
      'nodes',
      `${nodes.planned} asked, ${nodes.answered} answered, ${nodes.failed} failed, ${nodes.late} late` +
        (reasons.length > 0 ? ` (${reasons.join(', ')})` : '') +
        (report.route === undefined || report.route === 'proxy' ? '' : `, by ${report.route}`),
    ],
    ['rows', `${rows.join(', ') || 'none'}; ${formatCount(report.points)} points`],
    [
      'rates',
      `${formatCount(rates.computed)} computed, ${formatCount(rates.fallback)} first samples, ${formatCount(rates.reset)} resets`,
    ],
    ['oddities', faults.join(', ')],
    [
      'API server',
      `${formatCount(apiServer.requests)} requests, ${formatBytes(apiServer.bytes)}, ` +
        `${apiServer.peakInFlight} in flight at most, ${apiServer.retries} retries` +
        (apiServer.skew === undefined ? '' : `, clock ${Math.round(apiServer.skew)} ms ahead`),
    ],
    [
      'kubelets',
      kubelets === undefined
        ? ''
        : `${formatCount(kubelets.requests)} requests, ${formatBytes(kubelets.bytes)}, ${kubelets.retries} retries`,
    ],
    [
      'time',
      [...known, ...others].map((stage) => `${stage} ${formatMillis(report.stages[stage])}`).join(', ') +
        `; ${formatMillis(report.lag)} after the window, peak memory ${formatBytes(report.peakRssBytes)}`,
    ],
  ];
  return lines
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `${name.padEnd(11)}${text}`)
    .join('\n');
}

function failures(nodes: readonly NodeOutcome[]): readonly string[] {
  const failed = nodes.filter((node) => node.status !== 'answered');
  const lines = failed
    .slice(0, MAX_LISTED)
    .map(
      (node) =>
        `${node.node.padEnd(20)} ${node.reason ?? node.status} after ${formatMillis(node.millis)}: ${node.message ?? ''}`,
    );
  return failed.length > MAX_LISTED ? [...lines, `… and ${failed.length - MAX_LISTED} more nodes`] : lines;
}

const SINK_HEADER = ['sink', 'encoded', 'delivered', 'rejected', 'dropped', 'kept', 'waiting', 'requests', 'time'];

function sinkRow(sink: TickReport['sinks'][number]): readonly string[] {
  return [
    sink.shown,
    formatCount(sink.encoded),
    formatCount(sink.delivered),
    formatCount(sink.rejected),
    formatCount(sink.dropped),
    formatCount(sink.spilled),
    sink.backlog === undefined ? '' : formatCount(sink.backlog.waiting),
    formatCount(sink.requests),
    formatMillis(sink.millis),
  ];
}

function totalHeader(first: string): readonly string[] {
  return [first, 'pods', 'CPU', 'of request', 'of limit', 'memory', 'of request', 'of limit', 'measured'];
}

function totalCells(name: string, row: TotalRow): readonly string[] {
  const { values } = row;
  return [
    name,
    formatCount(values['pod/count']),
    formatCores(values['cpu/usage_rate']),
    formatPercent(values['cpu/request_utilization']),
    formatPercent(values['cpu/limit_utilization']),
    formatBytes(values['memory/working_set']),
    formatPercent(values['memory/request_utilization']),
    formatPercent(values['memory/limit_utilization']),
    formatPercent(values['collection/completeness']),
  ];
}

function groupName(row: TotalRow): string {
  return Object.entries(row.labels)
    .filter(([key]) => key !== 'grouping' && key !== 'namespace_id')
    .map(([, value]) => value)
    .join(' · ');
}

function grid(header: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const width = header.length;
  return table([[...header], ...rows.map((row) => [...row])], {
    border: getBorderCharacters('norc'),
    drawHorizontalLine: (index, size) => index <= 1 || index === size,
    columns: Array.from({ length: width }, (_, index) => ({
      alignment: index === 0 ? ('left' as const) : ('right' as const),
      ...(index === 0 ? { truncate: 44 } : {}),
    })),
  }).trimEnd();
}
