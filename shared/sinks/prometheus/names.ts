import type { Dialect } from '../../dialects/dialect.ts';

/** What stands before names of a dialect that are not Prometheus' own: `cpu/usage_rate` → `heapster_cpu_usage_rate`. */
const PREFIX: Readonly<Record<string, string>> = { heapster: 'heapster_' };

/** The label of a metric's name. */
export const NAME_LABEL = '__name__';

/** A metric's name as remote write takes it (`[a-zA-Z_:][a-zA-Z0-9_:]*`); other characters become `_`. */
export function toMetricName(name: string, dialect: Pick<Dialect, 'name'>): string {
  const text = `${PREFIX[dialect.name] ?? ''}${name}`.replaceAll(/[^a-zA-Z0-9_:]/g, '_');
  return /^[a-zA-Z_:]/.test(text) ? text : `_${text}`;
}

/**
 * A label's name as remote write takes it (`[a-zA-Z_][a-zA-Z0-9_]*`). Names that begin with two underscores are
 * Prometheus' own, so that a label of a user gets only one.
 */
export function toLabelName(name: string): string {
  const text = name.replaceAll(/[^a-zA-Z0-9_]/g, '_').replace(/^_{2,}/, '_');
  return /^[a-zA-Z_]/.test(text) ? text : `_${text}`;
}
