import { ConfigError, type ConfigProblem } from '../core/errors.ts';
import type { ComponentUri } from './config.ts';
import { redactUri } from './redact-uri.ts';
import { type Environment, type Piece, splitReferences } from './references.ts';
import { isSecretName } from './secret-names.ts';

/** `[::1]:443`, `host`, `host:2878`, `:2003` or nothing. */
const HOST = /^(?:\[[0-9a-f:.]+(?:%[\w.-]+)?\]|[\p{L}\p{N}_.~-]*)(?::(\d{0,5}))?$/iu;

interface Expansion {
  readonly text: string;
  readonly fromEnvironment: boolean;
  readonly hasSecret: boolean;
}

/** Text in which references are `NUL index NUL`, so that what they stand for cannot be taken for syntax. */
interface Reader {
  /** Decodes the literal parts and puts the references' values between them. */
  readonly expand: (marked: string, part: string, decode: (text: string) => string) => Expansion;
  readonly problem: (text: string) => void;
}

/**
 * Parses `KEY[:REST]` of `--source`, `--sink` and `--state`: Heapster's grammar (Go net/url after the first colon), except
 * - `$NAME` and `${NAME}` are put in after parsing, so `$ & + # %` in a value survive; only a reference that begins REST is
 *   URL text. An unset name is a problem, `$$` is a literal `$`, and `${secret:NAME}` waits for `resolveSecrets`;
 * - `10.0.0.1:2878`, which Go refuses, is a host; malformed escapes and what Go would drop are problems.
 * Throws `ConfigError` with all problems, at the key; the values of secrets are not in them.
 */
export function parseUri(text: string, env: Environment): ComponentUri {
  const problems: ConfigProblem[] = [];
  const colon = text.indexOf(':');
  const key = colon < 0 ? text : text.slice(0, colon);
  if (!/^[A-Za-z][\w.-]*$/.test(key)) throw new ConfigError([{ where: 'uri', problem: keyProblem(text, key) }]);
  const problem = (said: string): void => void problems.push({ where: key, problem: said });

  const written = colon < 0 ? '' : text.slice(colon + 1);
  const rest = spliceLeading(written, env, problem);
  const spliced = rest !== written;
  const pieces = splitReferences(rest);
  const marked = pieces.map((piece, index) => (piece.kind === 'text' ? piece.text : `\0${index}\0`)).join('');
  const reader = createReader(pieces, env, problem);
  const unquoted = marked.replace(/^(?:''|"")(?=$|\?)/, '');
  const quoted = /^['"]/.test(unquoted);
  if (quoted) problem('the address begins with a quote; remove the quotes around the value');
  if (unquoted.includes('#')) problem('has a "#", and what follows it would be lost; write %23');
  const question = unquoted.indexOf('?');
  const address = readAddress(quoted ? '' : (unquoted.split('?', 1)[0] ?? ''), reader);
  const options = readOptions(question < 0 ? '' : unquoted.slice(question + 1), reader);
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    key,
    ...address.parts,
    options: options.values,
    hidden: spliced ? new Set(options.values.keys()) : options.hidden,
    secretParts: new Set([...address.secretParts, ...options.secretParts]),
    shown: redactUri(text),
  };
}

