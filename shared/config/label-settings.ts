import { RESERVED_LABEL_KEYS } from '../core/labels.ts';
import type { LabelSettings } from './config.ts';
import { parseCsv } from './csv.ts';
import { isLabelName } from './label-name.ts';

/** The texts of `--label-separator`, `--ignore-label` and `--store-label`, and where problems of each are told. */
export interface LabelTexts {
  readonly separator: string;
  readonly ignored: readonly string[];
  readonly stored: readonly string[];
}

type Report = (flag: 'ignore-label' | 'store-label', problem: string) => void;

/**
 * Heapster's label flags, with its meaning: values are CSV lists, `newName=name` splits at the first `=`, the last entry
 * of a label wins. Where Heapster would overwrite a built-in label, or write two labels to one key, a problem is told.
 */
export function parseLabelSettings(texts: LabelTexts, report: Report): LabelSettings {
  const ignored = new Set<string>();
  const stored = new Map<string, string>();
  for (const name of fields('ignore-label', texts.ignored, report)) {
    if (isLabelName(name)) ignored.add(name);
    else report('ignore-label', `${JSON.stringify(name)} cannot be the name of a Kubernetes label`);
  }
  for (const entry of fields('store-label', texts.stored, report)) {
    const equals = entry.indexOf('=');
    const name = entry.slice(equals + 1);
    const destination = equals < 0 ? entry : entry.slice(0, equals);
    const problem = storeProblem(name, destination);
    if (problem === undefined) stored.set(name, destination);
    else report('store-label', problem);
  }
  const taken = new Map<string, string>();
  for (const [name, destination] of stored) {
    const other = taken.get(destination);
    if (other !== undefined) report('store-label', `${other} and ${name} would both be stored as ${destination}`);
    taken.set(destination, name);
  }
  return { separator: texts.separator, ignored, stored };
}

function storeProblem(name: string, destination: string): string | undefined {
  if (!isLabelName(name)) return `${JSON.stringify(name)} cannot be the name of a Kubernetes label`;
  if (destination === '') return `the new name of ${name} is empty; write NEW_NAME=NAME`;
  if (!RESERVED_LABEL_KEYS.includes(destination)) return undefined;
  return `${name} cannot be stored as ${destination}, which is a label of every row; write NEW_NAME=${name}`;
}

function fields(flag: 'ignore-label' | 'store-label', texts: readonly string[], report: Report): readonly string[] {
  return texts.flatMap((text) => {
    const parsed = parseCsv(text);
    if (parsed === undefined) report(flag, `has a misplaced quote in ${JSON.stringify(text)}; write a,b or "a","b"`);
    return (parsed ?? []).map((field) => field.trim()).filter((field) => field !== '');
  });
}
