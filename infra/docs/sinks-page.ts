import { describeOptions } from '../../shared/config/describe-options.ts';
import { loadSink, SINKS } from '../../shared/sinks/registry.ts';
import { ENDED_SINKS } from '../../shared/sinks/retired.ts';
import { code, GENERATED, markdownTable } from './markdown.ts';
import { optionsTable } from './options-table.ts';

/** docs/sinks.md: every sink with its options, and what became of Heapster's others. */
export async function sinksPage(): Promise<string> {
  const sinks = await Promise.all(Object.keys(SINKS).sort().map(loadSink));
  const gone = Object.entries(ENDED_SINKS).sort(([a], [b]) => a.localeCompare(b));
  return [
    GENERATED,
    '# Sinks',
    '',
    'A sink is given as `--sink=KEY:ADDRESS?OPTION=VALUE&…` or in `HEAPLESS_SINK`, several separated by white space. An option that a sink',
    `does not have stops the start. ${code('$NAME')} and ${code('$' + '{secret:NAME}')} in values are replaced after parsing.`,
    '',
    '`max_requests_per_sec`, `max_points_per_sec` and `max_bytes_per_sec` keep a sink within a quota: a fifth of it goes at once and seven tenths',
    'evenly in each window, divided among all functions of the deployment that export (docs/scaling.md). Where a cloud publishes its quota, that is',
    'the default. A request that finds no room before the deadline waits in the backlog, or is dropped and counted.',
    '',
    ...sinks.flatMap((sink) => [
      `## ${sink.key}`,
      '',
      `Levels by default: ${sink.defaults.levels.map(code).join(', ')}. Metrics by default: ${sink.defaults.metrics.map(code).join(', ')}.`,
      '',
      optionsTable(describeOptions(sink.options)),
      '',
    ]),
    '## Not here',
    '',
    markdownTable(
      ['Sink', 'Instead'],
      gone.map(([key, instead]) => [code(key), instead]),
    ),
    '',
  ].join('\n');
}
