import type { ConfigProblem } from '../core/errors.ts';
import type { ConfigNotice } from './config.ts';
import { didYouMean } from './did-you-mean.ts';
import { FLAGS, type Flag, normalizeFlagName, PLATFORM_VARIABLES } from './flags.ts';
import type { Environment } from './references.ts';

/** What was given for one flag, and where: `--sink` or `HEAPLESS_SINK`. */
export interface Given {
  readonly where: string;
  readonly values: readonly string[];
}

export interface GivenValues {
  /** By flag name; a flag beats its variable. Only live flags. */
  readonly values: ReadonlyMap<string, Given>;
  readonly problems: readonly ConfigProblem[];
  readonly notices: readonly ConfigNotice[];
}

const BY_NAME = new Map(FLAGS.map((flag) => [flag.name, flag]));
const BY_VARIABLE = new Map(FLAGS.filter((flag) => flag.env !== '').map((flag) => [flag.env, flag]));
const PREFIX = 'HEAPLESS_';

/**
 * Collects flags and `HEAPLESS_*` variables. A blank variable counts as not set, so that templates may leave it empty.
 * Unknown names, single-valued flags given twice and retired ones that matter are problems; other retired ones notices.
 */
export function collectGiven(env: Environment, flags: ReadonlyMap<string, readonly string[]>): GivenValues {
  const values = new Map<string, Given>();
  const problems: ConfigProblem[] = [];
  const notices: ConfigNotice[] = [];
  const take = (flag: Flag, given: Given): void => {
    if (flag.status.kind === 'retired') {
      const { effect, harmless, instead } = flag.status.retired;
      const misleads = effect === 'problem' && !given.values.every((value) => harmless.includes(value));
      if (misleads) problems.push({ where: given.where, problem: `is retired: ${instead}` });
      else notices.push({ where: given.where, notice: `is retired and has no effect: ${instead}` });
      return;
    }
    const merged = [...(values.get(flag.name)?.values ?? []), ...given.values];
    if (!flag.repeatable && merged.length > 1) {
      problems.push({ where: given.where, problem: `is given ${merged.length} times, but takes one value` });
    }
    values.set(flag.name, { where: given.where, values: merged });
  };
  for (const [written, texts] of flags) {
    const name = normalizeFlagName(written);
    const flag = BY_NAME.get(name);
    if (flag === undefined)
      problems.push({ where: `--${name}`, problem: unknown('flag', name, [...BY_NAME.keys()], '--') });
    else take(flag, { where: `--${name}`, values: texts });
  }
  const byFlag = new Set([...flags.keys()].map(normalizeFlagName));
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith(PREFIX) || text === undefined || text.trim() === '' || PLATFORM_VARIABLES.includes(name))
      continue;
    const flag = BY_VARIABLE.get(name);
    if (flag === undefined)
      problems.push({ where: name, problem: unknown('variable', name, [...BY_VARIABLE.keys()], '') });
    else if (!byFlag.has(flag.name)) take(flag, { where: name, values: [text] });
  }
  return { values, problems, notices };
}

function unknown(what: string, name: string, candidates: readonly string[], prefix: string): string {
  const guess = name.startsWith(PREFIX)
    ? didYouMean(
        name.slice(PREFIX.length),
        candidates.map((candidate) => candidate.slice(PREFIX.length)),
      )
    : didYouMean(name, candidates);
  if (guess === undefined) return `is no ${what} of Heapless; remove it`;
  return `is no ${what} of Heapless; did you mean "${prefix}${name.startsWith(PREFIX) ? PREFIX : ''}${guess}"?`;
}
