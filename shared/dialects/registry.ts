import type { Dialect, DialectName } from './dialect.ts';

/** Every dialect of names that any sink may speak; loaded when a sink asks for it. */
const LOAD = {
  heapster: () => import('./heapster.ts'),
  otel: () => import('./otel.ts'),
  semconv: () => import('./semconv.ts'),
  prometheus: () => import('./prometheus.ts'),
  containerinsights: () => import('./containerinsights.ts'),
} as const satisfies Partial<Record<DialectName, () => Promise<{ readonly default: Dialect }>>>;

export type LoadableDialect = keyof typeof LOAD;

export const LOADABLE_DIALECTS = Object.keys(LOAD) as readonly LoadableDialect[];

export async function loadDialect(name: LoadableDialect): Promise<Dialect> {
  return (await LOAD[name]()).default;
}
