import { type Command, Option } from 'commander';
import { FLAGS, type Flag, normalizeFlagName } from '../../shared/config/flags.ts';

const SWITCH_VALUE = 'true';

/** Gives a command every flag of the configuration, retired ones hidden from the help but answered. */
export function addFlags(command: Command): Command {
  for (const flag of FLAGS) if (flag.name !== 'version') command.addOption(toOption(flag));
  return command;
}

function toOption(flag: Flag): Option {
  const retired = flag.status.kind === 'retired';
  const value = retired || flag.hint === '' ? '[VALUE]' : `<${flag.hint}>`;
  const shown = flag.default === '' ? flag.description : `${flag.description} (default ${flag.default})`;
  const option = new Option(`--${flag.name} ${value}`, shown).preset(SWITCH_VALUE);
  option.argParser((text: string, earlier: readonly string[] | undefined) => [...(earlier ?? []), text]);
  return retired ? option.hideHelp() : option;
}

/** Values that were given on the command line, by flag name. */
export function givenFlags(command: Command): ReadonlyMap<string, readonly string[]> {
  const given = new Map<string, readonly string[]>();
  for (const option of command.options) {
    const name = option.long?.slice(2) ?? '';
    const value: unknown = command.getOptionValue(option.attributeName());
    if (command.getOptionValueSource(option.attributeName()) !== 'cli' || !FLAGS.some((flag) => flag.name === name))
      continue;
    given.set(name, Array.isArray(value) ? value.map(String) : [String(value)]);
  }
  return given;
}

/**
 * Arguments with `_` in flag names made `-`, as Heapster accepts both. Values stay as they are. Of a flag that nobody knows
 * only the name is left, so that it is the name that is complained about, and no value is repeated.
 */
export function normalizeArguments(args: readonly string[], known: ReadonlySet<string>): readonly string[] {
  return args.map((arg) => {
    if (!arg.startsWith('--') || arg === '--') return arg;
    const equals = arg.indexOf('=');
    const name = `--${normalizeFlagName(equals < 0 ? arg : arg.slice(0, equals))}`;
    return equals < 0 || !known.has(name) ? name : `${name}${arg.slice(equals)}`;
  });
}
