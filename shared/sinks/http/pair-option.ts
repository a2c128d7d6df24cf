import type { Option } from '../../config/option.ts';
import { repeatedOption } from '../../config/option-types.ts';

/** A name with its value. */
export type Pair = readonly [name: string, value: string];

/**
 * An option that may be given several times, `NAME=VALUE` each; the value may be empty and have `=`. `problem` says what is
 * wrong with a pair. Values are never shown if `secret`.
 */
export function pairOption(settings: {
  readonly secret?: boolean;
  readonly problem?: (pair: Pair) => string | undefined;
}): Option<readonly Pair[]> {
  const meta = { kind: 'NAME=VALUE', secret: settings.secret === true };
  return repeatedOption(meta, (texts, complain): readonly Pair[] => {
    const read = (texts ?? []).map((text): Pair => {
      const at = text.indexOf('=');
      return at <= 0 ? ['', text] : [text.slice(0, at).trim(), text.slice(at + 1)];
    });
    for (const pair of read) {
      const problem = pair[0] === '' ? 'must be NAME=VALUE' : settings.problem?.(pair);
      if (problem !== undefined) complain(problem);
    }
    const names = read.map(([name]) => name.toLowerCase());
    if (new Set(names).size < names.length) complain('has a name twice');
    return read;
  });
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const FIELD = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Headers that the sink sets itself. */
const OWN = /^(content-(type|length|encoding)|host|connection|transfer-encoding|user-agent|expect)$/i;

/** Headers for every request of a sink (`headers=X-Scope-OrgID=tenant`). Their values are secrets. */
export function headersOption(): Option<readonly Pair[]> {
  return pairOption({
    secret: true,
    problem: ([name, value]) => {
      if (!TOKEN.test(name)) return 'has a name that is no header name';
      if (OWN.test(name)) return `cannot set ${name.toLowerCase()}, which the sink sets itself`;
      return FIELD.test(value) ? undefined : `has a value of ${name} that no header can have`;
    },
  }).describe('Header of every request, `NAME=VALUE`; may be given several times. Values are never shown');
}
