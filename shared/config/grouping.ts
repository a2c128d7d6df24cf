import { RESERVED_LABEL_KEYS } from '../core/labels.ts';
import type { Grouping, GroupKey } from './config.ts';
import { hint } from './did-you-mean.ts';
import { isLabelName } from './label-name.ts';

const PLAIN_KINDS = ['namespace', 'node', 'workload'] as const;
const LABEL_KINDS = ['label', 'node-label'] as const;
const ALLOWED = 'namespace, node, workload, label:NAME or node-label:NAME';

/** The groupings of `--group-by`: parts between `;`, keys between `,`. Every problem is told to `report`. */
export function parseGroupings(text: string, report: (problem: string) => void): readonly Grouping[] {
  const groupings: Grouping[] = [];
  const seen = new Map<string, string>();
  for (const part of text.split(';')) {
    const written = part.replaceAll(/\s+/g, '');
    if (written === '') continue;
    const keys = written.split(',').map((key) => parseKey(key, written, report));
    if (!keys.every((key) => key !== undefined)) continue;
    const names = new Set(keys.map((key) => key.name));
    if (names.size < keys.length) {
      report(`${JSON.stringify(written)} has two keys of one name; their values could not be told apart`);
    }
    const same = keys
      .map((key) => `${key.kind}:${key.name}`)
      .sort()
      .join();
    const other = seen.get(same);
    if (other !== undefined) report(`${JSON.stringify(written)} groups as ${JSON.stringify(other)} does; remove one`);
    seen.set(same, written);
    groupings.push({ text: written, keys });
  }
  return groupings;
}

function parseKey(key: string, part: string, report: (problem: string) => void): GroupKey | undefined {
  const plain = PLAIN_KINDS.find((kind) => kind === key);
  if (plain !== undefined) return { kind: plain, name: plain };
  const colon = key.indexOf(':');
  const kind = LABEL_KINDS.find((candidate) => candidate === key.slice(0, Math.max(0, colon)));
  const name = key.slice(colon + 1);
  if (kind === undefined) {
    const wrong = colon < 0 ? key : key.slice(0, colon);
    const guess = hint(wrong, [...PLAIN_KINDS, ...LABEL_KINDS]) || ';';
    if (key === '') report(`${JSON.stringify(part)} has an empty key; a key is ${ALLOWED}`);
    else report(`unknown key ${JSON.stringify(key)}${guess} a key is ${ALLOWED}`);
  } else if (!isLabelName(name)) {
    report(`${JSON.stringify(name)} cannot be the name of a Kubernetes label`);
  } else if (RESERVED_LABEL_KEYS.includes(name)) {
    report(`${key} cannot be a key, because ${name} is a label of every row`);
  } else {
    return { kind, name };
  }
  return undefined;
}
