/** What a command of the command line is given. */
export interface CommandInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly output: 'table' | 'json';
  /** Most ticks; Infinity = until the signal. */
  readonly ticks: number;
  readonly signal: AbortSignal;
  readonly color: boolean;
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
}
