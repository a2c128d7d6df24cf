import type { LabelSettings } from '../config/config.ts';

/** One object's labels as rows carry them. */
export interface JoinedLabels {
  /** Heapster's label `labels`: `key:value` pairs joined by the separator; empty if there are none. */
  readonly joined: string;
  /** Values of stored labels: key of the row's label, and value. */
  readonly stored: readonly (readonly [key: string, value: string])[];
}

/**
 * Joins an object's labels as Heapster does: pairs `key:value` that are not ignored, sorted, joined by the separator,
 * nothing escaped. A stored label is also a label of its own, ignored or not. Kubernetes allows ASCII only in labels, where
 * the order of code units is the order of bytes.
 */
export function joinLabels(
  labels: Readonly<Record<string, string>> | null | undefined,
  settings: LabelSettings,
): JoinedLabels {
  const source = labels ?? {};
  const pairs: string[] = [];
  for (const key of Object.keys(source)) if (!settings.ignored.has(key)) pairs.push(`${key}:${source[key]}`);
  const stored: (readonly [string, string])[] = [];
  for (const [label, key] of settings.stored) {
    const value = labelValue(source, label);
    if (value !== undefined) stored.push([key, value]);
  }
  return { joined: pairs.sort().join(settings.separator), stored };
}

/** The value of a label; undefined if the object has no such label (`constructor` is a valid key). */
export function labelValue(labels: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
