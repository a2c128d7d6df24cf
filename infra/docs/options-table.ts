import type { OptionDescription } from '../../shared/config/describe-options.ts';
import { code, markdownTable } from './markdown.ts';

/** The options of a sink or a source. */
export function optionsTable(options: readonly OptionDescription[]): string {
  return markdownTable(
    ['Option', 'Type', 'Default', 'Meaning'],
    options.map(({ name, type, default: byDefault, description }) => [code(name), type, code(byDefault), description]),
  );
}
