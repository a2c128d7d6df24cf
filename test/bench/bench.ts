import { parseArgs } from 'node:util';
import type { BenchCase } from './case.ts';
import { cold } from './cases/cold.ts';
import { imports } from './cases/imports.ts';
import { functions, large, sharded } from './cases/large.ts';
import { pieces } from './cases/pieces.ts';
import { sinks } from './cases/sinks.ts';
import { hanging, latency } from './cases/slow-cluster.ts';
import { wholeTick } from './cases/whole-tick.ts';
import { compareWith } from './compare.ts';
import { type Figure, verdictOf } from './figure.ts';
import { describeMachine, machineLoad } from './machine.ts';
import { publish } from './publish.ts';
import { renderFigures } from './render-figures.ts';

const CASES: readonly BenchCase[] = [
  pieces,
  sinks,
  wholeTick,
  cold,
  imports,
  hanging,
  latency,
  large,
  sharded,
  functions,
];

const USAGE = `npm run bench -- [--quick] [--only NAME] [--compare REV] [--write]

  --quick      100 nodes and few rounds: a look, under a minute
  --only NAME  cases whose name has NAME in it: ${CASES.map((one) => one.name).join('; ')}
  --compare REV  only this: whole ticks of the working tree against those of a git revision
  --write      put the table into docs/performance.md; a full run always does
`;

/** Runs the benchmarks one after the other, prints their table, and says which budgets hold. */
async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      compare: { type: 'string' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const { quick, only } = values;
  if (values.compare !== undefined) {
    const compared = await compareWith(values.compare, { quick });
    process.stdout.write(`${describeMachine()}; ${describeLoad()}\n\n${renderFigures(compared)}\n`);
    return;
  }
  const chosen = chooseCases(only, quick);
  const command = ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' ');
  const started = performance.now();
  say(`${describeMachine()}; ${describeLoad()}`);

  const figures: Figure[] = [];
  for (const one of chosen) {
    const from = performance.now();
    const measured = await one.run({ quick, say });
    figures.push(...measured);
    // All are printed again at the end; what fails later must not take them along.
    say(renderFigures(measured));
    say(`${one.name}: ${((performance.now() - from) / 1_000).toFixed(1)} s; ${describeLoad()}`);
  }

  const seconds = ((performance.now() - started) / 1_000).toFixed(0);
  const head = `${new Date().toISOString().slice(0, 10)}, \`${command}\`, ${seconds} s, ${describeMachine()}, ${describeLoad()} at the end.`;
  const text = `${head}\n\n${renderFigures(figures)}\n\n${summarize(figures)}`;
  process.stdout.write(`\n${text}\n`);
  if (values.write || (!quick && only === undefined)) say(`written to ${await publish(text)}`);
}

function chooseCases(only: string | undefined, quick: boolean): readonly BenchCase[] {
  const wanted = only?.toLowerCase();
  const chosen = CASES.filter(({ name, covers, isSlow }) =>
    wanted === undefined ? !(quick && isSlow) : [name, ...covers].some((text) => text.toLowerCase().includes(wanted)),
  );
  if (chosen.length === 0) throw new Error(`no benchmark has ${JSON.stringify(only)} in its name\n\n${USAGE}`);
  return chosen;
}

function summarize(figures: readonly Figure[]): string {
  const judged = figures.filter((figure) => verdictOf(figure) !== '');
  const failed = judged.filter((figure) => verdictOf(figure) === 'FAILS');
  const reached = judged.filter((figure) => verdictOf(figure) === 'reaches').length;
  const list = failed.map(({ group, name }) => `${group}: ${name}`).join('; ');
  const held = `Budgets: ${judged.length - failed.length} of ${judged.length} hold, ${reached} of them reach the next aim.`;
  return failed.length === 0 ? held : `${held} Not held: ${list}.`;
}

function describeLoad(): string {
  const { load, isBusy } = machineLoad();
  return `load ${load.toFixed(2)}${isBusy ? ' (busy: somebody else may be at work)' : ''}`;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

await main(process.argv.slice(2));
