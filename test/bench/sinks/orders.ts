import type { DiscardAddresses } from './discard-servers.ts';

/**
 * How a sink's bytes come about: `encode` makes and drops them, `send` makes and sends them, `copy` copies what was made
 * before and sends it: no encoder of the same bytes is cheaper.
 */
export const WAYS = ['encode', 'send', 'copy'] as const;
export type Way = (typeof WAYS)[number];

/** What the measuring process is told. */
export type SinkOrder =
  | { readonly order: 'open'; readonly nodes: number; readonly sinks: Readonly<Record<string, string>> }
  | { readonly order: 'step'; readonly sink: string; readonly way: Way; readonly times: number };

/** What the process of the servers is told: where they are; bytes since the last time. */
export type ServerOrder = { readonly order: 'open' } | { readonly order: 'bytes' };
export type ServerAnswer = DiscardAddresses | number;

/** One measured step. */
export interface SinkMeasure {
  readonly cpuMillis: number;
  readonly points: number;
  /** Of requests as they were encoded, before compression. */
  readonly bytes: number;
}
