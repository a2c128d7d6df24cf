import type { Millis } from '../../core/units.ts';

/**
 * One finding of the doctor. `problem`: something is to be mended, and `mend` is the command or option that does it;
 * `note`: it works, and something is worth knowing; `skipped`: not looked at, the sentence says why.
 */
export interface Finding {
  /** `cluster prod`, `sink cloudwatch:…`, `state file:…`. */
  readonly subject: string;
  readonly step: string;
  readonly status: 'ok' | 'note' | 'problem' | 'skipped';
  readonly sentence: string;
  readonly mend?: string;
  readonly millis?: Millis;
}

/** What a step says of itself; the subject is added by who runs it. */
export type StepFinding = Omit<Finding, 'subject'>;

export function ok(step: string, sentence: string, millis?: Millis): StepFinding {
  return { step, status: 'ok', sentence, ...(millis !== undefined && { millis }) };
}

export function note(step: string, sentence: string, mend?: string): StepFinding {
  return { step, status: 'note', sentence, ...(mend !== undefined && { mend }) };
}

export function problem(step: string, sentence: string, mend: string): StepFinding {
  return { step, status: 'problem', sentence, mend };
}

export function skipped(step: string, sentence: string): StepFinding {
  return { step, status: 'skipped', sentence };
}
