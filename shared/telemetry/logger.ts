import type { Clock } from '../core/clock.ts';

/** `error`: data lost or operator needed; `warn`: unexpected, nothing lost; `info`: one line per run; `debug`: off. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Writes one JSON line per event. */
export interface Logger {
  log(level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>): void;
}

export function createLogger(deps: {
  readonly clock: Clock;
  readonly level: LogLevel;
  readonly write: (line: string) => void;
}): Logger {
  const most = LOG_LEVELS.indexOf(deps.level);
  return {
    log(level, event, fields) {
      if (LOG_LEVELS.indexOf(level) > most) return;
      const time = new Date(deps.clock.now()).toISOString();
      deps.write(`${JSON.stringify({ time, level, event, ...fields })}\n`);
    },
  };
}
