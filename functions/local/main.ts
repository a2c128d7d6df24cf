import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { ConfigError, describeError } from '../../shared/core/errors.ts';
import { collect } from './collect.ts';
import type { CommandInput } from './command-input.ts';
import { addCost } from './cost-command.ts';
import { addDashboardCommands } from './dashboard-commands.ts';
import { demo, withDemoCluster } from './demo-command.ts';
import { addDeployCheck } from './deploy-check-command.ts';
import { doctor } from './doctor-command.ts';
import { EXIT } from './exit-status.ts';
import { addFlags, givenFlags, normalizeArguments } from './flag-options.ts';
import { addRbac } from './rbac-command.ts';
import { run } from './run.ts';

const VERSION_FILE = new URL('../../package.json', import.meta.url);

const EXIT_HELP = `
Exit status of collect: 0 everything was collected and delivered, 1 configuration, 2 something is missing (the report says
what), 3 nothing was collected. Every flag is also a variable: --sink is HEAPLESS_SINK.`;

const DOCTOR_HELP = `
Asks what a tick asks, with the credentials of who runs it. Writes nothing but one object in the state store, and deletes it.
Exit status: 0 all is well, 1 configuration, 2 something is to be mended.`;

/** Parses the command line, runs the command and returns the exit status. Nothing here ends the process. */
export async function main(
  args: readonly string[],
  input: Omit<CommandInput, 'flags' | 'output' | 'ticks'>,
): Promise<number> {
  let status = 0;
  const act =
    (command: (input: CommandInput) => Promise<number>) =>
    async (_options: unknown, self: Command): Promise<void> => {
      const { output, ticks } = self.opts<{ readonly output?: 'table' | 'json'; readonly ticks?: number }>();
      status = await command({
        ...input,
        flags: givenFlags(self),
        output: output ?? 'table',
        ticks: ticks ?? Infinity,
      });
    };
  const { version } = JSON.parse(readFileSync(VERSION_FILE, 'utf8')) as { readonly version: string };
  const program = new Command('heapless')
    .description('Collects metrics of managed Kubernetes clusters from outside and exports them to cloud monitors.')
    .version(version, '--version')
    .exitOverride()
    .configureOutput({ writeOut: input.write, writeErr: input.writeError })
    .addHelpText('after', EXIT_HELP);
  const output = (): Option =>
    new Option('--output <FORMAT>', 'what is printed of a tick (default table)').choices(['table', 'json']);
  const ticks = (): Option =>
    new Option('--ticks <NUMBER>', 'end after so many ticks (default: go on until interrupted)').argParser(positive);
  addFlags(program.command('collect').description('one tick, now').addOption(output())).action(act(collect));
  addFlags(
    program.command('run').description('a tick at every resolution').addOption(output()).addOption(ticks()),
  ).action(act(run));
  addFlags(
    program.command('demo').description('the same against an embedded cluster').addOption(output()).addOption(ticks()),
  ).action(act(demo));
  addFlags(
    program
      .command('doctor')
      .description('looks at clusters, sinks and state as configured, and says what mends what is wrong')
      .addOption(output())
      .addOption(new Option('--demo', 'look at the embedded demo cluster instead'))
      .addHelpText('after', DOCTOR_HELP),
  ).action(async (options: { readonly demo?: true }, self: Command) => {
    const whole = options.demo === true ? (given: CommandInput) => withDemoCluster(given, doctor) : doctor;
    await act(whole)(options, self);
  });
  addDashboardCommands(program, input);
  addCost(program, input);
  addRbac(program, input);
  addDeployCheck(program, input, (found) => {
    status = found;
  });
  try {
    const known = new Set(program.commands.flatMap((command) => command.options.map((option) => option.long ?? '')));
    await program.parseAsync([...normalizeArguments(args, known)], { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.configuration;
    input.writeError(`${error instanceof ConfigError ? error.message : describeError(error)}\n`);
    return EXIT.configuration;
  }
}

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('must be a whole number of at least 1');
  return number;
}