function keyProblem(text: string, key: string): string {
  if (text === '' || key === '') return 'the key before the first colon is missing; write KEY:ADDRESS?OPTIONS';
  if (/^['"]/.test(text)) return 'begins with a quote; remove the quotes around the whole value';
  return 'the key before the first colon must be a word such as "influxdb"';
}

/** A reference at the very start stands for URL text (`influxdb:$URL`): nothing after the key could be parsed without it. */
function spliceLeading(rest: string, env: Environment, problem: (text: string) => void): string {
  const [first] = splitReferences(rest);
  if (first?.kind === 'secret') problem('a secret cannot be the address; refer to it in the options or before the "@"');
  if (first?.kind !== 'env') return rest;
  const value = env[first.name];
  if (value === undefined) {
    problem(unsetProblem('the address', first, false));
    return rest.slice(first.source.length);
  }
  return value.replaceAll('$', '$$$$') + rest.slice(first.source.length);
}

function createReader(pieces: readonly Piece[], env: Environment, problem: (text: string) => void): Reader {
  const expand: Reader['expand'] = (marked, part, decode) => {
    const secretPart = isSecretName(part);
    let text = '';
    let fromEnvironment = false;
    let hasSecret = false;
    let secretText = false;
    for (const [index, token] of marked.split('\0').entries()) {
      const piece = index % 2 === 0 ? undefined : pieces[Number(token)];
      if (piece === undefined) {
        text += decodeOr(token, decode, () => problem(`${part} has a malformed %-escape; write %25 for a "%"`));
      } else if (piece.kind === 'secret') {
        hasSecret = true;
        text += piece.source;
      } else if (piece.kind === 'env') {
        const value = env[piece.name];
        if (value === undefined) problem(unsetProblem(part, piece, secretPart && !isPlainReference(marked, piece)));
        fromEnvironment = true;
        secretText ||= value?.includes('${secret:') === true;
        text += value ?? '';
      } else {
        problem(`${part} has a "$" that begins no reference; write $$ for a "$"`);
      }
    }
    if (hasSecret && secretText) problem(`${part} mixes a secret with a variable that contains "\${secret:"`);
    return { text, fromEnvironment, hasSecret };
  };
  return { expand, problem };
}

/** True if the whole value is one reference that was surely meant as one, not a password with a `$` in it. */
function isPlainReference(marked: string, piece: { readonly name: string; readonly source: string }): boolean {
  const sure = piece.source.includes('{') || /^[A-Z][A-Z0-9_]*$/.test(piece.name);
  return sure && /^\0\d+\0$/.test(marked);
}

function unsetProblem(part: string, piece: { readonly name: string }, hideName: boolean): string {
  const name = hideName ? '' : ` ${piece.name}`;
  return `${part} refers to the environment variable${name}, which is not set; set it, or write $$ for a "$"`;
}

function decodeOr(text: string, decode: (text: string) => string, failed: () => void): string {
  try {
    return decode(text);
  } catch {
    failed();
    return text;
  }
}

interface Address {
  readonly parts: Pick<ComponentUri, 'scheme' | 'host' | 'user' | 'password' | 'path'>;
  readonly secretParts: readonly string[];
}

/** Go's url.Parse of what stands before the `?`. */
function readAddress(text: string, reader: Reader): Address {
  const secretParts: string[] = [];
  const expand = (marked: string, part: string, name: string): string => {
    const expansion = reader.expand(marked, name, decodeURIComponent);
    if (expansion.hasSecret) secretParts.push(part);
    return expansion.text;
  };
  const schemeEnd = /^[a-z][a-z0-9+.-]*(?=:)/i.exec(text)?.[0].length ?? 0;
  const scheme = text.slice(0, schemeEnd).toLowerCase();
  let rest = schemeEnd > 0 ? text.slice(schemeEnd + 1) : text;
  if (rest.startsWith(':') && scheme === '')
    reader.problem('the address begins with a colon; a scheme or host is missing');
  let authority: string | undefined;
  if (rest.startsWith('//') && (scheme !== '' || !rest.startsWith('///'))) {
    const slash = rest.indexOf('/', 2);
    authority = rest.slice(2, slash < 0 ? undefined : slash);
    rest = slash < 0 ? '' : rest.slice(slash);
  } else if (scheme === '' && /^[^/]+:/.test(rest)) {
    const slash = rest.indexOf('/');
    authority = slash < 0 ? rest : rest.slice(0, slash);
    rest = slash < 0 ? '' : rest.slice(slash);
  }
  const at = authority?.lastIndexOf('@') ?? -1;
  const userinfo = at < 0 ? undefined : authority?.slice(0, at);
  const colon = userinfo?.indexOf(':') ?? -1;
  const user = colon < 0 ? userinfo : userinfo?.slice(0, colon);
  const password = colon < 0 ? undefined : userinfo?.slice(colon + 1);
  const host = expand((authority ?? '').slice(at + 1), 'host', 'the host');
  if (secretParts.includes('host')) reader.problem('a secret cannot be the host');
  else if (!HOST.test(host) || Number(HOST.exec(host)?.[1] ?? 0) > 65_535) {
    reader.problem('the host is not valid; write HOST:PORT, and %40, %2F for "@", "/" in a password');
  }
  return {
    parts: {
      scheme,
      host,
      user: user === undefined ? undefined : expand(user, 'user', 'the user'),
      password: password === undefined ? undefined : expand(password, 'password', 'password'),
      path: expand(rest, 'path', 'the path'),
    },
    secretParts,
  };
}

interface Options {
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly hidden: ReadonlySet<string>;
  readonly secretParts: readonly string[];
}

/** Go's url.ParseQuery, but nothing is dropped. */
function readOptions(query: string, reader: Reader): Options {
  const values = new Map<string, string[]>();
  const hidden = new Set<string>();
  const secretParts: string[] = [];
  const decode = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));
  let previous = '';
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decodeOr(equals < 0 ? pair : pair.slice(0, equals), decode, () => undefined);
    const torn = equals < 0 && isSecretName(previous);
    if (torn || !/^[A-Za-z_][\w.-]*$/.test(name)) {
      // The text may be the tail of a password, so it is not repeated.
      const after = previous === '' ? 'an option' : `what follows the option ${previous}`;
      reader.problem(`${after} is no NAME=VALUE; write %26, %3F, %3D and %3B for "&", "?", "=" and ";" in a value`);
      continue;
    }
    previous = name;
    const raw = equals < 0 ? '' : pair.slice(equals + 1);
    if (raw.includes(';')) reader.problem(`${name} has a ";"; write & between options, or %3B in a value`);
    const expansion = reader.expand(raw, name, decode);
    if (expansion.fromEnvironment || expansion.hasSecret) hidden.add(name);
    if (expansion.hasSecret) secretParts.push(`option ${name}`);
    values.set(name, [...(values.get(name) ?? []), expansion.text]);
  }
  return { values, hidden, secretParts };
}
