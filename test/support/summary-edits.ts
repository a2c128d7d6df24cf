/** A change of a JSON text: what is done, where, and which of several ways. All three are cut to what there is. */
export interface Edit {
  readonly kind: number;
  readonly at: number;
  readonly choice: number;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|\s+|[^\s]/g;

const LONG = 'x'.repeat(257);

/** Values that are odd in one way or another, not all of them JSON. */
const ODD: readonly string[] = [
  ...['null', 'true', 'false', '{}', '[]', '""', '"x"', '[null]', '{"a":[1,{"b":null}]}', '[{}]', 'nul', 'undefined'],
  ...[
    '0',
    '-0',
    '-1',
    '1.5',
    '0.1',
    '0.30000000000000004',
    '12.345678',
    '1e3',
    '1E+3',
    '1e-7',
    '1e400',
    '-1e400',
    '5.0',
  ],
  ...['01', '1.', '.5', '+1', '1e', '0x10', 'NaN', 'Infinity', '1.2.3', '--1', '1-', '00', '0.00001'],
  ...['9007199254740991', '9007199254740992', '9007199254740993', '12345678901234567', '18446744073709551615'],
  ...['9223372036854775807', '9223372036854775808', '9223372036854775809', '123456789012345678901234567890'],
  ...[
    '4503599627370495.5',
    '99999999999999.9',
    '999999999999999',
    '9999999999999999',
    '0.1234',
    '0.12345',
    '1234.5678',
  ],
  ...['"2026-01-13T18:40:14Z"', '"2026-01-13T18:40:14.5Z"', '"2026-01-13T18:40:60Z"', '"2026-02-30T00:00:00Z"'],
  ...['"0001-01-01T00:00:00Z"', '"1970-01-01T00:00:00Z"', '"2026-01-13T24:00:00Z"', '"2026-01-13T20:40:14+02:00"'],
  ...['"2026-01-13T18:40:14Z "', '"2026-01-13 18:40:14Z"', '"2999-01-01T00:00:00Z"', '"1969-12-31T23:59:59Z"'],
  ...[
    '"\\u0063pu"',
    '"a\\"b"',
    '"\\\\"',
    '"\\x"',
    '"\\ud800"',
    '"é"',
    '"日本"',
    '"\u0000"',
    '"\n"',
    '"\u007f"',
    `"${LONG}"`,
  ],
  ...['"eth0"', '"ens5"', '"runtime"', '"docker-daemon"', '"misc"', '"kubelet"', '"POD"'],
  ...['{', '}', '[', ']', ',', ':', '"', '\\', ' ', '\t', '\r\n', '\v', '\uFEFF', '\u00a0', '/**/', "'a'"],
  ...['[1 2]', '[1;2]', '{"a":1;"b":2}', '{"a";1}', '{"a":1 "b":2}', '{1:2}', '[1', '{"a":', 'tru', 'nulll', '[nan]'],
  ...['{"name":"c"}', '{"namespace":"c"}', '{"time":"2026-01-13T18:40:14Z"}', '{"rxBytes":1}', '{"total":1}'],
  ...['{"__proto__":1}', '[[[[[[[[]]]]]]]]', `${'['.repeat(70)}${']'.repeat(70)}`, '[1,]', '{"a":1,}', '{"a"}', '[,]'],
];

const NUMBERS: readonly string[] = ODD.filter((value) => /^\d[\d.]*$/.test(value));

const KEYS: readonly string[] = [
  ...[
    'node',
    'pods',
    'nodeName',
    'systemContainers',
    'startTime',
    'cpu',
    'memory',
    'network',
    'fs',
    'runtime',
    'rlimit',
  ],
  ...['podRef', 'name', 'namespace', 'uid', 'containers', 'volume', 'rootfs', 'logs', 'psi', 'some', 'full', 'total'],
  ...[
    'time',
    'usageNanoCores',
    'usageCoreNanoSeconds',
    'workingSetBytes',
    'usedBytes',
    'inodes',
    'interfaces',
    'rxBytes',
  ],
  ...[
    'txErrors',
    'pvcRef',
    'process_stats',
    'process_count',
    'ephemeral-storage',
    'swap',
    'io',
    'imageFs',
    'accelerators',
  ],
  ...['userDefinedMetrics', 'avg10', 'unknown', '__proto__', 'constructor', '', 'cp', 'cpuu', 'CPU'],
];

function pick<T>(list: readonly T[], number: number): T {
  return list[number % list.length] as T;
}

function applyTo(tokens: string[], { kind, at, choice }: Edit): void {
  const index = at % tokens.length;
  const token = tokens[index] as string;
  switch (kind % 12) {
    case 0:
      tokens[index] = pick(ODD, choice);
      break;
    case 1: {
      // Something else as the value of a key: the most likely place to matter.
      const colon = tokens.indexOf(':', index);
      if (colon < 0) break;
      const value = tokens[colon + 1]?.trim() === '' ? colon + 2 : colon + 1;
      const isNumber = /^\d/.test(tokens[value] ?? '');
      tokens[value] = isNumber && choice % 3 !== 0 ? pick(NUMBERS, choice) : pick(ODD, choice);
      break;
    }
    case 2:
      tokens.splice(index, 1);
      break;
    case 3:
      tokens.splice(index, 0, token);
      break;
    case 4: {
      const open = tokens.indexOf('{', index);
      if (open >= 0) tokens.splice(open + 1, 0, `"${pick(KEYS, choice)}":${pick(ODD, at)},`);
      break;
    }
    case 5: {
      const close = tokens.indexOf('}', index);
      if (close >= 0) tokens.splice(close, 0, `,"${pick(KEYS, choice)}":${pick(ODD, at)}`);
      break;
    }
    case 6:
      tokens.splice(index, 0, pick([' ', '\n', '\t', '\r\n', '  \n ', '\r', '\v', '\u0000'], choice));
      break;
    case 7: {
      // A member or an entry of a list once more.
      const from = tokens.indexOf(pick(['{', '['], choice), index);
      const to = from < 0 ? -1 : closingOf(tokens, from);
      if (to >= 0) tokens.splice(to + 1, 0, ',', ...tokens.slice(from, to + 1));
      break;
    }
    case 8: {
      const other = choice % tokens.length;
      tokens[index] = tokens[other] as string;
      tokens[other] = token;
      break;
    }
    case 9: {
      // One character of a text or a number.
      const from = choice % token.length;
      const character = pick([...'0123456789-:TZ.e"\\{}[], x'], at + choice);
      tokens[index] = token.slice(0, from) + character + token.slice(from + 1);
      break;
    }
    default:
      repeatMember(tokens, index, choice);
  }
}

/** The next member once more, behind itself or before itself, with the same value or another. */
function repeatMember(tokens: string[], index: number, choice: number): void {
  const colon = tokens.indexOf(':', index);
  if (colon < 1) return;
  const from = tokens[colon + 1]?.trim() === '' ? colon + 2 : colon + 1;
  const to = closingOf(tokens, from);
  if (to < 0) return;
  const key = tokens[colon - 1] as string;
  const value = tokens.slice(from, to + 1).join('');
  const other = pick([value, '{}', '[]', 'null', '0', '"x"', pick(ODD, choice)], choice);
  if (choice % 2 === 0) tokens.splice(to + 1, 0, `,${key}:${other}`);
  else tokens.splice(colon - 1, 0, `${key}:${other},`);
}

function closingOf(tokens: readonly string[], from: number): number {
  let depth = 0;
  for (let at = from; at < tokens.length; at++) {
    if (tokens[at] === '{' || tokens[at] === '[') depth++;
    else if (tokens[at] === '}' || tokens[at] === ']') depth--;
    if (depth === 0) return at;
  }
  return -1;
}

/** A JSON text after some changes to its tokens. */
export function editText(text: string, edits: readonly Edit[]): Buffer {
  const tokens = text.match(TOKEN) ?? [];
  for (const edit of edits) if (tokens.length > 0) applyTo(tokens, edit);
  return Buffer.from(tokens.join(''));
}

/** Bytes after some changes to single ones: another byte, one less, one more, or the end cut off. */
export function editBytes(body: Buffer, edits: readonly Edit[]): Buffer {
  let bytes = [...body];
  for (const { kind, at, choice } of edits) {
    const index = at % Math.max(bytes.length, 1);
    switch (kind % 5) {
      case 0:
        bytes[index] = choice % 256;
        break;
      case 1:
        bytes[index] = (bytes[index] ?? 0) ^ (1 << (choice % 8));
        break;
      case 2:
        bytes.splice(index, 1);
        break;
      case 3:
        bytes.splice(index, 0, choice % 256);
        break;
      default:
        bytes = bytes.slice(0, index);
    }
  }
  return Buffer.from(bytes);
}
