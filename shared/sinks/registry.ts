import type { ComponentUri } from '../config/config.ts';
import { hint } from '../config/did-you-mean.ts';
import { ConfigError } from '../core/errors.ts';
import { ENDED_SINKS } from './retired.ts';
import type { Sink, SinkContext, SinkDefinition } from './sink.ts';

/** Loads a sink's module, which has its definition as the default export. */
export type LoadSink = () => Promise<{ readonly default: SinkDefinition }>;

/** Every sink by its URI key. A sink's code is loaded when a URI names it. */
export const SINKS = {
  azuremonitor: () => import('./azuremonitor/index.ts'),
  cloudwatch: () => import('./cloudwatch/index.ts'),
  elasticsearch: () => import('./elasticsearch/index.ts'),
  gcm: () => import('./gcm/index.ts'),
  graphite: () => import('./graphite/index.ts'),
  honeycomb: () => import('./honeycomb/index.ts'),
  influxdb: () => import('./influxdb/index.ts'),
  kafka: () => import('./kafka/index.ts'),
  log: () => import('./log/index.ts'),
  opentsdb: () => import('./opentsdb/index.ts'),
  otlp: () => import('./otlp/index.ts'),
  prometheus: () => import('./prometheus/index.ts'),
  riemann: () => import('./riemann/index.ts'),
  stackdriver: () => import('./stackdriver/index.ts'),
  statsd: () => import('./statsd/index.ts'),
} as const satisfies Readonly<Record<string, LoadSink>>;

export type SinkKey = keyof typeof SINKS;

export function isSinkKey(key: string): key is SinkKey {
  return Object.hasOwn(SINKS, key);
}

/** Loads the definition of a sink. Throws `ConfigError` if there is none of that key, with what to use instead. */
export async function loadSink(key: string): Promise<SinkDefinition> {
  if (!isSinkKey(key)) throw new ConfigError([{ where: `sink ${key}`, problem: problemOf(key) }]);
  return (await SINKS[key]()).default;
}

/** Opens the sink of a URI. Throws `ConfigError` with all problems of the URI at once. */
export async function openSink(uri: ComponentUri, context: SinkContext): Promise<Sink> {
  const definition = await loadSink(uri.key);
  return await definition.open(uri, context);
}

function problemOf(key: string): string {
  const allowed = `sinks are ${Object.keys(SINKS).join(', ')}`;
  if (Object.hasOwn(ENDED_SINKS, key)) return `${ENDED_SINKS[key]}; ${allowed}`;
  const known = [...Object.keys(SINKS), ...Object.keys(ENDED_SINKS)];
  return `is not a sink${hint(key, known) || ';'} ${allowed}`;
}
