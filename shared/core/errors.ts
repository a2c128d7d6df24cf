/** Options of every Heapless error: a stable code for alarms, the cause, and whether trying again can help. */
export interface HeaplessErrorOptions {
  readonly code: string;
  readonly cause?: unknown;
  readonly retryable?: boolean;
}

/** Base of all errors. `code` is a stable string; `message` says what, where and what to do. */
export class HeaplessError extends Error {
  readonly code: string;
  readonly retryable: boolean;

  constructor(message: string, options: HeaplessErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = options.code;
    this.retryable = options.retryable ?? false;
  }
}

/** One problem of the configuration: where it is and what to do. */
export interface ConfigProblem {
  readonly where: string;
  readonly problem: string;
}

/** Everything that is wrong with the configuration, at once. Code `config_invalid`. */
export class ConfigError extends HeaplessError {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[], cause?: unknown) {
    const text = problems.map((p) => `${p.where}: ${p.problem}`).join('\n');
    super(text, { code: 'config_invalid', cause });
    this.problems = problems;
  }
}

/** Why a node or a list could not be read from the API server. Codes `scrape_*`; see `ScrapeFailure`. */
export class ScrapeError extends HeaplessError {}

/** A document that is not what it claims to be. Code `decode_invalid`. */
export class DecodeError extends HeaplessError {}

/** A conditional write lost: another holder wrote first. Code `state_conflict`. */
export class StateConflictError extends HeaplessError {}

/** A sink that could not be created or used. Codes `sink_*`. */
export class SinkError extends HeaplessError {}

/** Work that cannot end in time. Code `deadline_exceeded`. */
export class DeadlineError extends HeaplessError {}

/** The first 256 characters of any thrown value, for reports and logs. */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.length > 256 ? `${text.slice(0, 255)}…` : text;
}
