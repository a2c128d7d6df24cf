import { SOURCE_OPTIONS } from '../../shared/clusters/source-options.ts';
import { describeOptions } from '../../shared/config/describe-options.ts';
import { FLAGS, PLATFORM_VARIABLES } from '../../shared/config/flags.ts';
import { code, GENERATED, markdownTable } from './markdown.ts';
import { optionsTable } from './options-table.ts';

/** docs/configuration.md: flags and their variables, the options of a source, and what became of Heapster's flags. */
export function configurationPage(): string {
  const live = FLAGS.filter(({ status }) => status.kind === 'live');
  const retired = FLAGS.filter(({ status }) => status.kind === 'retired');
  return [
    GENERATED,
    '# Configuration',
    '',
    'Each flag of the `heapless` command is also a variable of the environment; a flag beats its variable. Unknown names, ill-typed',
    'values and unknown options stop the start, all of them told at once. Durations are written as Go writes them: `60s`, `1m30s`.',
    '',
    markdownTable(
      ['Flag', 'Variable', 'Value', 'Default', 'Meaning'],
      live.map(({ name, env, hint, default: byDefault, repeatable, description }) => [
        code(`--${name}`),
        code(env),
        repeatable ? `${hint}, repeatable` : hint,
        code(byDefault),
        description,
      ]),
    ),
    '',
    `Set by a platform's stack, not by hand: ${PLATFORM_VARIABLES.map(code).join(', ')}.`,
    '',
    '## Source',
    '',
    '`kubernetes.summary_api:ADDRESS?OPTION=VALUE&…` (alias `kubernetes`) reads what every node uses, by the way that `route` says.',
    '',
    optionsTable(describeOptions(SOURCE_OPTIONS)),
    '',
    "## Heapster's flags that mean nothing here",
    '',
    'They are accepted with a notice, unless going on would mislead; then they stop the start.',
    '',
    markdownTable(
      ['Flag', 'What replaces it'],
      retired.map(({ name, description }) => [code(`--${name}`), description.replace(/^Retired: /, '')]),
    ),
    '',
  ].join('\n');
}
