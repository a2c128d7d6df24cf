import type { Dialect, DialectName } from './dialect.ts';

/** Every dialect by its name; loaded when a sink asks for it. */
const LOAD = {
  heapster: () => import('./heapster.ts'),
} as const satisfies Partial<Record<DialectName, () => Promise<{ readonly default: Dialect }>>>;

export type LoadableDialect = keyof typeof LOAD;

export async function loadDialect(name: LoadableDialect): Promise<Dialect> {
  return (await LOAD[name]()).default;
}
