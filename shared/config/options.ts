import { ConfigError, type ConfigProblem } from '../core/errors.ts';
import type * as z from '../core/zod.ts';
import type { ComponentUri } from './config.ts';
import { hint } from './did-you-mean.ts';
import { type OptionMeta, optionMeta } from './option.ts';
import { isSecretName } from './secret-names.ts';

const MAX_SHOWN = 64;

/**
 * The options of a URI, checked by an object of `Option`s. Each field gets the option's text (undefined if it is not
 * given), a `repeatable` field all its texts. Throws one `ConfigError` with every problem, each at `where`: unknown names
 * (what is allowed, a did-you-mean), values given twice, ill-typed values. Secret values are never repeated.
 */
export function parseOptions<S extends z.ZodMiniObject>(uri: ComponentUri, options: S, where: string): z.output<S> {
  const fields = new Map<string, OptionMeta>(
    Object.entries(options.shape).map(([name, schema]) => [name, optionMeta(schema)]),
  );
  const problems: ConfigProblem[] = [];
  const raw: Record<string, string | readonly string[] | undefined> = {};
  for (const name of fields.keys()) raw[name] = undefined;
  for (const [name, values] of uri.options) {
    const field = fields.get(name);
    if (field === undefined) {
      problems.push({ where, problem: unknownOption(name, [...fields.keys()]) });
    } else if (field.repeatable === true) {
      raw[name] = values;
    } else {
      raw[name] = values[0];
      if (values.length > 1)
        problems.push({ where, problem: `${name} is given ${values.length} times, but takes one value` });
    }
  }
  const result = options.safeParse(raw);
  for (const issue of result.error?.issues ?? []) {
    const name = issue.path.length === 0 ? '' : String(issue.path[0]);
    const hidden = isSecretName(name) || fields.get(name)?.secret === true || uri.hidden?.has(name) === true;
    problems.push({ where, problem: describeIssue(name, issue.message, hidden ? undefined : raw[name]) });
  }
  if (problems.length > 0 || !result.success) throw new ConfigError(problems);
  return result.data;
}

function unknownOption(name: string, allowed: readonly string[]): string {
  const known = allowed.length === 0 ? 'no options are allowed here' : `allowed are ${allowed.join(', ')}`;
  return `unknown option ${JSON.stringify(name)}${hint(name, allowed) || ';'} ${known}`;
}

function describeIssue(name: string, message: string, value: string | readonly string[] | undefined): string {
  if (name === '') return message;
  const said = /^[a-z]/.test(message) ? `${name} ${message}` : `${name}: ${message}`;
  if (value === undefined) return said;
  const shown = JSON.stringify(typeof value === 'string' ? value : value.join(','));
  return `${said}, got ${shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN - 1)}…` : shown}`;
}
