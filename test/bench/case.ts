import type { Figure } from './figure.ts';

export interface CaseContext {
  /** Fewer nodes, fewer rounds: a look, not a record. */
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

/** One benchmark. */
export interface BenchCase {
  readonly name: string;
  /** Names that `--only` also finds it by: those that the code's comments use. */
  readonly covers: readonly string[];
  readonly isSlow?: boolean;
  run(context: CaseContext): Promise<readonly Figure[]>;
}
